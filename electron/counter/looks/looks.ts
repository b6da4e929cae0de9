import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Session } from '../../contract/clerks.ts';
import type { CallName } from '../../contract/index.ts';
import type { LookKind, Purpose } from '../../contract/looks.ts';
import { page } from '../../journal/read.ts';
import type { Reader } from '../../store/open.ts';
import { isRecord } from '../../values/forms/definition.ts';
import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import { purposes } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { Refusal } from '../failure.ts';
import { type Commanded, type Handler, query } from '../handlers.ts';
import { type Acting, actingClerk } from '../queue/enqueue.ts';

/** The purposes a clerk may choose from. */
export const lookHandlers = (desk: Desk): Handler[] => [
  query('looks.purposes', (_asked, { kind }) =>
    desk.store.read((tx) =>
      ok(
        purposes(tx).map(({ code, label, needsNote, defaultFor }) => ({
          code,
          label,
          needsNote,
          isDefault: defaultFor.includes(kind),
        })),
      ),
    ),
  ),
];

/**
 * The look as the portal is told it, with the question. Refuses what the portal would refuse: a purpose it does not list, or one
 * without the words it asks for.
 */
export function lookOf(
  tx: Reader,
  asked: Pick<Acting, 'session' | 'now'>,
  { code, note }: Purpose,
  visitId?: string,
): components['schemas']['Look'] {
  const chosen = purposes(tx).find((one) => one.code === code);
  if (!chosen) throw new Refusal('look.purpose-unknown');
  if (chosen.needsNote && note === '') throw new Refusal('look.note-missing');
  return {
    purpose: { code, ...(note !== '' && { note }) },
    by: actingClerk({ ...asked, role: asked.session.roles.includes('clerk') ? 'clerk' : 'supervisor' }),
    ...(visitId !== undefined && { visitId }),
  };
}

/**
 * Writes a look into the day log, in the transaction of the command that shows what was found. Whom it found is named by ids
 * only, and like the purpose in the payload.
 */
export const recordLook = <N extends CallName>(
  desk: Desk,
  commanded: Commanded<N> & { session: Session },
  of: { kind: LookKind; purpose: Purpose; subjects: readonly string[]; visitId?: string; serviceId?: string },
): number => {
  const { visitId } = of;
  // A visit in which something was shown may end.
  if (visitId !== undefined) commanded.after(() => desk.emit('visit-changed', { visitId }));
  return record(desk, commanded, {
    kind: 'affairs-looked-into',
    ...(visitId !== undefined && { visitId }),
    ...(of.serviceId !== undefined && { serviceId: of.serviceId }),
    payload: {
      lookedInto: of.kind,
      lookPurpose: of.purpose.code,
      note: of.purpose.note,
      subjects: [...of.subjects],
    },
  });
};

/** More looks than one clerk makes into one visit between signing in and out. */
const LOOKS_READ = 200;

type Looked = { at: string; subjects: readonly unknown[] };
const looksOf = (tx: Reader, filter: { visitId: string; clerk?: string }): Looked[] =>
  page(tx, { filter: { kind: 'affairs-looked-into', ...filter }, before: null, limit: LOOKS_READ }).flatMap(
    ({ at, payload }) =>
      isRecord(payload) && Array.isArray(payload['subjects']) ? [{ at, subjects: payload['subjects'] }] : [],
  );

/** Whether affairs of the person were looked into in this visit: they came to ask, and were answered. */
export const wereAffairsShown = (tx: Reader, visitId: string): boolean =>
  looksOf(tx, { visitId }).some(({ subjects }) => !subjects.includes(visitId));

/** Whether the clerk said, since signing in, why this visit is looked into. */
export const hasLookedInto = (
  tx: Reader,
  { clerkId, signedInAt }: Pick<Session, 'clerkId' | 'signedInAt'>,
  visitId: string,
): boolean =>
  looksOf(tx, { clerk: clerkId, visitId }).some(
    ({ at, subjects }) => at >= signedInAt && subjects.includes(visitId),
  );
