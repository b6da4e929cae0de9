import { z } from 'zod';
import type { ServiceDefinition } from '../../contract/services.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import * as evidenceNumbers from '../../store/evidence-numbers.ts';
import type { AllottedNumber } from '../../sync/answers.ts';
import type { Result } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { aside } from '../log.ts';
import { type Acting, actingClerk, enqueue } from '../queue/enqueue.ts';
import { getService } from '../visits/table.ts';
import { cancelledCertification } from './certification.ts';

export type EvidenceSeries = NonNullable<ServiceDefinition['evidence']>;

const CAME_TO_NOTHING = 'úkon nebyl dokončen';
const askedBy = z.strictObject({
  clerkId: z.string(),
  role: z.enum(['clerk', 'supervisor', 'administrator']),
  rolesAsOf: z.string(),
});

/**
 * Asks for the number of a central evidence. That it is asked for is durable before the question leaves: whatever dies
 * then, the same service gets the same number, or the cleaner says that it came to nothing.
 */
export async function askNumber(
  desk: Desk,
  of: { serviceId: string; series: EvidenceSeries; acting: Acting },
): Promise<Result<AllottedNumber, ContractFailure>> {
  const officeId = desk.store.read((tx) => desk.enrolled(tx)?.officeId);
  if (officeId === undefined) return refuse('desk.not-enrolled');
  const { now } = of.acting;
  const noted = desk.store.write((tx) =>
    evidenceNumbers.ask(tx, {
      serviceId: of.serviceId,
      series: of.series,
      year: Number(legalDate(now).slice(0, 4)),
      askedBy: { ...actingClerk(of.acting) },
      at: now.toISOString(),
    }),
  );
  return allot(desk, of.series, { id: of.serviceId, officeId, year: noted.year });
}

/** What the portal allots, unless another service of the desk bears that number: none is issued or cancelled for two. */
async function allot(
  desk: Desk,
  series: EvidenceSeries,
  of: { id: string; officeId: string; year: number },
): Promise<Result<AllottedNumber, ContractFailure>> {
  const answer = await desk.sync.evidenceNumber(series, of);
  if (!answer.ok) return answer;
  const { number } = answer.value;
  const isBorne = desk.store.read((tx) =>
    evidenceNumbers.isOfAnother(tx, { serviceId: of.id, printed: number }),
  );
  return isBorne ? refuse('evidence.content-differs') : answer;
}

/**
 * Sees to it that a number that was asked for by a service which then ended is cancelled, here and at the portal. Without
 * the line it stays noted; the line's return asks again.
 */
export function createEvidenceCleaner(desk: Desk) {
  const { store, clock } = desk;
  let running: Promise<void> | null = null;
  let stopped = false;

  async function clean(): Promise<void> {
    for (const { serviceId, year } of store.read(evidenceNumbers.orphans)) {
      const { series, officeId } = store.read((tx) => ({
        series: getService(tx, serviceId).definition.evidence,
        officeId: desk.enrolled(tx)?.officeId,
      }));
      if (stopped || officeId === undefined || series === undefined) return;
      const answer = await allot(desk, series, { id: serviceId, officeId, year });
      if (stopped) return;
      if (answer.ok) cancel(serviceId, series, answer.value);
      // One the portal errs about keeps no other waiting.
      else if (desk.sync.line().state !== 'up') return;
    }
  }

  function cancel(
    serviceId: string,
    series: EvidenceSeries,
    { number: printed, sequence: number, year }: AllottedNumber,
  ): void {
    const now = clock.now();
    const at = now.toISOString();
    const reason = CAME_TO_NOTHING;
    store.write((tx) => {
      const noted = evidenceNumbers.find(tx, serviceId);
      if (noted?.fate !== 'asked') return;
      const service = getService(tx, serviceId);
      evidenceNumbers.settle(tx, { serviceId, year, number, printed, fate: 'cancelled', reason, at });
      const leafSequence = desk.act(tx, {
        kind: 'evidence-number-cancelled',
        actId: desk.newId(),
        clerkId: 'desk',
        role: 'machine',
        at: now,
        visitId: service.visitId,
        serviceId,
        payload: { series, year, number, printed, reason },
      });
      enqueue(desk, tx, {
        id: desk.newId(),
        visitId: service.visitId,
        kind: 'certification',
        leafSequence,
        madeAt: now,
        payload: cancelledCertification(service, { series, year, number, printed }, reason, {
          issuedOn: legalDate(now),
          issuedBy: askedBy.parse(noted.askedBy),
        }),
        blobs: [],
      });
    });
  }

  return {
    kick(): void {
      if (running || stopped || desk.sync.line().state !== 'up') return;
      running = clean().finally(() => {
        running = null;
      });
      aside(desk.log, 'issuing.evidence', running);
    },
    async stop(): Promise<void> {
      stopped = true;
      await running?.catch(() => undefined);
    },
  };
}

export type EvidenceCleaner = ReturnType<typeof createEvidenceCleaner>;
