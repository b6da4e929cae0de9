import type { Reader } from '../../store/open.ts';
import type { LegalDate } from '../../values/time.ts';

/**
 * Acts that ask for no closing: who came and went, what the desk was set to, and looking after what was closed. All else
 * somebody did does, also kinds this list has never heard of.
 */
const quietKinds: readonly string[] = [
  'desk-enrolled',
  'desk-left',
  'store-recovered',
  'recovery-finished',
  'backup-made',
  'signed-in',
  'signed-out',
  'locked',
  'unlocked',
  'print-resolved',
  'document-reprinted',
  'effect-retried',
  'settings-changed',
  'device-tested',
  'exception-reviewed',
  'content-erased',
  'log-exported',
  'export-not-finished',
  'medium-written',
  'medium-taken',
  'day-closed',
  'closing-prepared',
  'closing-withdrawn',
  'closing-returned',
  'closing-decided',
  'deputy-named',
  'deputy-ended',
];
const quiet = quietKinds.map((kind) => `'${kind}'`).join(', ');

/** What asks for a closing among the leaves `l`: something a person did. */
export const asksForClosing = `l.role <> 'machine' AND l.kind NOT IN (${quiet})`;

/** The last entry of the log that a closing covers; of a desk older than closings, the last one without them. */
export const closedUpTo = (tx: Reader): number =>
  tx.get<{ last: number }>(
    `SELECT coalesce((SELECT max(last_sequence) FROM day_closings), (SELECT after_sequence FROM closing_start), 0) AS last`,
  )?.last ?? 0;

/** Legal dates, oldest first, with acts that no closing covers, up to an entry. */
export const openDays = (tx: Reader, last = Number.MAX_SAFE_INTEGER): LegalDate[] =>
  tx
    .all<{ legal_date: LegalDate }>(
      `SELECT DISTINCT l.legal_date FROM journal_leaves AS l
       WHERE l.sequence > ? AND l.sequence <= ? AND ${asksForClosing} ORDER BY l.legal_date`,
      [closedUpTo(tx), last],
    )
    .map((row) => row.legal_date);

/** Legal dates before today with acts that no closing covers, oldest first: what somebody forgot to close. */
export const unclosedDays = (tx: Reader, today: LegalDate): LegalDate[] =>
  openDays(tx).filter((date) => date < today);
