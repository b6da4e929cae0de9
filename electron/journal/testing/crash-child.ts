import { createHash, randomInt } from 'node:crypto';
import { writeSync } from 'node:fs';
import { recordBlob } from '../../store/blobs.ts';
import * as commands from '../../store/commands.ts';
import * as numbers from '../../store/numbers.ts';
import * as outbox from '../../store/outbox.ts';
import { mustOpen } from '../../store/testing/temporary-store.ts';
import { systemClock } from '../../values/clock.ts';
import { systemRandom, uuidv7 } from '../../values/ids.ts';
import { append } from '../append.ts';

// Works in the store given until it is killed, and says of each act that it is done, after it is. Run by the test.
const folder = process.argv[2] ?? '';
const store = mustOpen(folder, { clock: systemClock });
const say = (acknowledged: Record<string, string | number>): void => {
  writeSync(1, `${JSON.stringify(acknowledged)}\n`);
};

const acts: string[] = [];
for (;;) {
  const actId = uuidv7({ now: () => systemClock.now(), random: systemRandom });
  const at = systemClock.now().toISOString();
  const staged = await store.blobs.put(systemRandom(randomInt(1, 60_000)));
  if (!staged.ok) throw new Error(staged.error.code);
  const { sha256, size } = staged.value;
  const done = store.write((tx) => {
    const { sequence } = append(
      tx,
      { clock: systemClock, random: systemRandom, desk: 'desk' },
      { kind: 'copy-certified', actId, clerk: 'clerk', role: 'clerk', visitId: actId, payload: { sha256 } },
    );
    recordBlob(tx, staged.value, { mediaType: 'application/pdf', owner: actId });
    const { number } = numbers.allot(tx, { series: 'vidimace', year: 2026, actId, at });
    outbox.enqueue(tx, {
      id: actId,
      visitId: actId,
      kind: 'certification',
      leafSequence: sequence,
      madeAt: at,
      payload: { number },
      blobs: [{ sha256, role: 'scan', size, mediaType: 'application/pdf' }],
    });
    const inputHash = createHash('sha256').update(actId).digest();
    commands.save(tx, { id: actId, name: 'copy', clerkId: null, inputHash, result: String(number), at });
    return { sequence, number };
  });
  say({ actId, sha256, ...done });
  acts.push(actId);
  if (acts.length % 4 === 0) {
    const released = acts.shift() ?? '';
    store.write((tx) => store.blobs.release(tx, released));
    say({ released });
    await store.blobs.sweep();
  }
}
