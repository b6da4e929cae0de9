import { err, ok, type Result } from '../../electron/values/result.ts';
import { legalDate } from '../../electron/values/time.ts';
import type { Desk, Schemas } from '../api.ts';
import { readItem } from '../catalogue/master.ts';
import { statement } from '../database.ts';
import type { Refusal } from '../errors.ts';
import { isInService } from '../intake/directory.ts';
import type { Portal } from '../portal.ts';

/** The list of purposes as an item of the settings. */
export const PURPOSES = 'purposes';

/**
 * Whether this look may be taken. To be asked before anything is searched: a look without a known purpose, or of a clerk without a
 * role, learns nothing.
 */
export function mayLook(portal: Portal, desk: Desk, look: Schemas['Look']): Result<null, Refusal> {
  const { db, checkPurposes } = portal;
  const list = checkPurposes(readItem(db, 'settings', PURPOSES));
  const purpose = list.ok ? list.value.purposes.find(({ code }) => code === look.purpose.code) : undefined;
  if (!purpose || (purpose.needsNote && (look.purpose.note ?? '').trim() === ''))
    return err({ code: 'look.purpose-unknown' });
  return isAtWork(portal, desk, look.by.clerkId) ? ok(null) : err({ code: 'look.not-permitted' });
}

/** Whether a clerk serves people at the desk's office, by the directory as it is now. */
export function isAtWork({ db, clock, checkClerk }: Portal, desk: Desk, clerkId: string): boolean {
  const clerk = checkClerk(readItem(db, 'clerks', clerkId));
  return (
    clerk.ok &&
    isInService(clerk.value, legalDate(clock.now())) &&
    clerk.value.officeId === desk.officeId &&
    clerk.value.roles.some((role) => role === 'clerk' || role === 'supervisor')
  );
}

/**
 * Writes down a look and whom it found; one that found nobody is written down too. In the transaction that reads what is
 * shown.
 */
export function recordLooks(
  { db, clock }: Portal,
  desk: Desk,
  look: Schemas['Look'],
  of: { kind: Schemas['LookKind']; subjects: readonly string[] },
): void {
  const insert = statement(
    db,
    'INSERT INTO looks (desk_id, clerk_id, visit_id, kind, subject, purpose, note, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const found: readonly (string | null)[] = of.subjects.length > 0 ? of.subjects : [null];
  for (const subject of found)
    insert.run(
      desk.id,
      look.by.clerkId,
      look.visitId ?? null,
      of.kind,
      subject,
      look.purpose.code,
      look.purpose.note ?? null,
      clock.now().getTime(),
    );
}
