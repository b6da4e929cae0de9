import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deskKeys } from '../../electron/journal/keys.ts';
import * as media from '../../electron/store/media.ts';
import type { Store } from '../../electron/store/open.ts';
import * as outbox from '../../electron/store/outbox.ts';
import { readAnswer } from '../../electron/sync/medium/answer.ts';
import { mediumParts, planMedium } from '../../electron/sync/medium/contents.ts';
import { cursorsNow } from '../../electron/sync/medium/take.ts';
import type { Sync } from '../../electron/sync/port.ts';
import { pinnedKeys } from '../../electron/sync/portal-keys.ts';
import { sealMedium } from '../../electron/values/medium-file.ts';
import { Dead } from './desk.ts';
import type { PlannedMedium } from './plan.ts';
import type { PortalHost } from './portal-host.ts';
import type { Timeline } from './timeline.ts';

const AGAIN_MS = 5_000;
/** A take whose process died is begun anew by the person. */
const PATIENCE_MS = 60_000;
/** What an answer may be that came too late or once more. */
const OVERTAKEN: ReadonlySet<string> = new Set(['medium.already-taken', 'medium.older']);

/** The desk's process as it is now. */
export type Carried = { store: Store; sync: Sync; life: number; deskId: string; deskToken: string };

/** People who carry media beside the line, whatever it does meanwhile: some are lost, some come late or twice. */
export function createCarrier(of: {
  folder: string;
  timeline: Timeline;
  trace: (line: string) => void;
  host: PortalHost;
  random: (length: number) => Uint8Array;
  desk: () => Carried;
  noted: (error: unknown) => void;
}) {
  const { folder, timeline, trace, host, random, desk, noted } = of;
  const keys = deskKeys(
    { current: random(32), next: null },
    { renew: () => Promise.reject(new Error('nobody asks')), adopt: () => Promise.resolve() },
  );
  let files = 0;
  const say = (what: string): void => trace(`${timeline.now()} medium ${what}`);

  /** As the counter writes one (electron/counter/medium). */
  async function written(): Promise<string> {
    const { store, deskId, deskToken } = desk();
    const { plan, recipient } = store.write((tx) => {
      const portal = pinnedKeys(tx);
      if (portal === null) throw new Error('the portal’s keys are not there');
      media.recover(tx);
      const number = media.nextNumber(tx);
      const made = planMedium(tx, { deskId, deskToken, number, checkpoint: null, keys, random });
      media.begin(tx, {
        number,
        at: timeline.clock.now().toISOString(),
        entries: made.last - made.first + 1,
        effects: outbox.countUnconfirmed(tx, made.last),
        cursors: cursorsNow(tx),
      });
      return { plan: made, recipient: Buffer.from(portal.sealing, 'base64') };
    });
    const pieces: Buffer[] = [];
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const at = timeline.clock.now().toISOString();
    for await (const piece of sealMedium(
      { to: 'portal', deskId, number: plan.number, at },
      { recipient, signer: keys.current(), ephemeralSeed: random(32) },
      mediumParts({ store, log }, plan, () => {}),
    ))
      pieces.push(piece);
    files += 1;
    const file = join(folder, `medium-${files}`);
    writeFileSync(file, Buffer.concat(pieces));
    store.write((tx) => media.end(tx, plan.number, 'written'));
    return file;
  }

  function write(one: PlannedMedium): void {
    timeline.busy(written).then(
      (file) => {
        say('written');
        if (one.carried === null) return;
        timeline.after(one.carried, () => bring(one, file));
        if (one.twice) timeline.after(one.carried * 2, () => bring(one, file));
      },
      (error) => {
        noted(error);
        timeline.after(AGAIN_MS, () => write(one));
      },
    );
  }

  function bring(one: PlannedMedium, file: string): void {
    files += 1;
    const answer = join(folder, `answer-${files}`);
    timeline
      .busy(async () => host.importMedium(file, answer))
      .then((done) => {
        if (done === null) {
          timeline.after(AGAIN_MS, () => bring(one, file));
          return;
        }
        say(done.ok ? 'imported' : done.error.code);
        if (!done.ok) noted(new Error(`the portal refused a medium: ${done.error.code}`));
        else if (one.back !== null) timeline.after(one.back, () => take(answer));
      }, noted);
  }

  function take(answer: string): void {
    let isDone = false;
    const life = desk().life;
    taken(answer).then(
      (code) => {
        isDone = true;
        say(code ?? 'taken');
        if (code !== null && !OVERTAKEN.has(code)) noted(new Error(`the desk refused an answer: ${code}`));
      },
      (error) => {
        isDone = true;
        noted(error);
        timeline.after(AGAIN_MS, () => take(answer));
      },
    );
    timeline.after(PATIENCE_MS, () => {
      if (!isDone && desk().life !== life) take(answer);
    });
  }

  async function taken(file: string): Promise<string | null> {
    const { store, sync, deskId, life } = desk();
    const { seed, portal } = store.read((tx) => ({ seed: media.sealingSeed(tx), portal: pinnedKeys(tx) }));
    if (seed === null || portal === null) throw new Error('the desk has forgotten its keys');
    const portalKey = Buffer.from(portal.signing, 'base64');
    const answer = await timeline.busy(() => readAnswer(createReadStream(file), { deskId, seed, portalKey }));
    if (!answer.ok) return answer.error.code;
    const done = await sync.takeMedium(answer.value, () => {
      if (desk().life !== life) throw new Dead();
    });
    return done.ok ? null : done.error.code;
  }

  return { write };
}
