import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import createClient from 'openapi-fetch';
import { z } from 'zod';
import type { components, paths } from '../../resources/portal-api/schema.d.ts';
import { err, ok, type Result } from '../values/result.ts';
import { errorBody } from './answers.ts';
import { retryAfterMs } from './back-off.ts';
import type { LineCode } from './line-code.ts';
import type { Timers } from './timers.ts';

export type Schemas = components['schemas'];
export type Fetch = (request: Request) => Promise<Response>;

/** The portal could not be asked, or what answered was not it. */
export type NoAnswer = {
  kind: 'no-answer';
  code: LineCode;
  retryAfterMs: number | null;
  portalCode: string | null;
};
/** The portal answered that it does not do it. */
export type Refused = {
  kind: 'refused';
  code: string;
  retryable: boolean;
  details: Record<string, unknown>;
  retryAfterMs: number | null;
};
/** The desk itself gave up, because it stops. */
export type Stopped = { kind: 'stopped' };
export type CallFailure = NoAnswer | Refused | Stopped;
export type Outcome<T> = Result<T, CallFailure>;

const BASE = '/v1';
export const LIMITS = {
  call: 15_000,
  health: 6_000,
  signIn: 10_000,
  check: 6_000,
  enrolment: 15_000,
} as const;
// Half the speed of the slowest line a desk is meant to work with (128 kb/s).
const SLOWEST_BYTES_PER_MS = 8;
const blobLimit = (size: number): number => 30_000 + size / SLOWEST_BYTES_PER_MS;
/** How long a call with a body of so many bytes may take on the slowest line. */
export const callLimit = (bytes: number): number =>
  LIMITS.call + Math.max(0, bytes - SMALL_BODY_BYTES) / SLOWEST_BYTES_PER_MS;
/** What the slowest line takes well within the limit of any call. */
const SMALL_BODY_BYTES = 64 * 1024;

/** How long a part of an upload may take: the slowest line, and the acts that go before it. */
export const uploadLimit = (bytes: number): number => 5 * 60_000 + bytes / (SLOWEST_BYTES_PER_MS / 2);

const compress = promisify(gzip);
// Below it compressing costs more than it saves.
const COMPRESS_FROM_BYTES = 1024;
// Bodies are texts of our own making: the fastest level takes most of what there is to take.
const COMPRESSION = { level: 1 };

/** Null where it goes on behind what was to be had of it. */
const receivedFile = z.object({ name: z.string(), bytes: z.instanceof(Uint8Array) }).nullable();

const TUS = { 'tus-resumable': '1.0.0' };

export type ClientDeps = {
  url: string;
  deskToken: string | null;
  version: string;
  timers: Timers;
  now: () => Date;
  /** Aborted when the desk stops. */
  stopped: AbortSignal;
  fetch: Fetch;
  /** What time the portal's machine says it is, asked without trusting it; null when it does not say. */
  lookAtTime?: ((url: string) => Promise<Date | null>) | undefined;
};

type Answered = { data?: unknown; error?: unknown; response: Response };

/** What answered is not the portal's interface: a login page of a network, another program, another version. */
class NotThePortal extends Error {}
/** A page for people, or a way to one: a network that wants a person to sign in first. */
class CaptivePortal extends Error {}

/** Clocks may differ so much before a certificate outside of its time is put down to the clock. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const OUTSIDE_ITS_TIME = /^CERT_(NOT_YET_VALID|HAS_EXPIRED)$/;

const noAnswer = (
  code: LineCode,
  retryAfter: number | null = null,
  portalCode: string | null = null,
): NoAnswer => ({ kind: 'no-answer', code, retryAfterMs: retryAfter, portalCode });

const NOT_TLS =
  /^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|HPE_.*|UND_ERR_.*(HEADERS_OVERFLOW|RESPONSE).*)$/;
const CERTIFICATE =
  /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)|^ERR_TLS|^ERR_SSL|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|CRL_/;

/** The first code in the chain of an error's causes. */
function causeCode(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    if ('code' in at && typeof at.code === 'string') return at.code;
  return '';
}

/** Which trouble of the line an error of `fetch` is. */
export function lineCodeOf(error: unknown): LineCode {
  if (error instanceof CaptivePortal) return 'line.captive-portal';
  if (error instanceof NotThePortal || error instanceof SyntaxError) return 'line.not-the-portal';
  const code = causeCode(error);
  if (code === 'ERR_PROXY') return 'line.proxy';
  if (NOT_TLS.test(code)) return 'line.not-the-portal';
  if (CERTIFICATE.test(code)) return 'line.certificate';
  if (/TIMEDOUT|TIMEOUT/.test(code)) return 'line.time-out';
  return 'line.down';
}

/** What an answer with a failing status says. `body` is its JSON, when it has one. */
export function failureOf(status: number, body: unknown, retryAfter: number | null): NoAnswer | Refused {
  const parsed = errorBody.safeParse(body);
  const code = parsed.success ? parsed.data.code : null;
  if (status === 511) return noAnswer('line.captive-portal', retryAfter, code);
  if (code === 'portal.busy') return noAnswer('line.portal-busy', retryAfter, code);
  if (status === 401 && code?.startsWith('desk.')) return noAnswer('line.desk-unknown', retryAfter, code);
  const isOfRegister = code === 'document-register.unavailable' || code === 'register.unavailable';
  if (status >= 500 && !isOfRegister) return noAnswer('line.portal-failed', retryAfter, code);
  if (code === null)
    return noAnswer(status === 429 ? 'line.portal-failed' : 'line.not-the-portal', retryAfter);
  // A portal has every path of its interface.
  if (code === 'request.unknown-path') return noAnswer('line.not-the-portal', retryAfter, code);
  return {
    kind: 'refused',
    code,
    retryable: parsed.data?.retryable ?? false,
    details: parsed.data?.details ?? {},
    retryAfterMs: retryAfter,
  };
}

/** A body of at most so many bytes; null when it goes on behind them. */
async function bytesOf(response: Response, maxBytes: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** The name a file is sent under; RFC 6266, in the form the portal uses. */
function fileNameOf(response: Response): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get('content-disposition') ?? '')?.[1];
  try {
    return decodeURIComponent(encoded ?? '');
  } catch {
    return '';
  }
}

/** A body that is read only as fast as it is sent. */
export function streamOf(content: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = content[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = await pieces.next();
        if (piece.done) controller.close();
        else controller.enqueue(piece.value);
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The portal's interface over HTTP: every call limited in time, every answer checked before anybody sees it. */
export function createPortalClient(deps: ClientDeps) {
  const { timers, now, stopped } = deps;
  const headers = {
    'user-agent': `virtuos-counter/${deps.version}`,
    ...(deps.deskToken !== null && { authorization: `Bearer ${deps.deskToken}` }),
  };

  /** Takes nothing but JSON (or nothing at all), so that a login page of a network is not read as an answer. */
  const checkedFetch = async (request: Request): Promise<Response> => {
    const response = await deps.fetch(request);
    return checkKind(request, response, isJson(response));
  };

  const isJson = (response: Response): boolean =>
    /^application\/json\b/i.test(response.headers.get('content-type') ?? '');

  async function checkKind(request: Request, response: Response, isOurs: boolean): Promise<Response> {
    const isElsewhere = response.status >= 300 && response.status < 400;
    // Whoever stands before the portal says with a page of its own that there is too much to do.
    const isBusy = response.status >= 500 || response.status === 429;
    if (!isElsewhere && (isBusy || isOurs)) return response;
    const isPage = /^text\/html\b/i.test(response.headers.get('content-type') ?? '');
    if (!isElsewhere && !isPage && request.method === 'HEAD') return response;
    await response.body?.cancel();
    throw isPage || isElsewhere ? new CaptivePortal() : new NotThePortal();
  }

  const api = createClient<paths>({
    baseUrl: new URL(BASE, deps.url).href,
    headers,
    redirect: 'manual',
    fetch: checkedFetch,
  });

  /**
   * A certificate outside of its time may be the desk's clock. The portal's machine is asked what time it is there; nothing
   * is sent to it and its answer only chooses the sentence.
   */
  async function isClockWrong(error: unknown): Promise<boolean> {
    if (!OUTSIDE_ITS_TIME.test(causeCode(error))) return false;
    const there = await deps.lookAtTime?.(deps.url).catch(() => null);
    return !!there && Math.abs(there.getTime() - now().getTime()) > CLOCK_TOLERANCE_MS;
  }

  /** Runs one exchange within its limit; everything that can go wrong on the way becomes a value. */
  async function exchange(
    limitMs: number,
    work: (signal: AbortSignal) => Promise<Answered>,
  ): Promise<Outcome<unknown>> {
    if (stopped.aborted) return err({ kind: 'stopped' });
    const inner = new AbortController();
    let isLate = false;
    const cancel = timers.after(limitMs, () => {
      isLate = true;
      inner.abort();
    });
    const onStop = (): void => inner.abort();
    stopped.addEventListener('abort', onStop, { once: true });
    // The platform hands an abort on only weakly: whatever becomes of the exchange itself, its time is over then.
    const over = new Promise<never>((_, reject) => {
      inner.signal.addEventListener('abort', () => reject(inner.signal.reason), { once: true });
    });
    try {
      const { data, error, response } = await Promise.race([work(inner.signal), over]);
      if (response.ok) return ok(data);
      const retryAfter = retryAfterMs(response.headers.get('retry-after'), now());
      return err(failureOf(response.status, error, retryAfter));
    } catch (error) {
      if (stopped.aborted) return err({ kind: 'stopped' });
      if (isLate) return err(noAnswer('line.time-out'));
      return err(noAnswer((await isClockWrong(error)) ? 'line.clock-wrong' : lineCodeOf(error)));
    } finally {
      cancel();
      stopped.removeEventListener('abort', onStop);
    }
  }

  async function call<S extends z.ZodType>(
    schema: S,
    limitMs: number,
    work: (signal: AbortSignal) => Promise<Answered>,
  ): Promise<Outcome<z.output<S>>> {
    const outcome = await exchange(limitMs, work);
    if (!outcome.ok) return outcome;
    const parsed = schema.safeParse(outcome.value);
    return parsed.success ? ok(parsed.data) : err(noAnswer('line.not-the-portal'));
  }

  const blobRequest = (
    method: 'HEAD' | 'PUT',
    sha256: string,
    signal: AbortSignal,
    body?: Buffer<ArrayBuffer>,
  ): Request =>
    new Request(new URL(`${BASE}/blobs/${sha256}`, deps.url), {
      method,
      redirect: 'manual',
      signal,
      headers: { ...headers, ...(body && { 'content-type': 'application/octet-stream' }) },
      ...(body && { body }),
    });

  const request = (path: string, init: RequestInit): Request =>
    new Request(new URL(`${BASE}${path}`, deps.url), {
      redirect: 'manual',
      ...init,
      headers: { ...headers, ...init.headers },
    });

  /** A call of the tus protocol: an answer counts when it says that it is of it. */
  const tus = async (asked: Request): Promise<Response> => {
    const response = await deps.fetch(asked);
    return checkKind(asked, response, response.headers.has('tus-resumable') || isJson(response));
  };
  const failed = async (response: Response): Promise<Answered> => ({
    response,
    error: isJson(response) ? await response.json().catch(() => undefined) : undefined,
  });
  const number = (text: string | null): number =>
    text !== null && /^\d{1,15}$/.test(text) ? Number(text) : -1;

  return {
    api,
    call,

    /** Sends a JSON text as it is, compressed when that is worth it. */
    async postText<S extends z.ZodType>(
      schema: S,
      path: '/effects' | '/log',
      text: string,
      limitMs: number,
    ): Promise<Outcome<z.output<S>>> {
      const plain = Buffer.from(text);
      const isPressed = plain.length >= COMPRESS_FROM_BYTES;
      const body = isPressed ? await compress(plain, COMPRESSION) : plain;
      return call(schema, limitMs, async (signal) => {
        const response = await checkedFetch(
          request(path, {
            method: 'POST',
            body,
            signal,
            headers: { 'content-type': 'application/json', ...(isPressed && { 'content-encoding': 'gzip' }) },
          }),
        );
        return response.ok ? { response, data: await response.json() } : failed(response);
      });
    },

    /** Begins an upload, or finds the one this desk has begun of the same content. Returns its id. */
    async createUpload(sha256: string, size: number): Promise<Outcome<string>> {
      const outcome = await exchange(LIMITS.call, async (signal) => {
        const metadata = `sha256 ${Buffer.from(sha256).toString('base64')}`;
        const response = await tus(
          request('/uploads', {
            method: 'POST',
            signal,
            headers: { ...TUS, 'upload-length': String(size), 'upload-metadata': metadata },
          }),
        );
        if (!response.ok) return failed(response);
        return { response, data: response.headers.get('location')?.split('/').at(-1) ?? '' };
      });
      if (!outcome.ok) return outcome;
      return typeof outcome.value === 'string' && /^[A-Za-z0-9_-]{1,100}$/.test(outcome.value)
        ? ok(outcome.value)
        : err(noAnswer('line.not-the-portal'));
    },

    /** How much of an upload the portal has; null when it does not know it. */
    async uploadOffset(uploadId: string): Promise<Outcome<number | null>> {
      const outcome = await exchange(LIMITS.call, async (signal) => {
        const response = await tus(request(`/uploads/${uploadId}`, { method: 'HEAD', signal, headers: TUS }));
        if (response.status === 401) return { response, error: { code: 'desk.unknown', retryable: false } };
        if (response.status === 404 || response.status === 410)
          return { response: new Response(null, { status: 204 }), data: null };
        return { response, data: number(response.headers.get('upload-offset')) };
      });
      if (!outcome.ok) return outcome;
      const offset = outcome.value;
      if (offset === null) return ok(null);
      return typeof offset === 'number' && offset >= 0 ? ok(offset) : err(noAnswer('line.not-the-portal'));
    },

    /**
     * Sends a part of an upload from an offset on; `content` decides how fast. Returns the offset then reached. `stalled`
     * aborts when nothing moves any more.
     */
    async patchUpload(
      uploadId: string,
      offset: number,
      content: AsyncIterable<Uint8Array>,
      stalled: AbortSignal,
      limitMs: number,
    ): Promise<Outcome<number>> {
      const outcome = await exchange(limitMs, async (signal) => {
        const init: RequestInit & { duplex: 'half' } = {
          method: 'PATCH',
          signal: AbortSignal.any([signal, stalled]),
          headers: {
            ...TUS,
            'content-type': 'application/offset+octet-stream',
            'upload-offset': String(offset),
          },
          body: streamOf(content),
          duplex: 'half',
        };
        const response = await tus(request(`/uploads/${uploadId}`, init));
        if (!response.ok) return failed(response);
        return { response, data: number(response.headers.get('upload-offset')) };
      });
      if (!outcome.ok) return outcome;
      return typeof outcome.value === 'number' && outcome.value >= 0
        ? ok(outcome.value)
        : err(noAnswer('line.not-the-portal'));
    },

    /** Reads a document of exactly so many bytes; its content is the caller's to check. */
    /** A file and the name it is sent under, if it has one. */
    async getFile(
      path: `/extracts/${string}/document` | `/depot/${string}` | `/mailbox/attachments/${string}`,
      maxBytes: number,
    ): Promise<Outcome<{ name: string; bytes: Uint8Array } | null>> {
      const outcome = await exchange(blobLimit(maxBytes), async (signal) => {
        const asked = request(path, { method: 'GET', signal });
        const answered = await deps.fetch(asked);
        const kind = answered.headers.get('content-type') ?? '';
        const isFile = /^application\/(pdf|octet-stream)\b/i.test(kind);
        const response = await checkKind(asked, answered, isFile || isJson(answered));
        if (!response.ok) return failed(response);
        if (!isFile) throw new NotThePortal();
        const bytes = await bytesOf(response, maxBytes);
        return { response, data: bytes && { name: fileNameOf(response), bytes } };
      });
      if (!outcome.ok) return outcome;
      const file = receivedFile.safeParse(outcome.value);
      return file.success ? ok(file.data) : err(noAnswer('line.not-the-portal'));
    },

    /** Whether the portal holds this content from this desk. */
    async hasBlob(sha256: string): Promise<Outcome<boolean>> {
      const outcome = await exchange(LIMITS.call, async (signal) => {
        const response = await checkedFetch(blobRequest('HEAD', sha256, signal));
        // A HEAD has no body to say more: its status is all there is.
        if (response.status === 401) return { response, error: { code: 'desk.unknown', retryable: false } };
        return response.status === 404 || response.ok
          ? { response: new Response(null, { status: 204 }), data: response.ok }
          : { response };
      });
      return outcome.ok ? ok(outcome.value === true) : outcome;
    },

    async putBlob<S extends z.ZodType>(
      schema: S,
      sha256: string,
      content: Buffer<ArrayBuffer>,
    ): Promise<Outcome<z.output<S>>> {
      return call(schema, blobLimit(content.length), async (signal) => {
        const response = await checkedFetch(blobRequest('PUT', sha256, signal, content));
        const body: unknown = await response.json().catch((error: unknown) => {
          if (response.status < 500 && response.status !== 429) throw error;
          return undefined;
        });
        return response.ok ? { response, data: body } : { response, error: body };
      });
    },
  };
}

export type PortalClient = ReturnType<typeof createPortalClient>;
