import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does to one request instead of passing it on. */
export type Chaos =
  /** The portal gets the request and answers; the answer never arrives. */
  | { do: 'lose-answer' }
  /** The line breaks after so many bytes of the request's body; the portal sees a torn request. */
  | { do: 'cut-request'; afterBytes: number }
  /** The portal gets the request; its answer is kept back until `release` is called. */
  | { do: 'hold' }
  | { do: 'answer'; status: number; headers?: Record<string, string>; body: string }
  /** The portal is asked for something else: path and query. */
  | { do: 'ask'; path: (text: string) => string }
  /** The portal's answer is changed on its way. */
  | { do: 'alter'; body: (text: string) => string };

export type Seen = { method: string; path: string; status: number | null };
type Rule = (request: { method: string; path: string }) => Chaos | undefined;

export type ChaosProxy = {
  url: string;
  /** Everything that came, in its order; `status` is null while there is no answer. */
  seen: Seen[];
  /** Sets what happens to requests from now on; null passes everything. */
  rule(rule: Rule | null): void;
  /** What happens to the next request that starts with this, once. */
  once(start: string, chaos: Chaos): void;
  /** Lets go of everything held. */
  release(): void;
  close(): Promise<void>;
};

/** A line to the portal that can be made bad: an HTTP proxy on a free port of the loopback. */
export async function startChaosProxy(target: () => string): Promise<ChaosProxy> {
  const seen: Seen[] = [];
  const held: (() => void)[] = [];
  const onces: { start: string; chaos: Chaos }[] = [];
  let rule: Rule | null = null;

  function chaosFor(method: string, path: string): Chaos | undefined {
    const index = onces.findIndex(({ start }) => `${method} ${path}`.startsWith(start));
    if (index >= 0) return onces.splice(index, 1)[0]?.chaos;
    return rule?.({ method, path });
  }

  function forward(
    incoming: IncomingMessage,
    response: ServerResponse,
    one: Seen,
    chaos: Chaos | undefined,
  ): void {
    const outgoing = httpRequest(
      new URL(chaos?.do === 'ask' ? chaos.path(incoming.url ?? '/') : (incoming.url ?? '/'), target()),
      { method: incoming.method, headers: { ...incoming.headers, connection: 'close' } },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('error', () => response.destroy());
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          one.status = answer.statusCode ?? 0;
          if (chaos?.do === 'lose-answer') {
            response.destroy();
            return;
          }
          const {
            'content-length': length,
            'transfer-encoding': _,
            connection: __,
            ...headers
          } = answer.headers;
          const plain = Buffer.concat(parts);
          const body = chaos?.do === 'alter' ? Buffer.from(chaos.body(plain.toString('utf8'))) : plain;
          const send = (): void => {
            const size = incoming.method === 'HEAD' ? (length ?? '0') : String(body.length);
            response.writeHead(one.status ?? 502, { ...headers, 'content-length': size });
            response.end(incoming.method === 'HEAD' ? undefined : body);
          };
          if (chaos?.do === 'hold') held.push(send);
          else send();
        });
      },
    );
    outgoing.on('error', () => response.destroy());
    if (chaos?.do !== 'cut-request') {
      incoming.pipe(outgoing);
      return;
    }
    let passed = 0;
    incoming.on('data', (part: Buffer) => {
      const room = chaos.afterBytes - passed;
      passed += part.length;
      if (room > 0) outgoing.write(part.subarray(0, room));
      if (passed >= chaos.afterBytes) {
        outgoing.destroy();
        incoming.destroy();
      }
    });
  }

  const server = createServer((incoming, response) => {
    const method = incoming.method ?? '';
    const path = (incoming.url ?? '').replace(/^\/v1/, '');
    const one: Seen = { method, path, status: null };
    seen.push(one);
    const chaos = chaosFor(method, path);
    response.on('error', () => undefined);
    if (chaos?.do === 'answer') {
      incoming.resume();
      one.status = chaos.status;
      response.writeHead(chaos.status, chaos.headers);
      response.end(chaos.body);
      return;
    }
    forward(incoming, response, one, chaos);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    rule: (next) => {
      rule = next;
    },
    once: (start, chaos) => void onces.push({ start, chaos }),
    release: () => {
      for (const send of held.splice(0)) send();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
