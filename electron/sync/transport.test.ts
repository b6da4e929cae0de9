import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testAuthority } from '../../test/rigs/certificates.ts';
import { startConnectProxy } from '../../test/rigs/connect-proxy.ts';
import { health } from './answers.ts';
import { createPortalClient, LIMITS } from './client.ts';
import { type Connection, createTransport, openWay, type Transport } from './transport.ts';

// A real TLS server, a real authority, a real proxy: the way to the portal as an office on KIVS has it.

let authority: ReturnType<typeof testAuthority>;
beforeAll(() => {
  authority = testAuthority();
});
afterAll(() => authority.remove());

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Something that answers as the portal's health does; the bodies it got and who showed themselves. */
async function startServer(options: ServerOptions, date?: string) {
  const seen: { peer: string; body: string }[] = [];
  const server: Server = createServer(options, (request, response) => {
    const socket = request.socket as TLSSocket;
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      seen.push({
        peer: String(socket.getPeerCertificate().subject?.CN ?? ''),
        body: Buffer.concat(parts).toString(),
      });
      if (date !== undefined) response.setHeader('date', date);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ serverTime: new Date().toISOString(), environment: 'production' }));
    });
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function way(connection: Partial<Connection>): Transport {
  const transport = createTransport({ ...openWay, ...connection });
  closing.push(transport.close);
  return transport;
}

/** What asking the portal's health comes to: `ok`, or the code of the line. */
async function ask(url: string, transport: Transport, now = () => new Date()): Promise<string> {
  const client = createPortalClient({
    url,
    deskToken: 'secret-token-of-the-desk',
    version: '0',
    timers: {
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    now,
    stopped: new AbortController().signal,
    fetch: transport.fetch,
    lookAtTime: transport.lookAtTime,
  });
  const answer = await client.call(health, LIMITS.health, (signal) => client.api.GET('/health', { signal }));
  if (answer.ok) return 'ok';
  return answer.error.kind === 'no-answer' ? answer.error.code : answer.error.kind;
}

describe('an own authority', () => {
  it('is trusted when it was set, and only then', async () => {
    const server = await startServer(authority.issue('portal'));
    expect(await ask(server.url, way({}))).toBe('line.certificate');
    expect(server.seen).toEqual([]);
    expect(await ask(server.url, way({ ca: authority.ca }))).toBe('ok');
  });

  it('carries bodies that come in pieces', async () => {
    const server = await startServer(authority.issue('portal'));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const part of ['jeden ', 'dva ', 'tři']) controller.enqueue(Buffer.from(part));
        controller.close();
      },
    });
    const init: RequestInit & { duplex: 'half' } = { method: 'PUT', body, duplex: 'half' };
    const answer = await way({ ca: authority.ca }).fetch(new Request(server.url, init));
    expect(answer.status).toBe(200);
    expect(server.seen[0]?.body).toBe('jeden dva tři');
  });
});

describe('a client’s certificate', () => {
  it('opens a portal that asks for one', async () => {
    const server = await startServer({
      ...authority.issue('portal'),
      ca: authority.ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    expect(await ask(server.url, way({ ca: authority.ca }))).not.toBe('ok');
    const certificate = { ...authority.issue('desk-17'), passphrase: null };
    expect(await ask(server.url, way({ ca: authority.ca, certificate }))).toBe('ok');
    expect(server.seen.map(({ peer }) => peer)).toEqual(['desk-17']);
  });
});

describe('a proxy', () => {
  const proxied = async (password?: string) => {
    const proxy = await startConnectProxy(password);
    closing.push(proxy.close);
    return proxy;
  };

  it('is tunnelled through, with the authority and the certificate of the portal behind it', async () => {
    const server = await startServer({
      ...authority.issue('portal'),
      ca: authority.ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const proxy = await proxied('heslo');
    const certificate = { ...authority.issue('desk-17'), passphrase: null };
    const transport = way({
      ca: authority.ca,
      certificate,
      proxy: { url: proxy.url, username: 'desk', password: 'heslo' },
    });
    expect(await ask(server.url, transport)).toBe('ok');
    expect(proxy.tunnels).toEqual([new URL(server.url).host]);
  });

  it('that wants another password or is not there is told apart from a line that is down', async () => {
    const server = await startServer(authority.issue('portal'));
    const proxy = await proxied('heslo');
    const wrong = { url: proxy.url, username: 'desk', password: 'jiné' };
    expect(await ask(server.url, way({ ca: authority.ca, proxy: wrong }))).toBe('line.proxy');
    expect(server.seen).toEqual([]);
  });
});

describe('a wrong clock', () => {
  const year = 365 * 24 * 3_600_000;
  const stamp = (ms: number): string => new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');

  it('is told apart from a certificate that really has run out', async () => {
    const now = Date.now();
    const expired = authority.issue('expired', { from: stamp(now - 2 * year), to: stamp(now - year) });
    const trusted = { ca: authority.ca };
    // The other machine has the time in which the certificate held: it is this desk that is ahead.
    const then = await startServer(expired, new Date(now - 1.5 * year).toUTCString());
    expect(await ask(then.url, way(trusted))).toBe('line.clock-wrong');
    const today = await startServer(expired);
    expect(await ask(today.url, way(trusted))).toBe('line.certificate');
    // Whoever is asked the time this way is told nothing.
    expect(then.seen.every(({ body }) => body === '')).toBe(true);
  });

  it('that is behind finds a certificate that does not hold yet', async () => {
    const now = Date.now();
    const early = authority.issue('early', { from: stamp(now + year), to: stamp(now + 2 * year) });
    const server = await startServer(early, new Date(now + 1.5 * year).toUTCString());
    expect(await ask(server.url, way({ ca: authority.ca }))).toBe('line.clock-wrong');
  });
});
