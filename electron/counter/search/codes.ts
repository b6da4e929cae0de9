import { readReceiptCode } from '../../journal/receipt.ts';
import type { Reader } from '../../store/open.ts';
import { findVisits, foundOf } from './table.ts';
import { compact } from './words.ts';

/** More visits than this are not meant by one paper. */
const MOST = 5;
const MOST_LOOKED_AT = 50;

/**
 * The visits that the codes of a paper mean. A receipt's code names an entry of a desk's log by its place in it, which counts only
 * for a log of our own; the code of an acceptance receipt has its number in its second line; any other is a number as it stands.
 */
export function visitsOfCodes(tx: Reader, texts: readonly string[], deskId: string | null): string[] {
  const found = texts.flatMap((text) => {
    const entry = readReceiptCode(text);
    if (entry !== null) return entry.deskId === deskId ? visitOfEntry(tx, entry) : [];
    const [mark, number] = text.split('\n');
    const typed = mark === 'VIRTUOS:1' ? (number ?? '') : text;
    const ofPaper = visitsOfPaper(tx, typed);
    if (ofPaper.length > 0) return ofPaper;
    return /^[\p{L}\p{N}\-/ ]{1,60}$/u.test(typed) ? visitsOfNumber(tx, typed) : [];
  });
  return [...new Set(found)].slice(0, MOST);
}

/** The visits a whole number belongs to. The search finds names and dates besides, by which a foreign code would find somebody by chance. */
const visitsOfNumber = (tx: Reader, number: string): string[] =>
  /\p{N}/u.test(number)
    ? findVisits(tx, number, MOST_LOOKED_AT).filter((visitId) =>
        foundOf(tx, visitId)?.numbers.some((one) => compact(one) === compact(number)),
      )
    : [];

/**
 * The visit of a paper of our own by the number printed on it, which is the beginning and the end of its id (`ownNumber`). The
 * search's index does not have these: they are on every paper, and no office asks for them by word.
 */
export function visitsOfPaper(tx: Reader, typed: string): string[] {
  const [, begins = '', ends = ''] = /^([0-9a-f]{8})-([0-9a-f]{6})$/.exec(typed.trim().toLowerCase()) ?? [];
  if (begins === '') return [];
  return tx
    .all<{ visit_id: string }>(
      `SELECT DISTINCT visit_id FROM outputs
       WHERE document_id BETWEEN ? AND ? AND substr(document_id, -6) = ? AND visit_id IS NOT NULL LIMIT ?`,
      [`${begins}-`, `${begins}-~`, ends, MOST],
    )
    .map(({ visit_id }) => visit_id);
}

function visitOfEntry(
  tx: Reader,
  { sequence, leafHash }: { sequence: number; leafHash: Uint8Array },
): string[] {
  const row = tx.get<{ visit_id: string | null; leaf_hash: Uint8Array }>(
    'SELECT visit_id, leaf_hash FROM journal_leaves WHERE sequence = ?',
    [sequence],
  );
  // The place alone is a small number anybody can print; the hash is the entry's own.
  if (row === undefined || row.visit_id === null || Buffer.compare(row.leaf_hash, leafHash) !== 0) return [];
  return [row.visit_id];
}
