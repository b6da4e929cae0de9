import { createHash } from 'node:crypto';
import { checkEntries } from '../../electron/journal/read.ts';
import * as commands from '../../electron/store/commands.ts';
import type { Reader, Store } from '../../electron/store/open.ts';

/** What is wrong in a store that was opened again: nothing should be, whatever became of the process or the machine. */
export function flawsOf(tx: Reader, acknowledged: readonly string[]): string[] {
  const wrong: string[] = [];
  const log = checkEntries(tx);
  if (!log.ok) wrong.push(`the log: ${JSON.stringify(log.error)}`);
  for (const id of acknowledged)
    if (commands.find(tx, id) === undefined) wrong.push(`the acknowledged command ${id} is not there`);
  const series = new Map<string, number[]>();
  for (const row of tx.all<{ series: string; year: number; number: number; act_id: string }>(
    'SELECT series, year, number, act_id FROM numbers ORDER BY series, year, number',
  )) {
    const key = `${row.series} ${row.year}`;
    series.set(key, [...(series.get(key) ?? []), row.number]);
    if (tx.get('SELECT 1 AS one FROM journal_leaves WHERE act_id = ?', [row.act_id]) === undefined)
      wrong.push(`the number ${key} ${row.number} has no act in the log`);
  }
  for (const [key, numbers] of series)
    if (!numbers.every((number, index) => number === index + 1)) wrong.push(`gaps in ${key}: ${numbers}`);
  for (const { id } of tx.all<{ id: string }>(
    'SELECT id FROM outbox WHERE leaf_sequence NOT IN (SELECT sequence FROM journal_leaves)',
  ))
    wrong.push(`the effect ${id} has no entry in the log`);
  return wrong;
}

/** Hashes of the contents the store has rows of. */
export const contentsOf = (tx: Reader): string[] =>
  tx.all<{ sha256: string }>('SELECT sha256 FROM blobs').map(({ sha256 }) => sha256);

/** Those of the contents that are not to be read, or read otherwise. */
export async function unreadable(store: Store, contents: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const sha256 of contents) {
    const content = await store.blobs.read(sha256);
    // Retention may have erased it between the two looks.
    const stillThere = store.read((tx) => tx.get('SELECT 1 AS one FROM blobs WHERE sha256 = ?', [sha256]));
    if (content.ok ? createHash('sha256').update(content.value).digest('hex') !== sha256 : stillThere)
      wrong.push(`the content ${sha256} is not to be read`);
  }
  return wrong;
}
