import { recordBlob } from '../../store/blobs.ts';
import type { RegisterAnswer } from '../../sync/answers.ts';
import { err, ok } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { aside } from '../log.ts';
import { AS_RECEIVED, insertReceived } from '../outputs/table.ts';
import { outputOwner } from '../retention/owners.ts';
import type { Trust } from '../trust/trust.ts';
import type { ExtractRecord, Service } from '../visits/record.ts';
import { getService, getVisit, saveService, servicesAsking } from '../visits/table.ts';
import { questionOf } from './question.ts';
import { judgeSeal } from './seal.ts';

type Answered = Extract<RegisterAnswer, { state: 'answered' }>;

/** Between two tries of what failed here, not at the register. */
const PAUSE_MS = 10_000;

/**
 * Questions to registers, asked beside the calls and taken up again after whatever died: under the same id the register
 * gives the same answer and charges once. An answer is kept encrypted until it is handed over or cancelled.
 */
export function createRegisterQueries(desk: Desk, trust: Trust) {
  const { store, clock, sync, timers, documents } = desk;
  const running = new Set<string>();
  const waits = new Map<string, () => void>();
  let stopped = false;

  function kick(): void {
    if (stopped) return;
    for (const { id, record } of store.read(servicesAsking)) {
      const due = record.extract?.askAgainAt ?? null;
      const waitMs = due === null ? 0 : new Date(due).getTime() - clock.now().getTime();
      if (running.has(id) || waits.has(id)) continue;
      if (waitMs > 0) wait(id, waitMs);
      else run(id);
    }
  }

  function wait(serviceId: string, ms: number): void {
    waits.set(
      serviceId,
      timers.after(ms, () => {
        waits.delete(serviceId);
        kick();
      }),
    );
  }

  function run(serviceId: string): void {
    running.add(serviceId);
    const asked = ask(serviceId).then(
      () => running.delete(serviceId) && kick(),
      (thrown: unknown) => {
        running.delete(serviceId);
        // What cannot be written now (a full disk) is not asked for without a pause.
        if (!stopped) wait(serviceId, PAUSE_MS);
        throw thrown;
      },
    );
    aside(desk.log, 'extracts.ask', asked);
  }

  async function ask(serviceId: string): Promise<void> {
    const { service, visit } = store.read((tx) => {
      const found = getService(tx, serviceId);
      return { service: found, visit: getVisit(tx, found.visitId) };
    });
    const { extract } = service.record;
    if (!extract) return;
    const answer = await sync.askRegister(questionOf(visit, service, extract));
    if (stopped) return;
    if (!answer.ok) return note(service, { state: 'unreachable', problem: answer.error });
    switch (answer.value.state) {
      case 'waiting': {
        const at = new Date(clock.now().getTime() + answer.value.askAgainAfterSeconds * 1000);
        return note(service, { state: 'waiting', askAgainAt: at.toISOString(), problem: null });
      }
      case 'manual': {
        const { ticket, expectedOn } = answer.value;
        return note(service, { state: 'manual', ticket, expectedOn, problem: null });
      }
      case 'refused':
        return note(service, { state: 'refused', reason: answer.value.reason, problem: null });
      case 'answered': {
        const taken = await take(service, extract, answer.value);
        if (!taken.ok && !stopped) note(service, { state: 'unreachable', problem: taken.error });
      }
    }
  }

  /** The output's bytes, as the register sealed them: checked, stored, and from then on only read. */
  async function take(service: Service, extract: ExtractRecord, answer: Answered) {
    const content = await sync.extractDocument(extract.queryId, answer.document);
    if (!content.ok) return content;
    // The fee and the sheets of the clause are counted from the pages: they are the document's own, not hearsay.
    const inspected = await documents.inspectFile({ bytes: content.value });
    if (!inspected.ok || inspected.value.pages !== answer.document.pages)
      return err({ code: 'register.document-damaged' as const });
    const seal = await judgeSeal(trust, content.value, answer.seal);
    const staged = await store.blobs.put(content.value);
    if (!staged.ok) return staged;
    const documentId = desk.newId();
    note(
      service,
      {
        state: 'answered',
        problem: null,
        answer: { documentId, answeredAt: answer.answeredAt, pages: answer.document.pages, seal },
      },
      (tx) => {
        recordBlob(tx, staged.value, { mediaType: 'application/pdf', owner: outputOwner(documentId) });
        insertReceived(tx, {
          documentId,
          visitId: service.visitId,
          serviceId: service.id,
          kind: 'extract',
          template: AS_RECEIVED,
          data: {},
          madeAt: clock.now().toISOString(),
          sha256: staged.value.sha256,
          pages: answer.document.pages,
        });
      },
    );
    return ok(null);
  }

  /** Writes what came of a question, unless the service has ended or asks something else by now. */
  function note(
    asked: Service,
    change: Partial<ExtractRecord>,
    also: (tx: Parameters<Parameters<typeof store.write>[0]>[0]) => void = () => {},
  ): void {
    store.write((tx) => {
      const service = getService(tx, asked.id);
      const { extract } = service.record;
      const isSame = extract?.queryId === asked.record.extract?.queryId;
      if (!extract || !isSame || service.state !== 'in-progress' || extract.answer !== null) return;
      saveService(tx, {
        ...service,
        record: { ...service.record, extract: { ...extract, askAgainAt: null, ...change } },
      });
      also(tx);
      // That the register still prepares its answer is no news for the log.
      if (change.state === 'waiting') return;
      desk.act(tx, {
        kind: 'register-gave-extract',
        actId: desk.newId(),
        clerkId: 'desk',
        role: 'machine',
        at: clock.now(),
        visitId: service.visitId,
        serviceId: service.id,
        payload: {
          outcome: change.state ?? extract.state,
          pages: change.answer?.pages ?? null,
          seal: change.answer?.seal.result ?? null,
          trouble: change.problem?.code ?? null,
        },
      });
    });
    desk.emit('visit-changed', { visitId: asked.visitId });
  }

  function stop(): void {
    stopped = true;
    for (const cancel of waits.values()) cancel();
    waits.clear();
  }

  return { kick, stop };
}

export type RegisterQueries = ReturnType<typeof createRegisterQueries>;
