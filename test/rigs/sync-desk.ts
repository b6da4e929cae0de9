import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { append } from '../../electron/journal/append.ts';
import { type DeskKeys, deskKeys } from '../../electron/journal/keys.ts';
import { recordBlob } from '../../electron/store/blobs.ts';
import type { Store } from '../../electron/store/open.ts';
import * as outbox from '../../electron/store/outbox.ts';
import { mustOpen, temporaryFolder } from '../../electron/store/testing/temporary-store.ts';
import type { Schemas } from '../../electron/sync/client.ts';
import type { Sync, SyncNews } from '../../electron/sync/port.ts';
import { createSync, type SyncDeps } from '../../electron/sync/sync.ts';
import { systemRandom, uuidv7 } from '../../electron/values/ids.ts';
import { createPortal, type PortalOptions, type RunningPortal } from '../../portal/app.ts';
import { submission } from '../../portal/testing/portal.ts';
import { type ChaosProxy, startChaosProxy } from './chaos-proxy.ts';
import { manualTime } from './manual-time.ts';

const DEADLINE_MS = 45_000;
export const newId = (): string => uuidv7({ now: () => Date.now(), random: systemRandom });
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

/** Signing keys that live as long as the test; `lost` is as if the machine's key file were gone. */
export const testKeys = (): DeskKeys & { lost(): void } => {
  const fresh = (): DeskKeys =>
    deskKeys(
      { current: systemRandom(32), next: null },
      { renew: async () => systemRandom(32), adopt: async () => {} },
    );
  let keys = fresh();
  return {
    current: () => keys.current(),
    next: () => keys.next(),
    renew: () => keys.renew(),
    adopt: () => keys.adopt(),
    lost: () => {
      keys = fresh();
    },
  };
};

type Rig = Awaited<ReturnType<typeof startRig>>;

export type { Rig };

/** A real portal with a line to it that can be made bad, and an enrolled desk: its real store and its sync. */
export async function startRig(
  options: { enrolled?: boolean; portal?: Partial<PortalOptions>; keys?: DeskKeys } = {},
) {
  let dataDir = mkdtempSync(join(tmpdir(), 'virtuos-portal-'));
  const dataDirs = [dataDir];
  const time = manualTime();
  const { clock, timers } = time;
  const { folder, remove } = temporaryFolder();
  const { keys } = options;
  const news: SyncNews[] = [];
  const logged: { level: string; code?: string | undefined; text: string }[] = [];
  let portal: RunningPortal | null = null;
  let port = 0;
  let store: Store = mustOpen(folder, { clock });
  let inFlight = 0;
  let calls = 0;
  let enrolment: { url: string; deskToken: string } | null = null;
  let deskId = '';

  async function startPortal(): Promise<void> {
    portal = createPortal({
      dataDir,
      clock,
      validateResponses: true,
      referenceDelayMs: 5000,
      ...options.portal,
    });
    port = Number(new URL(await portal.listen({ port })).port);
  }
  async function stopPortal(): Promise<void> {
    await portal?.close();
    portal = null;
  }
  const running = (): RunningPortal => {
    if (!portal) throw new Error('The portal does not run.');
    return portal;
  };
  await startPortal();
  const proxy: ChaosProxy = await startChaosProxy(() => `http://127.0.0.1:${port}`);

  const log = (level: string) => (fields: { code?: string; stack?: string }, text: string) =>
    void logged.push({ level, code: fields.code, text: fields.stack ? `${text}\n${fields.stack}` : text });
  const newSync = (other: Partial<SyncDeps> = {}): Sync =>
    createSync({
      store,
      clock,
      timers,
      random: systemRandom,
      environment: 'training',
      version: '0.1.0',
      portal: () => enrolment,
      // Only where a test asks for it: the others count calls.
      ...(keys && { evidence: { keys, deskId: () => (enrolment === null ? null : deskId) } }),
      onNews: (one) => void news.push(one),
      log: { info: log('info'), warn: log('warn'), error: log('error') },
      fetch: async (request) => {
        inFlight += 1;
        calls += 1;
        try {
          return await fetch(request);
        } finally {
          inFlight -= 1;
        }
      },
      ...other,
    });
  let sync = newSync();

  async function enrol(): Promise<void> {
    const answer = await sync.enrol(proxy.url, running().issueEnrolmentCode('klatovy'), 'Přepážka 1');
    if (!answer.ok) throw new Error(`Not enrolled: ${answer.error.code}`);
    deskId = answer.value.deskId;
    enrolment = { url: proxy.url, deskToken: answer.value.deskToken };
  }
  if (options.enrolled !== false) await enrol();

  /** Waits for a condition while the desk's time goes on; it stands still while the desk waits for an answer. */
  async function until(what: string, condition: () => boolean, stepMs = 250): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (!condition()) {
      if (performance.now() > deadline) {
        const rest = JSON.stringify({
          line: sync.line(),
          logged: logged.slice(-8),
          seen: proxy.seen.slice(-8),
        });
        throw new Error(`Not in time: ${what}. ${rest}`);
      }
      await breathe();
      if (inFlight === 0 && stepMs > 0) timers.advance(stepMs);
    }
  }

  /** An act of a visit: its leaf and its effect, in one transaction, as the counter does it. */
  function act(
    visitId: string,
    over: { blobs?: outbox.EffectBlob[]; office?: string; id?: string } = {},
  ): string {
    const id = over.id ?? newId();
    store.write((tx) => {
      const { sequence } = append(
        tx,
        { clock, random: systemRandom, desk: deskId || 'not-enrolled' },
        {
          kind: 'submission-accepted',
          actId: newId(),
          clerk: 'clerk',
          role: 'clerk',
          visitId,
          payload: { id },
        },
      );
      const { kind, payload } = submission(visitId, 1, [], over.office ?? 'plzen');
      outbox.enqueue(tx, {
        id,
        visitId,
        kind,
        leafSequence: sequence,
        madeAt: clock.now().toISOString(),
        payload,
        blobs: over.blobs ?? [],
      });
    });
    return id;
  }

  /** A content in the store, as an effect refers to it. */
  async function blob(content: Buffer, role = 'attachment:enclosure'): Promise<outbox.EffectBlob> {
    const staged = await store.blobs.put(content);
    if (!staged.ok) throw new Error(staged.error.code);
    const mediaType = 'application/pdf';
    store.write((tx) => recordBlob(tx, staged.value, { mediaType, owner: 'test' }));
    return { sha256: staged.value.sha256, size: staged.value.size, mediaType, role };
  }

  const effect = (id: string): outbox.Effect | undefined => store.read((tx) => outbox.find(tx, id));

  /** All answers the portal has given this desk, asked past the proxy. */
  async function answers(): Promise<Schemas['Answer'][]> {
    const response = await fetch(`http://127.0.0.1:${port}/v1/inbox?limit=1000`, {
      headers: { authorization: `Bearer ${enrolment?.deskToken ?? ''}` },
    });
    const page: Schemas['InboxPage'] = JSON.parse(await response.text());
    return page.answers;
  }

  return {
    time,
    clock,
    timers,
    proxy,
    news,
    logged,
    folder,
    portal: running,
    startPortal,
    stopPortal,
    /** A new and empty portal at the old one's address. */
    async replacePortal(): Promise<void> {
      await stopPortal();
      dataDir = mkdtempSync(join(tmpdir(), 'virtuos-portal-'));
      dataDirs.push(dataDir);
      await startPortal();
    },
    /** Keeps the portal as it is now; what comes back sets it back to that. */
    async keepPortal(): Promise<() => Promise<void>> {
      const kept = mkdtempSync(join(tmpdir(), 'virtuos-portal-'));
      dataDirs.push(kept);
      const swap = async (from: string, to: string): Promise<void> => {
        await stopPortal();
        rmSync(to, { recursive: true });
        cpSync(from, to, { recursive: true });
        await startPortal();
      };
      await swap(dataDir, kept);
      return () => swap(kept, dataDir);
    },
    store: () => store,
    sync: () => sync,
    inFlight: () => inFlight,
    /** Calls begun so far. */
    calls: () => calls,
    deskId: () => deskId,
    enrolment: () => enrolment,
    leave: () => {
      enrolment = null;
    },
    newSync,
    /** Ends the desk's process as a crash does, and begins the next one. */
    async restart(): Promise<void> {
      await sync.stop();
      store.close();
      store = mustOpen(folder, { clock });
      store.write((tx) => outbox.recover(tx, clock.now().toISOString()));
      sync = newSync();
    },
    enrol,
    until,
    act,
    blob,
    effect,
    answers,
    isAccepted: (id: string) => effect(id)?.state === 'accepted',
    async close(): Promise<void> {
      proxy.release();
      await sync.stop();
      await proxy.close();
      await stopPortal();
      store.close();
      remove();
      for (const folder of dataDirs) rmSync(folder, { recursive: true, force: true });
    },
  };
}
