import { createHash } from 'node:crypto';
import { chipReader } from '../../electron/devices/chip/chip-reader.ts';
import { nodeCards } from '../../electron/devices/chip/node-cards.ts';
import { lastSequence, leavesFrom } from '../../electron/journal/read.ts';
import * as cursors from '../../electron/store/cursors.ts';
import { type CounterRig, startCounter, type TestWindow } from '../rigs/counter.ts';
import { contentsOf, flawsOf, unreadable } from '../rigs/store-flaws.ts';
import type { FromDesk, Seen, ToDesk } from './messages.ts';

// The counter in a process of its own, which is killed: real store, real sync, real document workers. Driven by messages.

const say = (message: FromDesk): void => {
  process.send?.(message);
};

const cardsFile = new URL('../../electron/devices/chip/cards.ts', import.meta.url);

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
    wrong.push(...flawsOf(tx, asked.commands));
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
      blobs: contentsOf(tx),
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
  const unseen = seen.blobs.filter((sha256) => !known.has(sha256));
  seen.wrong.push(...(await unreadable(store, unseen)));
  return seen;
}

async function take(message: ToDesk): Promise<void> {
  if (message.do === 'open') {
    const { folder, portalUrl, enrolmentCode, devices } = message;
    desk = await startCounter({
      folder,
      ...(devices && {
        scanner: { command: devices.scanimage },
        printer: { limits: devices.printer },
        chips: chipReader({ start: () => nodeCards(cardsFile), limits: devices.chips }),
      }),
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
  if (message.do === 'events') {
    const { events } = windowOf(desk, message.window);
    return say({ said: 'reply', request: message.request, reply: events.splice(0) });
  }
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
