import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../electron/values/clock.ts';
import { createPortal, type RunningPortal } from '../../portal/app.ts';
import type { Answered, Asked } from './network.ts';

/** A real portal of this process without a line; its clock and chance are lent by the history that uses it. */
export function createPortalHost(parent: string) {
  const folder = mkdtempSync(join(parent, 'portal-'));
  let clock: Clock = { now: () => new Date(0), monotonicMs: () => 0 };
  let random: (length: number) => Uint8Array = (length) => new Uint8Array(length).fill(length);
  // Each history's time begins anew; the portal's own never goes back.
  let beforeMs = 0;
  let portal: RunningPortal | null = null;
  const open = (): RunningPortal =>
    createPortal({
      dataDir: folder,
      clock: { now: () => clock.now(), monotonicMs: () => beforeMs + clock.monotonicMs() },
      random: (length) => random(length),
      referenceDelayMs: 5000,
      invalidDocumentsUrl: 'about:blank',
    });
  portal = open();

  const running = (): RunningPortal => {
    if (!portal) throw new Error('the portal is down');
    return portal;
  };
  const methods = ['GET', 'POST', 'PUT', 'HEAD', 'PATCH', 'DELETE'] as const;

  return {
    folder,
    lend(by: { clock: Clock; random: (length: number) => Uint8Array }): void {
      beforeMs += clock.monotonicMs() + 3_600_000;
      clock = by.clock;
      random = by.random;
      portal ??= open();
    },
    enrolmentCode: (): string => running().issueEnrolmentCode('klatovy'),
    /** Its process ends: nothing of it is left but its data. Nothing is under way in it then. */
    async stop(): Promise<void> {
      const closing = portal;
      portal = null;
      await closing?.close();
    },
    start(): void {
      portal ??= open();
    },
    /** What its operator does with a medium; null while it is down. */
    importMedium: (file: string, answer: string) => portal?.importMedium(file, answer) ?? null,
    answer(asked: Asked): Promise<Answered> | null {
      if (!portal) return null;
      const method = methods.find((one) => one === asked.method);
      if (!method) throw new Error(`a call with ${asked.method}`);
      return portal.app
        .inject({
          method,
          url: asked.url,
          headers: asked.headers,
          ...(asked.body !== null && { payload: asked.body }),
        })
        .then(({ statusCode, headers, rawPayload }) => ({
          status: statusCode,
          headers: Object.fromEntries(
            Object.entries(headers).flatMap(([name, value]) =>
              value === undefined ? [] : [[name, String(value)]],
            ),
          ),
          body: rawPayload,
        }));
    },
    async close(): Promise<void> {
      await portal?.close();
      portal = null;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type PortalHost = ReturnType<typeof createPortalHost>;
