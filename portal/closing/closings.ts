import { displayName } from '../../electron/values/person-name.ts';
import { err, ok, type Result } from '../../electron/values/result.ts';
import type { Call, Desk, OpenHandler, Schemas } from '../api.ts';
import { readItem } from '../catalogue/master.ts';
import { verifyClerk } from '../clerks/sign-in.ts';
import { type Database, inTransaction, statement } from '../database.ts';
import type { Refusal } from '../errors.ts';
import { answer } from '../inbox/answers.ts';
import type { Portal } from '../portal.ts';

type Clerk = Schemas['ClerkIdentity'];
type Row = {
  effect_id: string;
  closing_id: string;
  desk_id: string;
  desk_name: string;
  office_id: string;
  received_at: number;
  state: 'waiting' | 'approved' | 'returned' | 'withdrawn';
  decided_at: number | null;
  decided_by: string | null;
  content: string;
};

const SELECT = `SELECT c.*, d.office_id, d.name AS desk_name, e.content FROM closings AS c JOIN desks AS d ON d.id = c.desk_id
  JOIN effects AS e ON e.id = c.effect_id`;

// Checked when the effect was taken in.
const payloadOf = (content: string): Schemas['ClosingPayload'] => JSON.parse(content).payload;

/** A closing came from a desk, or the desk took one back. To be called in the transaction that takes the effect in. */
export function takeClosing(db: Database, desk: Desk, effectId: string, now: number): void {
  const row = statement<[string], { content: string }>(db, 'SELECT content FROM effects WHERE id = ?').get(
    effectId,
  );
  if (row === undefined) return;
  const { closingId, state } = payloadOf(row.content);
  if (state === 'withdrawn')
    statement(
      db,
      `UPDATE closings SET state = 'withdrawn' WHERE desk_id = ? AND closing_id = ? AND state = 'waiting'`,
    ).run(desk.id, closingId);
  else
    statement(
      db,
      `INSERT INTO closings (effect_id, closing_id, desk_id, received_at, state) VALUES (?, ?, ?, ?, 'waiting')
       ON CONFLICT DO NOTHING`,
    ).run(effectId, closingId, desk.id, now);
}

/** Who asks, by `Authorization: Basic`. */
async function supervisorOf(
  portal: Portal,
  headers: Call<'readClosings'>['headers'],
): Promise<Result<Clerk, Refusal>> {
  const [, coded] = /^Basic ([A-Za-z0-9+/=]+)$/.exec(String(headers?.authorization ?? '')) ?? [];
  const text = coded === undefined ? '' : Buffer.from(coded, 'base64').toString('utf8');
  const at = text.indexOf(':');
  if (at < 1) return err({ code: 'clerk.wrong-password' });
  const clerk = await verifyClerk(portal, text.slice(0, at), text.slice(at + 1));
  if (clerk.ok && !clerk.value.roles.includes('supervisor')) return err({ code: 'closing.not-yours' });
  return clerk;
}

/** Whether supervisors of an office answer for the desks of another: their own, or one that names theirs. */
function answersFor({ db, checkOffice }: Portal, theirOfficeId: string, officeId: string): boolean {
  if (theirOfficeId === officeId) return true;
  const office = checkOffice(readItem(db, 'offices', officeId));
  return office.ok && (office.value.supervisedBy ?? []).includes(theirOfficeId);
}

/** Closings that wait for a supervisor of an office, the oldest first. */
const waitingFor = (portal: Portal, officeId: string): Row[] =>
  statement<[], Row>(
    portal.db,
    `${SELECT} WHERE c.state = 'waiting' ORDER BY c.received_at, c.effect_id LIMIT 200`,
  )
    .all()
    .filter((row) => answersFor(portal, officeId, row.office_id));

/** Who counted each closing that waits for a supervisor of an office. */
export const countersOfWaiting = (portal: Portal, officeId: string): string[] =>
  waitingFor(portal, officeId).map((row) => payloadOf(row.content).preparedBy.clerkId);

function nameOf({ db, checkClerk }: Portal, clerkId: string): string {
  const clerk = checkClerk(readItem(db, 'clerks', clerkId));
  return clerk.ok ? displayName(clerk.value.name) : clerkId;
}

/** GET /closings */
export function readClosings(portal: Portal): OpenHandler<'readClosings'> {
  return async ({ headers }) => {
    const clerk = await supervisorOf(portal, headers);
    if (!clerk.ok) return clerk;
    return ok({
      status: 200,
      body: {
        closings: waitingFor(portal, clerk.value.officeId).map((row) => ({
          id: row.closing_id,
          deskId: row.desk_id,
          deskName: row.desk_name,
          officeId: row.office_id,
          preparedByName: nameOf(portal, payloadOf(row.content).preparedBy.clerkId),
          receivedAt: new Date(row.received_at).toISOString(),
          closing: payloadOf(row.content),
        })),
      },
    });
  };
}

/** POST /closings/{id}/approval */
export function decideClosing(portal: Portal): OpenHandler<'decideClosing'> {
  const { db, clock } = portal;
  return async ({ headers, path: { id }, body: { decision, note } }) => {
    const clerk = await supervisorOf(portal, headers);
    if (!clerk.ok) return clerk;
    const { id: clerkId, name } = clerk.value;
    return inTransaction(db, () => {
      const row = statement<[string], Row>(db, `${SELECT} WHERE c.closing_id = ?`).get(id);
      if (row === undefined || !answersFor(portal, clerk.value.officeId, row.office_id))
        return err({ code: row === undefined ? 'closing.unknown' : 'closing.not-yours' });
      if (payloadOf(row.content).preparedBy.clerkId === clerkId) return err({ code: 'closing.not-yours' });
      const decidedBy = { clerkId, name: displayName(name) };
      const decided = (at: number) =>
        ok({
          status: 200 as const,
          body: { id, decision, decidedAt: new Date(at).toISOString(), decidedBy },
        });
      if (row.state !== 'waiting')
        return row.state === decision && row.decided_by === clerkId && row.decided_at !== null
          ? decided(row.decided_at)
          : err({ code: 'closing.decided-already' });
      const now = clock.now().getTime();
      statement(db, 'UPDATE closings SET state = ?, decided_at = ?, decided_by = ? WHERE effect_id = ?').run(
        decision,
        now,
        clerkId,
        row.effect_id,
      );
      answer(db, row.desk_id, {
        effectId: row.effect_id,
        at: now,
        office: clerk.value.officeId,
        kind: decision === 'approved' ? 'closing-approved' : 'closing-returned',
        decidedBy,
        note: note ?? null,
      });
      return decided(now);
    });
  };
}
