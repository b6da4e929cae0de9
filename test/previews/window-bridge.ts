import type { Page } from 'playwright';
import type { CallName, CallOutput } from '../../electron/contract/index.ts';
import type { Failure, Result } from '../../electron/values/result.ts';

/** Prepared answers, one per call; a call without one never gets a reply. */
export type Answers = { [N in CallName]?: Result<CallOutput<N>, Failure> };

export type Scene = {
  name: string;
  /** Query and hash of the page. */
  address: string;
  /** Null: the page is opened without a bridge. */
  bridge: { answers: Answers; connected?: boolean } | null;
  /** What is done before the picture. */
  act?: (page: Page) => Promise<void>;
};

/**
 * The page's side of the preload with prepared answers, as a script. `window.preview` lets a scene send events and cut
 * the connection.
 */
export function bridgeScript({ answers, connected = true }: NonNullable<Scene['bridge']>): string {
  // Bytes do not go through JSON.
  const json = JSON.stringify(answers, (_key, value: unknown) =>
    value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString('base64') } : value,
  );
  return `(() => {
  const revive = (key, value) => value && value.$bytes !== undefined
    ? Uint8Array.from(atob(value.$bytes), (c) => c.charCodeAt(0)) : value;
  const answers = JSON.parse(${JSON.stringify(json)}, revive);
  const events = new Set();
  const connections = new Set();
  let connected = ${String(connected)};
  window.counter = {
    call: (name) => answers[name] === undefined ? new Promise(() => {}) : Promise.resolve(answers[name]),
    onEvent: (listener) => { events.add(listener); return () => events.delete(listener); },
    onConnection: (listener) => { connections.add(listener); listener(connected); return () => connections.delete(listener); },
  };
  window.preview = {
    event: (name, data) => { for (const listener of events) listener(name, data); },
    connect: (now) => { connected = now; for (const listener of connections) listener(now); },
  };
})();`;
}
