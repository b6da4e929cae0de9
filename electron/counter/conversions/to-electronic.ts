import { createHash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import type { ContractFailure } from '../../contract/shared.ts';
import { recordBlob } from '../../store/blobs.ts';
import { ok, type Result } from '../../values/result.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { type Commanded, type Handler, preparedCommand } from '../handlers.ts';
import { toElectronicIssuer } from '../issuing/conversion.ts';
import { askNumber } from '../issuing/evidence.ts';
import { issueOne, takeEvidenceNumber } from '../issuing/issue.ts';
import { depotReceiptData } from '../outputs/data.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { AS_RECEIVED, insertReceived, orderOutput } from '../outputs/table.ts';
import { outputOwner } from '../retention/owners.ts';
import { mayGoOn, standsAt } from '../services/guards.ts';
import { withDone } from '../services/steps.ts';
import type { Trust } from '../trust/trust.ts';
import type { ConversionRecord, Service } from '../visits/record.ts';
import { getRunningService, saveService } from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';
import { withConversion } from './record.ts';
import { makeSignedFile } from './signed-file.ts';

type Delivery = NonNullable<ConversionRecord['delivery']>;

/** Papers converted to files: signed under their number, and given over. */
export function toElectronicHandlers(desk: Desk, trust: Trust, prints: PrintRunner): Handler[] {
  const { store } = desk;

  function readyToDeliver(serviceId: string, clerkId: string) {
    const { service } = store.read((tx) => getRunningService(tx, serviceId, clerkId));
    standsAt(service, 'delivery');
    return { number: service.record.certification?.printed, output: service.record.conversion?.output };
  }

  function delivered(
    commanded: Commanded<'conversions.deposit' | 'conversions.save'>,
    serviceId: string,
    deliver: (service: Service) => Delivery,
  ) {
    const { tx, session } = commanded;
    const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
    standsAt(service, 'delivery');
    const delivery = deliver(service);
    const done: Service = { ...withDone(withConversion(service, { delivery }), 'delivery'), state: 'done' };
    saveService(tx, done);
    record(desk, commanded, {
      kind: 'conversion-delivered',
      visitId: visit.id,
      serviceId,
      payload: { to: delivery.to },
    });
    return ok(serviceViewOf(tx, visit, done));
  }

  return [
    preparedCommand(
      'conversions.sign',
      async (asked, { serviceId, pin }) => {
        const { session, now } = asked;
        const { visit, service } = store.read((tx) => getRunningService(tx, serviceId, session.clerkId));
        standsAt(service, 'issue');
        mayGoOn(visit, service, session);
        const { evidence, kind } = service.definition;
        if (!evidence || kind !== 'conversion-to-electronic') return refuse('service.not-offered');
        const number = await askNumber(desk, {
          serviceId,
          series: evidence,
          acting: { ...asked, role: 'clerk' },
        });
        if (!number.ok) return number;
        const made = await makeSignedFile(desk, trust, {
          service,
          number: number.value.number,
          now,
          session,
          pin,
        });
        return made.ok ? ok({ number: number.value, ...made.value }) : made;
      },
      (commanded, { serviceId }, { number, output, staged }) => {
        const { tx, session, now } = commanded;
        const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
        standsAt(service, 'issue');
        mayGoOn(visit, service, session);
        const at = now.toISOString();
        const allotted = takeEvidenceNumber(tx, service, number, at);
        if (!allotted) return refuse('service.not-offered');
        const { documentId, sha256, pages } = output;
        recordBlob(tx, staged, { mediaType: 'application/pdf', owner: outputOwner(documentId) });
        insertReceived(tx, {
          documentId,
          visitId: visit.id,
          serviceId,
          kind: 'conversion-file',
          template: AS_RECEIVED,
          data: {},
          madeAt: at,
          sha256,
          pages,
        });
        const signed = withConversion(service, { output });
        const { issued } = issueOne(desk, commanded, toElectronicIssuer, visit, signed, allotted);
        return ok(serviceViewOf(tx, visit, issued));
      },
    ),

    preparedCommand(
      'conversions.deposit',
      async ({ session }, { serviceId }) => {
        const { number, output } = readyToDeliver(serviceId, session.clerkId);
        if (!number || !output) return refuse('conversion.not-signed');
        const content = await store.blobs.read(output.sha256);
        if (!content.ok) return content;
        return desk.sync.deposit(
          { id: serviceId, sha256: output.sha256, fileName: fileNameOf(number), conversionNumber: number },
          content.value,
        );
      },
      (commanded, { serviceId }, { token, expiresOn }) => {
        const { tx, session, now, after } = commanded;
        const receiptDocumentId = desk.newId();
        const at = now.toISOString();
        const answer = delivered(commanded, serviceId, (service) => {
          orderOutput(
            tx,
            {
              documentId: receiptDocumentId,
              visitId: service.visitId,
              serviceId,
              kind: 'depot-receipt',
              template: 'depot-receipt',
              data: depotReceiptData(desk, tx, service, {
                documentId: receiptDocumentId,
                token,
                expiresOn,
                now,
                session,
              }),
              madeAt: at,
            },
            desk.newId(),
          );
          return { to: 'depot', at, expiresOn, receiptDocumentId };
        });
        after(() => prints.kick());
        return answer;
      },
    ),

    preparedCommand(
      'conversions.save',
      async ({ session }, { serviceId }) => {
        const { number, output } = readyToDeliver(serviceId, session.clerkId);
        if (!number || !output) return refuse('conversion.not-signed');
        const content = await store.blobs.read(output.sha256);
        if (!content.ok) return content;
        const path = await desk.places.save({ name: fileNameOf(number), extension: 'pdf' });
        return path === null ? refuse('conversion.no-place') : writeWhole(path, content.value);
      },
      (commanded, { serviceId }) =>
        delivered(commanded, serviceId, () => ({
          to: 'medium',
          at: commanded.now.toISOString(),
          expiresOn: null,
          receiptDocumentId: null,
        })),
    ),
  ];
}

/** Says nothing of any person. */
const fileNameOf = (number: string): string => `konverze-${number}.pdf`;

/** Writes a file whole or not at all, and reads it back: a medium that lies about it must be found before it is handed over. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<Result<null, ContractFailure>> {
  const part = `${path}.part`;
  const hash = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
  try {
    const handle = await open(part, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, path);
    return hash(await readFile(path)) === hash(bytes) ? ok(null) : refuse('conversion.not-written');
  } catch {
    await rm(part, { force: true }).catch(() => {});
    return refuse('conversion.not-written');
  }
}
