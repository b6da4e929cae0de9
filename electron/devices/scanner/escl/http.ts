import { createHash } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { Agent, buildConnector } from 'undici';
import { err, ok, type Result } from '../../../values/result.ts';
import { type Timers, withinLimit } from '../../timers.ts';

/**
 * How scanners showed who they are when they were first seen: by an authority of the system (`BY_AUTHORITY`), or by a certificate they
 * made for themselves (its SHA-256, hex). The latter says nothing of who made it; what can be held on to is that it stays the same.
 */
export type ScannerPins = {
  known(device: string): string | undefined;
  remember(device: string, pin: string): void;
};
/** Certificates of authorities are renewed; a scanner that has one must have one the next time. */
const BY_AUTHORITY = 'authority';

export type EsclAnswer = { status: number; location: string | undefined; retryAfter: number; body: Buffer };
export type EsclTrouble = 'unreachable' | 'time-out' | 'cancelled' | 'not-trusted' | 'too-large';

export type EsclRequest = {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below the scanner's address, such as `ScannerStatus`. */
  path: string;
  xml?: string;
  mostBytes: number;
  limitMs: number;
  signal?: AbortSignal | undefined;
};

export type EsclConnection = {
  send(request: EsclRequest): Promise<Result<EsclAnswer, EsclTrouble>>;
  close(): Promise<void>;
};

/** The root of the scanner's eSCL service, with a slash at its end; undefined for what is no address of one. */
export const serviceAddress = (device: string): URL | undefined => {
  if (!/^https?:\/\//i.test(device) || !URL.canParse(device)) return undefined;
  const url = new URL(device);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  const path = url.pathname.replace(/\/+$/, '');
  // Where nobody says otherwise the service is at /eSCL.
  url.pathname = `${path === '' ? '/eSCL' : path}/`;
  return url;
};

class NotTrusted extends Error {}

/** A connection to one scanner. Redirects are answers like others: where the scanner is, the settings say. */
export const connectTo = (
  device: string,
  base: URL,
  { pins, timers, connectMs }: { pins: ScannerPins; timers: Timers; connectMs: number },
): EsclConnection => {
  // No session is taken up again: the name in the certificate is compared with the address in new ones only.
  const open = buildConnector({ rejectUnauthorized: false, timeout: connectMs, maxCachedSessions: 0 });
  const isTrusted = (socket: TLSSocket): boolean => {
    const shown = socket.authorized
      ? BY_AUTHORITY
      : createHash('sha256').update(socket.getPeerCertificate().raw).digest('hex');
    const pinned = pins.known(device);
    if (pinned === undefined) pins.remember(device, shown);
    return pinned === undefined || pinned === shown;
  };
  const agent = new Agent({
    // The limit of each exchange is ours, over all of it: what drips for ever does not end a limit of silence.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (options, use) =>
      open(options, (error, socket) => {
        if (error) use(error, null);
        // Not a byte leaves for a stranger.
        else if (socket instanceof TLSSocket && !isTrusted(socket)) {
          socket.destroy();
          use(new NotTrusted(), null);
        } else use(null, socket);
      }),
  });

  const send: EsclConnection['send'] = async ({ method, path, xml, mostBytes, limitMs, signal }) => {
    const outcome = await withinLimit(timers, limitMs, signal, async (inner) => {
      try {
        const answer = await agent.request({
          origin: base.origin,
          path: new URL(path, base).pathname,
          method,
          signal: inner,
          headers: xml === undefined ? {} : { 'content-type': 'text/xml' },
          body: xml ?? null,
        });
        const chunks: Buffer[] = [];
        let length = 0;
        for await (const chunk of answer.body) {
          length += chunk.length;
          if (length > mostBytes) return err<EsclTrouble>('too-large');
          chunks.push(chunk);
        }
        const one = (name: string): string | undefined => {
          const value = answer.headers[name];
          return Array.isArray(value) ? value[0] : value;
        };
        return ok({
          status: answer.statusCode,
          location: one('location'),
          retryAfter: Number(/^\d{1,4}$/.exec(one('retry-after') ?? '')?.[0] ?? 0),
          body: Buffer.concat(chunks),
        });
      } catch (error) {
        return err<EsclTrouble>(error instanceof NotTrusted ? 'not-trusted' : 'unreachable');
      }
    });
    if (outcome.ended === 'value') return outcome.value;
    return err(outcome.ended === 'aborted' ? 'cancelled' : 'time-out');
  };

  return { send, close: () => agent.destroy() };
};
