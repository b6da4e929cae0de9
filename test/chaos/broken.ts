import { gunzipSync } from 'node:zlib';
import type { Store } from '../../electron/store/open.ts';
import { idOf, queue, record, type WriteAct } from './acts.ts';
import type { Bent } from './history.ts';

// Counters with a mistake in them, made through the seams of the real one: the tools must find each. A test of the tests.

/** The act's entry and what has to be sent in two transactions. */
const inTwoWrites: WriteAct = (desk, act, staged) => {
  const recorded = desk.store.write((tx) => record(desk, tx, act));
  desk.store.write((tx) => queue(desk, tx, act, recorded, staged));
};

/** Each try to send effects gives them new ids, as one does who makes the id where the request is made. */
function withoutIds(): Bent {
  let tries = 0;
  return {
    request: async (request) => {
      if (request.method !== 'POST' || !request.url.endsWith('/effects')) return request;
      tries += 1;
      const bytes = Buffer.from(await request.clone().arrayBuffer());
      const text = request.headers.get('content-encoding') === 'gzip' ? gunzipSync(bytes) : bytes;
      const batch: { effects: { id: string }[] } = JSON.parse(text.toString());
      const effects = batch.effects.map((effect) => ({ ...effect, id: idOf(effect.id, 'try', tries) }));
      const headers = new Headers(request.headers);
      headers.delete('content-encoding');
      headers.delete('content-length');
      return new Request(request.url, {
        method: 'POST',
        headers,
        body: JSON.stringify({ effects }),
        signal: request.signal,
        redirect: 'manual',
      });
    },
  };
}

const bentWrites = (store: Store, drop: (sql: string) => boolean): Store => ({
  ...store,
  write: (work) =>
    store.write((tx) => work({ ...tx, run: (sql, params) => (drop(sql) ? 1 : tx.run(sql, params)) })),
});

export const brokenVariants = {
  'no-transaction': (): Bent => ({ act: inTwoWrites }),
  'retry-without-id': withoutIds,
  /** How far the portal has something is never kept. */
  'forgotten-cursor': (): Bent => ({
    store: (store) => bentWrites(store, (sql) => /INTO cursors/.test(sql)),
  }),
} as const satisfies Record<string, () => Bent>;
export type BrokenVariant = keyof typeof brokenVariants;
export const isBrokenVariant = (name: string): name is BrokenVariant => Object.hasOwn(brokenVariants, name);
