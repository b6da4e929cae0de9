import createClient from 'openapi-fetch';
import type { z } from 'zod';
import type { components, paths } from '../../resources/portal-api/schema.d.ts';
import { err, ok, type Result } from '../values/result.ts';
import { errorBody } from './answers.ts';
import { retryAfterMs } from './back-off.ts';
import type { LineCode } from './port.ts';
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

export type ClientDeps = {
  url: string;
  deskToken: string | null;
  version: string;
  timers: Timers;
  now: () => Date;
  /** Aborted when the desk stops. */
  stopped: AbortSignal;
  fetch: Fetch;
};

type Answered = { data?: unknown; error?: unknown; response: Response };

/** What answered is not the portal's interface: a login page of a network, another program, another version. */
class NotThePortal extends Error {}

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
  if (error instanceof NotThePortal || error instanceof SyntaxError) return 'line.not-the-portal';
  const code = causeCode(error);
  if (NOT_TLS.test(code)) return 'line.not-the-portal';
  if (CERTIFICATE.test(code)) return 'line.certificate';
  if (/TIMEDOUT|TIMEOUT/.test(code)) return 'line.time-out';
  return 'line.down';
}

/** What an answer with a failing status says. `body` is its JSON, when it has one. */
export function failureOf(status: number, body: unknown, retryAfter: number | null): NoAnswer | Refused {
  const parsed = errorBody.safeParse(body);
  const code = parsed.success ? parsed.data.code : null;
  if (status === 401 && code?.startsWith('desk.')) return noAnswer('line.desk-unknown', retryAfter, code);
  if (status >= 500 && status !== 511 && code !== 'document-register.unavailable')
    return noAnswer('line.portal-failed', retryAfter, code);
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
    const isJson = /^application\/json\b/i.test(response.headers.get('content-type') ?? '');
    if (response.status < 500 && request.method !== 'HEAD' && !isJson) {
      await response.body?.cancel();
      throw new NotThePortal();
    }
    return response;
  };

  const api = createClient<paths>({
    baseUrl: new URL(BASE, deps.url).href,
    headers,
    redirect: 'manual',
    fetch: checkedFetch,
  });

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
    try {
      const { data, error, response } = await work(inner.signal);
      if (response.ok) return ok(data);
      if (response.status >= 300 && response.status < 400) return err(noAnswer('line.not-the-portal'));
      const retryAfter = retryAfterMs(response.headers.get('retry-after'), now());
      return err(failureOf(response.status, error, retryAfter));
    } catch (error) {
      if (stopped.aborted) return err({ kind: 'stopped' });
      return err(noAnswer(isLate ? 'line.time-out' : lineCodeOf(error)));
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

  return {
    api,
    call,

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
          if (response.status < 500) throw error;
          return undefined;
        });
        return response.ok ? { response, data: body } : { response, error: body };
      });
    },
  };
}

export type PortalClient = ReturnType<typeof createPortalClient>;
