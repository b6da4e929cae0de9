import { rootCertificates } from 'node:tls';
import { Agent, type Dispatcher, fetch as fetchBy, ProxyAgent } from 'undici';
import { type Fetch, streamOf } from './client.ts';

/** How the desk gets to the portal where the open way is not the way: offices on KIVS, own authorities, proxies. */
export type Connection = {
  /** An HTTP proxy to tunnel through (CONNECT). */
  proxy: { url: string; username: string | null; password: string | null } | null;
  /** PEM of authorities trusted besides the system's. */
  ca: string | null;
  /** PEM of the certificate and the key with which the desk shows itself to the portal. */
  certificate: { cert: string; key: string; passphrase: string | null } | null;
};

export type Transport = {
  fetch: Fetch;
  /** The time of the machine at the address, from its `Date`, without trusting it and without showing it anything. */
  lookAtTime: (url: string) => Promise<Date | null>;
  close: () => Promise<void>;
};

const KEEP_ALIVE_MS = 30_000;
const LOOK_WITHIN_MS = 5_000;

/** Thrown for what the proxy, not the portal, refused; its code is how the line's trouble is told. */
export class ProxyRefused extends Error {
  readonly code = 'ERR_PROXY';
}

function dispatcherFor(connection: Connection, tls: Record<string, unknown>): Dispatcher {
  const { proxy } = connection;
  const common = { keepAliveTimeout: KEEP_ALIVE_MS, allowH2: false } as const;
  if (!proxy) return new Agent({ ...common, connect: tls });
  const token =
    proxy.username === null
      ? {}
      : { token: `Basic ${Buffer.from(`${proxy.username}:${proxy.password ?? ''}`).toString('base64')}` };
  return new ProxyAgent({ ...common, uri: proxy.url, proxyTunnel: true, requestTls: tls, ...token });
}

/** The codes of errors that come of the proxy: it is not there, or does not let the desk through. */
const ofProxy = (error: unknown): boolean => {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    if (/proxy response|Proxy Authentication|proxy server/i.test(at.message)) return true;
  return false;
};

/** Makes the way to the portal. The pools of connections live until `close`. */
export function createTransport(connection: Connection): Transport {
  const { ca, certificate } = connection;
  const authorities = ca === null ? {} : { ca: [...rootCertificates, ca] };
  const own =
    certificate === null
      ? {}
      : {
          cert: certificate.cert,
          key: certificate.key,
          ...(certificate.passphrase !== null && { passphrase: certificate.passphrase }),
        };
  const trusted = dispatcherFor(connection, { ...authorities, ...own });

  const through: Fetch = async (request) => {
    const init = {
      method: request.method,
      headers: [...request.headers],
      body: request.body,
      redirect: request.redirect,
      signal: request.signal,
      dispatcher: trusted,
      ...(request.body && { duplex: 'half' as const }),
    };
    const answer = await fetchBy(request.url, init).catch((error: unknown) => {
      throw connection.proxy && ofProxy(error) ? new ProxyRefused('proxy', { cause: error }) : error;
    });
    const isBodiless = answer.status === 204 || answer.status === 304 || request.method === 'HEAD';
    // The contract of a fetch is the platform's: its own class, whichever client made the answer.
    return new Response(isBodiless || !answer.body ? null : streamOf(answer.body), {
      status: answer.status,
      headers: [...answer.headers],
    });
  };

  async function lookAtTime(url: string): Promise<Date | null> {
    const blind = dispatcherFor(connection, { rejectUnauthorized: false });
    try {
      const answer = await fetchBy(new URL('/v1/health', url), {
        method: 'HEAD',
        redirect: 'manual',
        dispatcher: blind,
        signal: AbortSignal.timeout(LOOK_WITHIN_MS),
      });
      const at = new Date(answer.headers.get('date') ?? '');
      return Number.isNaN(at.getTime()) ? null : at;
    } catch {
      return null;
    } finally {
      await blind.destroy();
    }
  }

  return { fetch: through, lookAtTime, close: () => trusted.destroy() };
}

/** The open way, with nothing of its own. */
export const openWay: Connection = { proxy: null, ca: null, certificate: null };
