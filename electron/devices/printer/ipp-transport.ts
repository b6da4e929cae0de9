import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { err, fail, ok, type Result } from '../../values/result.ts';
import type { Timers } from '../timers.ts';
import { decodeIpp, encodeIpp, type IppMessage } from './ipp-codec.ts';
import type { PrinterAddress, PrinterFailure } from './port.ts';

/** A failed exchange. `reached`: bytes of the request may have reached the printer. */
export type ExchangeFailure = { failure: PrinterFailure; reached: boolean };

/** The longest answer read; Get-Printer-Attributes of a big device has some 100 KB. */
const longestAnswer = 4 * 1024 * 1024;

/** RFC 8010, 4 and RFC 7472: ipp is HTTP on port 631, ipps is HTTPS on port 631. */
export const httpAddress = (uri: string): Result<URL, PrinterFailure> => {
  const match = /^(ipps?|https?):\/\/(.+)$/i.exec(uri);
  const scheme = match?.[1]?.toLowerCase();
  if (scheme === undefined) return err({ code: 'printer.bad-address' });
  const secure = scheme === 'ipps' || scheme === 'https';
  const text = `${secure ? 'https' : 'http'}://${match?.[2]}`;
  if (!URL.canParse(text)) return err({ code: 'printer.bad-address' });
  const url = new URL(text);
  // An explicit ":80" is dropped by the URL parser, so it is looked for in the text.
  const explicitPort = /^[^/]*:\d+(\/|$)/.test(match?.[2] ?? '');
  if (url.port === '' && !explicitPort && scheme.startsWith('ipp')) url.port = '631';
  return ok(url);
};

const fingerprint = (text: string): string => text.replaceAll(':', '').toLowerCase();

const httpFailure = (status: number): PrinterFailure => {
  if (status === 401 || status === 403) return { code: 'printer.not-authorised' };
  if (status === 404) return { code: 'printer.bad-address' };
  if (status === 413) return { code: 'printer.too-large' };
  return { code: 'printer.refused', params: { status } };
};

/**
 * One IPP exchange over a connection of its own: a kept connection that the printer closes just then would make it
 * uncertain whether the request arrived.
 */
export const exchange = (
  printer: PrinterAddress,
  message: IppMessage,
  options: {
    timers: Timers;
    limitMs: number;
    signal?: AbortSignal | undefined;
    /** The connection stands and the request starts to leave. */
    onReached?(): void;
  },
): Promise<Result<IppMessage, ExchangeFailure>> => {
  const address = httpAddress(printer.uri);
  if (!address.ok) return Promise.resolve(err({ failure: address.error, reached: false }));
  const url = address.value;
  if (options.signal?.aborted) {
    return Promise.resolve(err({ failure: { code: 'printer.cancelled' }, reached: false }));
  }
  const body = encodeIpp(message);
  return new Promise((resolve) => {
    let reached = false;
    let done = false;
    const finish = (result: Result<IppMessage, PrinterFailure>, certainlyRefused = false) => {
      if (done) return;
      done = true;
      stopLimit();
      options.signal?.removeEventListener('abort', onAbort);
      resolve(result.ok ? result : err({ failure: result.error, reached: reached && !certainlyRefused }));
      request.destroy();
    };
    const markReached = () => {
      if (reached || done) return;
      reached = true;
      options.onReached?.();
    };
    const secure = url.protocol === 'https:';
    const pinned = printer.certificateSha256;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const request = (secure ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/ipp',
        'content-length': body.length,
        // ippeveprinter and some devices look at it for virtual hosts.
        'user-agent': 'virtuos-counter',
      },
      ...(secure
        ? {
            // The certificate is checked before the socket is handed over: not a byte leaves for a stranger.
            createConnection: (_: unknown, use: (error: Error | null, socket: TLSSocket) => void) => {
              const socket = tlsConnect({
                host,
                port: Number(url.port || 443),
                ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
                rejectUnauthorized: pinned === undefined,
              });
              socket.once('secureConnect', () => {
                const raw = socket.getPeerCertificate().raw;
                const shown = createHash('sha256').update(raw).digest('hex');
                if (pinned !== undefined && shown !== fingerprint(pinned)) {
                  finish(fail('printer.not-trusted'));
                  socket.destroy();
                  return;
                }
                markReached();
                use(null, socket);
              });
              socket.once('error', (error) => use(error, socket));
              return undefined;
            },
          }
        : { agent: false }),
    });
    if (!secure) request.on('socket', (socket) => socket.once('connect', markReached));
    // The TLS socket is only handed over once it stands, and marks that itself.
    const onAbort = () => finish(fail('printer.cancelled'));
    const stopLimit = options.timers.after(options.limitMs, () =>
      finish(fail(reached ? 'printer.time-out' : 'printer.not-reachable')),
    );
    options.signal?.addEventListener('abort', onAbort, { once: true });
    request.on('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
      const untrusted = !reached && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code);
      finish(fail(untrusted ? 'printer.not-trusted' : 'printer.not-reachable'));
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const status = response.statusCode ?? 0;
      if (status !== 200) {
        // A refusal by its HTTP server (4xx) comes before any printing; after a 5xx nothing is certain.
        finish(err(httpFailure(status)), status >= 400 && status < 500);
        return;
      }
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > longestAnswer) finish(fail('printer.answer-malformed', { why: 'too long' }));
        else chunks.push(chunk);
      });
      response.on('error', () => finish(fail('printer.not-reachable')));
      response.on('close', () => finish(fail('printer.not-reachable')));
      response.on('end', () => {
        const answer = decodeIpp(Buffer.concat(chunks));
        if (!answer.ok) finish(answer);
        else if (answer.value.requestId !== message.requestId) {
          finish(fail('printer.answer-malformed', { why: 'answer to another request' }));
        } else finish(answer);
      });
    });
    request.end(body);
  });
};
