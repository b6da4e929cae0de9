import { systemTimers } from '../../electron/devices/timers.ts';
import { append } from '../../electron/journal/append.ts';
import type { Store } from '../../electron/store/open.ts';
import * as outbox from '../../electron/store/outbox.ts';
import { mustOpen, temporaryFolder } from '../../electron/store/testing/temporary-store.ts';
import { createSync, type SyncDeps } from '../../electron/sync/sync.ts';
import { systemClock } from '../../electron/values/clock.ts';
import { systemRandom, uuidv7 } from '../../electron/values/ids.ts';
import { submission } from '../../portal/testing/portal.ts';

const silent = {
  info: () => {},
  warn: () => {},
  error: (fields: object, text: string) => console.error(text, fields),
};
export const newId = (): string => uuidv7({ now: () => Date.now(), random: systemRandom });

/** An enrolled desk without a window: its real store in a folder, its real sync to the portal at `url`. */
export async function startDesk(url: string, enrolmentCode: string, other: Partial<SyncDeps> = {}) {
  const { folder, remove } = temporaryFolder();
  const store: Store = mustOpen(folder, { clock: systemClock });
  let enrolment: { url: string; deskToken: string } | null = null;
  let deskId = '';
  const sync = createSync({
    store,
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    environment: 'training',
    version: '0.1.0',
    portal: () => enrolment,
    onNews: () => {},
    log: silent,
    ...other,
  });
  const answer = await sync.enrol(url, enrolmentCode, 'Přepážka měření');
  if (!answer.ok) throw new Error(answer.error.code);
  enrolment = { url, deskToken: answer.value.deskToken };
  deskId = answer.value.deskId;

  /** Queues acts of about `bytes` each, two to a visit, in one transaction. */
  function queue(count: number, bytes: number, blobs: outbox.EffectBlob[] = []): string[] {
    return store.write((tx) => {
      const ids: string[] = [];
      let visitId = newId();
      for (let i = 0; i < count; i += 1) {
        if (i % 2 === 0) visitId = newId();
        const id = newId();
        const { sequence } = append(
          tx,
          { clock: systemClock, random: systemRandom, desk: deskId },
          {
            kind: 'submission-accepted',
            actId: newId(),
            clerk: 'clerk',
            role: 'clerk',
            visitId,
            payload: { id },
          },
        );
        const { kind, payload } = submission(visitId, 1, [], 'plzen');
        const room = Math.max(0, bytes - Buffer.byteLength(JSON.stringify(payload)) - 12);
        // Random letters: what people write compresses better than this, nothing of it repeats.
        const text = Buffer.from(systemRandom(Math.ceil((room * 3) / 4)))
          .toString('base64')
          .slice(0, room);
        outbox.enqueue(tx, {
          id,
          visitId,
          kind,
          leafSequence: sequence,
          madeAt: systemClock.now().toISOString(),
          payload: { ...payload, form: { ...payload.form, text } },
          blobs,
        });
        ids.push(id);
      }
      return ids;
    });
  }

  return {
    store,
    sync,
    folder,
    deskId: () => deskId,
    queue,
    close: async () => {
      await sync.stop();
      store.close();
      remove();
    },
  };
}

/** Resolves when the condition holds; looks often enough for what is measured in seconds. */
export async function eventually(what: string, condition: () => boolean, limitMs = 600_000): Promise<void> {
  const until = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > until) throw new Error(`Not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
