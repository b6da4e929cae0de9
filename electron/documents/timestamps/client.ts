import type { X509Certificate } from 'node:crypto';
import { err, ok, type Result } from '../../values/result.ts';
import { issuerPath } from '../certificates.ts';
import { failure, type SignatureFailure } from '../failures.ts';
import { exchange, type Http } from '../http.ts';
import { imprintOf, readAnswer, type TimestampQuestion, timestampRequest } from './request.ts';
import { readToken, type TimestampToken } from './token.ts';

/** An authority as the office's master data name it. */
export type TimestampAuthority = {
  url: string;
  /** The policy its timestamps must be made under, as a dotted identifier. */
  policy: string;
};

export type Timestamp = {
  /** The token as it came, DER. */
  token: Uint8Array;
  at: Date;
  policy: string;
  serialNumber: string;
  /** The authority's certificate and those above it up to a trusted one, DER. */
  chain: readonly Uint8Array[];
  /** Which authority it was. */
  url: string;
};

export type TimestampAttempt = { url: string; failure: SignatureFailure };

export type TimestampSettings = {
  /** Asked in this order, the next when one does not give a timestamp. */
  authorities: readonly TimestampAuthority[];
  /** Certificates of the authorities or of whoever issues theirs, from the trust list. */
  trusted: readonly X509Certificate[];
  http: Http;
  random(bytes: number): Uint8Array;
  /** Aborts after so many milliseconds. */
  timeLimit(ms: number): AbortSignal;
  limitMs?: number;
  /** Told of each authority that failed, for the log. */
  onFailed?: (attempt: TimestampAttempt) => void;
};

export type TimestampClient = {
  /** A timestamp over the data; only their digest goes out. */
  timestamp(
    data: Uint8Array,
    options?: { signal?: AbortSignal },
  ): Promise<Result<Timestamp, SignatureFailure>>;
};

const LIMIT_MS = 10_000;
const LIMIT_BYTES = 128 * 1024;
const NONCE_BYTES = 16;

/**
 * Gets timestamps (RFC 3161) from the first authority that gives a good one. An answer is believed only when it is about our
 * digest and our nonce, under the policy asked for, signed by a trusted certificate for timestamps. What the last one
 * failed with is the failure; every one is told to `onFailed`.
 */
export function createTimestampClient(settings: TimestampSettings): TimestampClient {
  const { authorities, trusted, http, random, timeLimit } = settings;

  async function ask(
    { url, policy }: TimestampAuthority,
    imprint: Uint8Array,
    outer: AbortSignal | undefined,
  ): Promise<Result<Timestamp, SignatureFailure>> {
    const question = { imprint, policy, nonce: random(NONCE_BYTES) };
    const limit = timeLimit(settings.limitMs ?? LIMIT_MS);
    const headers = { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' };
    const signal = outer === undefined ? limit : AbortSignal.any([limit, outer]);
    const body = timestampRequest(question);
    const answered = await exchange(http, url, { headers, body, signal }, LIMIT_BYTES);
    if (outer?.aborted) return err(failure('timestamp.cancelled'));
    if (answered === undefined) return err(failure('timestamp.unreachable', { url }));
    const answer = readAnswer(answered);
    if (answer === 'unreadable') return wrong(url, 'shape');
    if ('refused' in answer) return err(failure('timestamp.refused', { url, said: answer.refused }));
    const token = readToken(answer.token);
    if (typeof token === 'string') return wrong(url, token);
    const mismatch = mismatched(token, question);
    if (mismatch !== undefined) return wrong(url, mismatch);
    const chain = issuerPath(token.certificate, token.certificates, trusted);
    if (chain === undefined) return err(failure('timestamp.not-trusted', { url }));
    const { at, serialNumber } = token;
    return ok({ token: answer.token, at, policy, serialNumber, chain, url });
  }

  return {
    async timestamp(data, { signal } = {}) {
      const imprint = imprintOf(data);
      let last: Result<Timestamp, SignatureFailure> = err(failure('timestamp.unreachable', { url: '' }));
      for (const authority of authorities) {
        last = await ask(authority, imprint, signal);
        if (last.ok || last.error.code === 'timestamp.cancelled') break;
        settings.onFailed?.({ url: authority.url, failure: last.error });
      }
      return last;
    },
  };
}

const wrong = (url: string, fault: string) => err(failure('timestamp.wrong-answer', { url, fault }));

/** In what the timestamp is not an answer to the question. */
function mismatched(token: TimestampToken, question: TimestampQuestion): string | undefined {
  const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
  if (token.hash !== 'sha256' || !same(token.imprint, question.imprint)) return 'imprint';
  if (token.policy !== question.policy) return 'policy';
  if (token.nonce === undefined || !same(unpadded(token.nonce), unpadded(question.nonce))) return 'nonce';
  return undefined;
}

/** A number's bytes without the zeros before it. */
function unpadded(magnitude: Uint8Array): Uint8Array {
  const first = magnitude.findIndex((byte) => byte !== 0);
  return first < 0 ? magnitude.subarray(magnitude.length) : magnitude.subarray(first);
}
