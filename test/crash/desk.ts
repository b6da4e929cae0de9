import { createHash } from 'node:crypto';
import { checkEntries, lastSequence, leavesFrom } from '../../electron/journal/read.ts';
import * as commands from '../../electron/store/commands.ts';
import * as cursors from '../../electron/store/cursors.ts';
import { type CounterRig, startCounter, type TestWindow } from '../rigs/counter.ts';
import type { FromDesk, Seen, ToDesk } from './messages.ts';

// The counter in a process of its own, which is killed: real store, real sync, real document workers. Driven by messages.

const say = (message: FromDesk): void => {
  process.send?.(message);
};

let desk: CounterRig | null = null;
const windows = new Map<string, TestWindow>();

function windowOf(rig: CounterRig, key: string): TestWindow {
  const window = windows.get(key) ?? rig.window(key);
  windows.set(key, window);
  return window;
}

async function look(rig: CounterRig, asked: Extract<ToDesk, { do: 'look' }>): Promise<Seen> {
  const { store } = rig;
  const wrong: string[] = [...rig.problems];
  const seen = store.read((tx) => {
    const flaw = checkEntries(tx);
    if (!flaw.ok) wrong.push(`the log: ${JSON.stringify(flaw.error)}`);
    for (const id of asked.commands)
      if (commands.find(tx, id) === undefined) wrong.push(`the acknowledged command ${id} is not there`);
    const series = new Map<string, number[]>();
    for (const row of tx.all<{ series: string; year: number; number: number; act_id: string; fate: string }>(
      'SELECT series, year, number, act_id, fate FROM numbers ORDER BY series, year, number',
    )) {
      const key = `${row.series} ${row.year}`;
      series.set(key, [...(series.get(key) ?? []), row.number]);
      if (tx.get('SELECT 1 AS one FROM journal_leaves WHERE act_id = ?', [row.act_id]) === undefined)
        wrong.push(`the number ${key} ${row.number} has no act in the log`);
    }
    for (const [key, numbers] of series)
      if (!numbers.every((number, index) => number === index + 1)) wrong.push(`gaps in ${key}: ${numbers}`);
    for (const { id } of tx.all<{ id: string }>(
      `SELECT id FROM outbox WHERE leaf_sequence NOT IN (SELECT sequence FROM journal_leaves)`,
    ))
      wrong.push(`the effect ${id} has no entry in the log`);
    const kinds: Record<string, number> = {};
    for (const row of tx.all<{ kind: string; n: number }>(
      'SELECT kind, count(*) AS n FROM journal_leaves GROUP BY kind',
    ))
      kinds[row.kind] = row.n;
    const hash = createHash('sha256');
    if (asked.everything) for (const { leaf } of leavesFrom(tx, 1, 1_000_000)) hash.update(leaf);
    return {
      wrong,
      kinds,
      blobs: tx.all<{ sha256: string }>('SELECT sha256 FROM blobs').map(({ sha256 }) => sha256),
      effects: tx
        .all<{ id: string; visit_id: string; ordinal: number; state: string; last_code: string | null }>(
          'SELECT id, visit_id, ordinal, state, last_code FROM outbox ORDER BY leaf_sequence, ordinal',
        )
        .map((row) => ({
          id: row.id,
          visitId: row.visit_id,
          ordinal: row.ordinal,
          state: row.state,
          code: row.last_code,
        })),
      leaves: lastSequence(tx),
      logHash: hash.digest('hex'),
      acknowledgedTo: Number(cursors.get(tx, 'log') ?? 0),
    };
  });
  const known = new Set(asked.everything ? [] : asked.blobsKnown);
  for (const sha256 of seen.blobs) {
    if (known.has(sha256)) continue;
    const content = await store.blobs.read(sha256);
    // Retention may have erased it between the two looks.
    const stillThere = store.read((tx) => tx.get('SELECT 1 AS one FROM blobs WHERE sha256 = ?', [sha256]));
    if (content.ok ? createHash('sha256').update(content.value).digest('hex') !== sha256 : stillThere)
      seen.wrong.push(`the content ${sha256} is not to be read`);
  }
  return seen;
}

async function take(message: ToDesk): Promise<void> {
  if (message.do === 'open') {
    const { folder, portalUrl, enrolmentCode } = message;
    desk = await startCounter({
      folder,
      portal: {
        url: () => portalUrl,
        enrolmentCode: () => enrolmentCode,
        takeOverCode: () => '',
        start: async () => {},
        stop: async () => {},
        close: async () => {},
        dataDir: '',
      },
    });
    say({ said: 'ready' });
    return;
  }
  if (!desk) throw new Error('the desk is not open');
  if (message.do === 'look')
    return say({ said: 'seen', request: message.request, seen: await look(desk, message) });
  const { window, name, id, input } = message;
  const reply = await windowOf(desk, window).raw(name, id, input);
  say({ said: 'reply', request: message.request, reply });
}

process.on('message', (message: ToDesk) => {
  take(message).catch((error: unknown) => {
    say({ said: 'failed', what: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
process.on('disconnect', () => process.exit(0));
