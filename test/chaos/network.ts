import { createHash } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import type { Fetch } from '../../electron/sync/client.ts';
import type { Fault, NetworkFault, Plan } from './plan.ts';
import { type Chance, chanceOf } from './random.ts';
import type { Timeline } from './timeline.ts';

export type Asked = {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Buffer | Readable | null;
};
export type Answered = { status: number; headers: Record<string, string>; body: Buffer };
/** The portal's side; null while it is down. */
export type Far = (asked: Asked) => Promise<Answered> | null;

/** One call as the network saw it. */
export type SeenCall = {
  at: number;
  life: number;
  method: string;
  /** Without the query, whose cursors belong to the portal. */
  path: string;
  bodyHash: string;
  /** Of a batch of effects: their ids. */
  sentIds: string[];
  fault: string;
  /** What the desk got: a status, or the name of an error. */
  outcome: string;
  outcomeAt: number;
  /** Seconds the portal asked to be left alone. */
  retryAfter: number | null;
};

type OneShot = Extract<Fault, { count: number }>;
const isOneShot = (fault: Fault): fault is OneShot => 'count' in fault;
const uploadsOnly: readonly NetworkFault[] = ['wrong-upload', 'cut-request'];

function broken(code: string): TypeError {
  const cause = Object.assign(new Error(code), { code });
  return new TypeError('fetch failed', { cause });
}

/** The ids of the effects in a batch. */
function idsIn({ headers, body }: Asked): string[] {
  if (!Buffer.isBuffer(body)) return [];
  const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const batch: { effects: { id: string }[] } = JSON.parse(text.toString());
  return batch.effects.map(({ id }) => id);
}

const page = (status: number, headers: Record<string, string> = {}): Answered => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body: Buffer.from('<html><body>Přihlaste se k síti.</body></html>'),
});
const failed: Answered = {
  status: 500,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from(
    JSON.stringify({ code: 'portal.failed', retryable: true, message: { cs: 'Chyba', en: 'Failed' } }),
  ),
};

const NOT_PASSED_ON = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'date']);

/** A line on which anything may happen to a call, at times the plan says and by a seeded throw. */
export function createNetwork(deps: {
  plan: Plan;
  timeline: Timeline;
  far: Far;
  trace: (line: string) => void;
}) {
  const { timeline, far, trace } = deps;
  const chance: Chance = chanceOf(deps.plan.seed, 'network');
  const armed = deps.plan.faults.filter(isOneShot).map((fault) => ({ ...fault }));
  const partitions = deps.plan.faults.filter((fault) => fault.kind === 'partition');
  const calls: SeenCall[] = [];
  /**
   * Requests without an answer. The platform reaches the signal of one that nobody holds only weakly: after a garbage
   * collection a hanging call would have no end, now and then.
   */
  const open = new Set<Request>();
  /** Bodies on their way to the portal. */
  const feeds = new Set<PassThrough>();
  let onTheWay = 0;
  let struck = 0;
  let isCalm = true;

  const partition = () =>
    !isCalm && partitions.find((one) => one.at <= timeline.now() && timeline.now() < one.at + one.for);

  function takeFault(isUpload: boolean): OneShot | null {
    const fault = armed.find(
      (one) =>
        !isCalm && one.at <= timeline.now() && one.count > 0 && (isUpload || !uploadsOnly.includes(one.kind)),
    );
    if (!fault) return null;
    fault.count -= 1;
    return fault;
  }

  /** Hands a request to the portal after some time; `then` gets the answer, or null when nobody is there. */
  function deliver(asked: Asked, after: number, then: (answered: Answered | null) => void): void {
    onTheWay += 1;
    timeline.after(after, () => {
      const answering = partition() ? null : far(asked);
      if (answering === null) {
        onTheWay -= 1;
        then(null);
        return;
      }
      // A body that comes piece by piece takes its time; anything else is answered within the moment.
      const isStream = asked.body !== null && !Buffer.isBuffer(asked.body);
      void (isStream ? answering : timeline.busy(() => answering))
        // A portal that ends or gives up in the middle of a body closes the connection without an answer.
        .catch(() => null)
        .then((answered) => {
          onTheWay -= 1;
          then(answered);
        });
    });
  }

  /** The answer as the desk reads it: in pieces with time between them, perhaps torn. */
  function responseOf(
    answered: Answered,
    how: { cutAt: number | null; pauseMs: number },
    method: string,
    signal: AbortSignal,
  ): Response {
    const headers = Object.fromEntries(
      Object.entries(answered.headers).filter(([name]) => !NOT_PASSED_ON.has(name)),
    );
    const bare = method === 'HEAD' || answered.status === 204 || answered.status === 304;
    if (bare) return new Response(null, { status: answered.status, headers });
    if (how.cutAt === null && how.pauseMs === 0)
      return new Response(new Uint8Array(answered.body), { status: answered.status, headers });
    const whole = new Uint8Array(answered.body);
    const end = how.cutAt === null ? whole.length : Math.floor(whole.length * how.cutAt);
    const pieces = how.pauseMs === 0 ? 1 : 4;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        let over = false;
        signal.addEventListener('abort', () => {
          if (over) return;
          over = true;
          controller.error(signal.reason);
        });
        for (let piece = 0; piece < pieces; piece += 1)
          timeline.after(how.pauseMs * piece, () => {
            if (over) return;
            const from = Math.floor((end * piece) / pieces);
            const to = Math.floor((end * (piece + 1)) / pieces);
            if (to > from) controller.enqueue(whole.subarray(from, to));
            if (piece < pieces - 1) return;
            over = true;
            if (how.cutAt === null) controller.close();
            else controller.error(broken('UND_ERR_SOCKET'));
          });
      },
    });
    return new Response(body, { status: answered.status, headers });
  }

  /** The desk's way out, as long as its process lives. */
  const lineOf = (life: number, alive: () => boolean): Fetch => {
    return async (request) => {
      const { method, signal } = request;
      const url = new URL(request.url);
      // The parts of an upload are sent as the desk gives them out.
      const pieces = method === 'PATCH' ? (request.body?.getReader() ?? null) : null;
      const body = request.body === null || pieces !== null ? null : Buffer.from(await request.arrayBuffer());
      const asked: Asked = {
        method,
        url: url.pathname + url.search,
        headers: Object.fromEntries(request.headers),
        body,
      };
      return new Promise<Response>((resolve, reject) => {
        if (!alive()) return;
        if (signal.aborted) return reject(signal.reason);
        const isUpload = pieces !== null || (method === 'PUT' && body !== null);
        const cut = partition();
        const fault = cut ? null : takeFault(isUpload);
        if (cut || fault) struck += 1;
        const kind = cut ? 'partition' : (fault?.kind ?? '');
        const seen: SeenCall = {
          at: timeline.now(),
          life,
          method,
          path: url.pathname,
          bodyHash: body ? createHash('sha256').update(body).digest('hex').slice(0, 16) : '-',
          sentIds: url.pathname.endsWith('/effects') ? idsIn(asked) : [],
          fault: kind,
          outcome: 'open',
          outcomeAt: -1,
          retryAfter: null,
        };
        calls.push(seen);
        open.add(request);
        trace(`${timeline.now()} call ${life} ${method} ${url.pathname} ${seen.bodyHash} ${kind}`);
        const end = (outcome: string): boolean => {
          if (seen.outcome !== 'open') return false;
          seen.outcome = outcome;
          seen.outcomeAt = timeline.now();
          open.delete(request);
          // A body nobody takes any more is put down, as a connection that ends does.
          if (feeds.size === 0) void pieces?.cancel().catch(() => {});
          trace(`${timeline.now()} end ${life} ${method} ${url.pathname} ${outcome}`);
          return alive();
        };
        signal.addEventListener('abort', () => {
          if (end('given up')) reject(signal.reason);
        });
        const lose = (code: string): void => {
          if (end(code)) reject(broken(code));
        };
        const give = (
          answered: Answered | null,
          how = { cutAt: null as number | null, pauseMs: 0 },
        ): void => {
          if (answered === null) {
            lose('ECONNREFUSED');
            return;
          }
          const asks = answered.headers['retry-after'];
          seen.retryAfter = asks === undefined ? null : Number(asks);
          if (end(String(answered.status))) resolve(responseOf(answered, how, method, signal));
        };
        const there = chance.whole(2, 120);
        const back = chance.whole(2, 120);
        const waitMs = (fault?.wait ?? 0) * 1000;
        const where = fault?.where ?? 0;
        const later = (answered: Answered | null, ms = back): void =>
          void timeline.after(ms, () => {
            // An answer that is under way when the line is cut never comes.
            if (!partition()) give(answered);
          });

        const stream = (): Asked => {
          if (pieces === null) return asked;
          const breakAt = fault?.kind === 'cut-request' ? Math.floor(where * 12) : Number.POSITIVE_INFINITY;
          const flips = fault?.kind === 'wrong-upload';
          const feed = new PassThrough();
          feeds.add(feed);
          const over = (): void => {
            feeds.delete(feed);
            feed.end();
            pieces.cancel().catch(() => {});
          };
          signal.addEventListener('abort', over);
          const pump = (index: number): void => {
            void pieces.read().then(({ done, value }) => {
              if (done || !alive() || !feeds.has(feed)) return over();
              if (index >= breakAt || partition()) {
                over();
                void timeline.after(back, () => lose('ECONNRESET'));
                return;
              }
              const bytes = Buffer.from(value);
              if (flips && index === 0) bytes[0] = (bytes[0] ?? 0) ^ 0x41;
              timeline.after(chance.whole(1, 30), () => {
                if (feeds.has(feed)) feed.write(bytes);
                pump(index + 1);
              });
            }, over);
          };
          pump(0);
          const { 'content-length': _unknown, ...headers } = asked.headers;
          return { ...asked, headers, body: feed };
        };

        if (cut) {
          if (!cut.hangs) timeline.after(there, () => lose('ECONNREFUSED'));
          return;
        }
        switch (fault?.kind) {
          case undefined:
            return deliver(stream(), there, (answered) => later(answered));
          case 'lose-request':
            return where < 0.5 ? undefined : void timeline.after(there, () => lose('ETIMEDOUT'));
          case 'lose-answer':
            return deliver(stream(), there, () => {
              if (where < 0.5) timeline.after(back, () => lose('ECONNRESET'));
            });
          case 'duplicate':
            deliver(stream(), there, (answered) => later(answered));
            // A stream can not be sent twice by whoever stands in between.
            if (pieces === null) deliver(asked, there + waitMs * where + 1, () => {});
            return;
          case 'late':
            return deliver(stream(), there + waitMs, (answered) => later(answered));
          case 'cut-request':
          case 'wrong-upload': {
            if (pieces !== null)
              return deliver(stream(), there, (answered) => {
                if (fault.kind === 'wrong-upload') later(answered);
              });
            const bytes = Buffer.from(body ?? []);
            const at = Math.floor(bytes.length * where);
            if (fault.kind === 'wrong-upload') {
              if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ 0x41;
              return deliver({ ...asked, body: bytes }, there, (answered) => later(answered));
            }
            const { 'content-length': _gone, ...headers } = asked.headers;
            return deliver({ ...asked, headers, body: bytes.subarray(0, at) }, there, () =>
              timeline.after(back, () => lose('ECONNRESET')),
            );
          }
          case 'cut-answer':
            return deliver(stream(), there, (answered) =>
              timeline.after(back, () => give(answered, { cutAt: where, pauseMs: 0 })),
            );
          case 'slow-reader':
            return deliver(stream(), there, (answered) =>
              timeline.after(back, () => give(answered, { cutAt: null, pauseMs: waitMs / 4 })),
            );
          case 'slow-answer':
            return deliver(stream(), there, (answered) => later(answered, back + waitMs));
          case 'reset':
            return void timeline.after(there, () => lose('ECONNRESET'));
          case 'bad-gateway':
            return later(page(502), there + back);
          case 'unavailable':
            return later(page(503, { 'retry-after': String(fault.wait) }), there + back);
          case 'too-many':
            return later(page(429, { 'retry-after': String(fault.wait) }), there + back);
          case 'portal-failed':
            return later(failed, there + back);
          case 'other-page':
            return later(page(200), there + back);
          case 'wrong-bytes':
            return deliver(stream(), there, (answered) =>
              later(
                answered && {
                  ...answered,
                  body: Buffer.from(
                    answered.body.map((byte, index) => (index % 7 === 3 ? byte ^ 0x95 : byte)),
                  ),
                },
              ),
            );
        }
      });
    };
  };

  return {
    /** From then on the faults count. */
    begin: (): void => {
      isCalm = false;
    },
    /** Every connection the portal has ends. */
    cut: (): void => {
      for (const feed of feeds) feed.end();
      feeds.clear();
    },
    lineOf,
    calls,
    onTheWay: (): number => onTheWay,
    struck: (): number => struck,
  };
}
export type Network = ReturnType<typeof createNetwork>;
