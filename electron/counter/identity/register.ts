import type { DocumentAnswer } from '../../sync/port.ts';
import type { Desk } from '../desk.ts';
import { aside } from '../log.ts';
import type { IdentityRecord, Visit } from '../visits/record.ts';
import { getVisit, saveVisit, visitsInProgress } from '../visits/table.ts';

export const withIdentity = (visit: Visit, change: Partial<IdentityRecord>): Visit => ({
  ...visit,
  identity: { ...visit.identity, ...change },
});

/** Questions to the register of invalid documents, asked beside the calls. */
export function createRegisterQuestions(desk: Desk) {
  const { store, clock, sync } = desk;

  /** Asks beside the calls; the visit is changed only if it still has the same document. */
  async function askRegister(visitId: string): Promise<void> {
    const asked = store.read((tx) => getVisit(tx, visitId)).identity.document;
    if (!asked) return;
    const answer = await sync.checkDocument(asked.kind, asked.number, asked.issuer);
    store.write((tx) => {
      const visit = getVisit(tx, visitId);
      const { document, register } = visit.identity;
      const isSame =
        document?.number === asked.number && document.kind === asked.kind && document.issuer === asked.issuer;
      if (!isSame || register?.state !== 'asking') return;
      saveVisit(tx, withIdentity(visit, { register: registerState(answer.ok ? answer.value : null) }));
      desk.act(tx, {
        kind: 'register-answered',
        actId: desk.newId(),
        clerkId: 'desk',
        role: 'machine',
        at: clock.now(),
        visitId,
        payload: { outcome: answer.ok ? answer.value.outcome : 'cannot-be-asked-now' },
      });
    });
    desk.emit('visit-changed', { visitId });
  }

  const ask = (visitId: string): void => aside(desk.log, 'identity.register', askRegister(visitId));

  /** Asks again what an earlier run asked and got no answer to; without one nobody could be verified. */
  function takeUp(): void {
    for (const visit of store.read(visitsInProgress))
      if (visit.identity.register?.state === 'asking') ask(visit.id);
  }

  return { ask, takeUp };
}

export type RegisterQuestions = ReturnType<typeof createRegisterQuestions>;

/** What the register said, or that it could not be asked. */
export function registerState(answer: DocumentAnswer | null): NonNullable<IdentityRecord['register']> {
  return answer
    ? { state: answer.outcome, asOf: answer.asOf, listedSince: answer.listedSince }
    : { state: 'cannot-be-asked-now', asOf: null, listedSince: null };
}
