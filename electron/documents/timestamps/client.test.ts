import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type AuthorityName,
  POLICY,
  type SigningAuthority,
  startSigningAuthority,
} from '../../../test/rigs/signing-authority.ts';
import { element } from '../der.ts';
import { partAt, partsOf } from '../elements.ts';
import { createTimestampClient, type TimestampAttempt, type TimestampSettings } from './client.ts';

let authority: SigningAuthority;
beforeAll(async () => {
  authority = await startSigningAuthority();
});
afterAll(() => authority.stop());

const data = new TextEncoder().encode('the value of a signature');

function client(names: readonly AuthorityName[], settings: Partial<TimestampSettings> = {}) {
  const failed: TimestampAttempt[] = [];
  const made = createTimestampClient({
    authorities: names.map((name) => ({ url: authority.timestampUrl(name), policy: POLICY })),
    trusted: [authority.root],
    http: fetch,
    random: (bytes) => randomBytes(bytes),
    timeLimit: (ms) => AbortSignal.timeout(ms),
    onFailed: (attempt) => failed.push(attempt),
    ...settings,
  });
  return { failed, timestamp: made.timestamp };
}

it('gets a timestamp whose chain leads to a trusted authority', async () => {
  const result = await client(['good']).timestamp(data);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  const { chain, policy, at, url } = result.value;
  expect(policy).toBe(POLICY);
  expect(url).toBe(authority.timestampUrl('good'));
  expect(chain).toHaveLength(3);
  expect(chain.at(-1)).toEqual(authority.root.raw);
  expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(60_000);
});

it('reads an answer whose outer parts have no length of their own, as some authorities write them', async () => {
  const good = await client(['good'], {
    http: async (url, request) => {
      const answer = await fetch(url, request);
      const der = new Uint8Array(await answer.arrayBuffer());
      // Down to the signed content and the set of signers; what is signed stays DER.
      return new Response(lengthless(der, 5));
    },
  }).timestamp(data);
  expect(good).toMatchObject({ ok: true });
});

/** The same in BER: elements end where a mark stands, down to this depth. */
function lengthless(der: Uint8Array<ArrayBuffer>, depth: number): Uint8Array<ArrayBuffer> {
  const whole = partAt(der, 0, der.length);
  const constructed = (whole.tag & 0x20) !== 0;
  if (depth === 0 || !constructed) return der;
  const parts = [...partsOf(der, whole)].map((part) =>
    lengthless(der.slice(part.start, part.next), depth - 1),
  );
  const body = element(whole.tag, ...parts, Uint8Array.of(0, 0));
  const { content } = partAt(body, 0, body.length);
  return new Uint8Array([whole.tag, 0x80, ...body.subarray(content)]);
}

it.each([
  ['wrong-nonce', 'timestamp.wrong-answer', { fault: 'nonce' }],
  ['wrong-imprint', 'timestamp.wrong-answer', { fault: 'imprint' }],
  ['wrong-policy', 'timestamp.wrong-answer', { fault: 'policy' }],
  ['wrong-purpose', 'timestamp.wrong-answer', { fault: 'purpose' }],
  ['expired', 'timestamp.wrong-answer', { fault: 'expired' }],
  ['tampered', 'timestamp.wrong-answer', { fault: 'signature' }],
  ['garbage', 'timestamp.wrong-answer', { fault: 'shape' }],
  ['refusing', 'timestamp.refused', {}],
  ['stranger', 'timestamp.not-trusted', {}],
  ['failing', 'timestamp.unreachable', {}],
  ['endless', 'timestamp.unreachable', {}],
] as const)('does not believe the %s authority and asks the next', async (name, code, params) => {
  const url = authority.timestampUrl(name);
  const alone = client([name]);
  expect(await alone.timestamp(data)).toMatchObject({
    ok: false,
    error: { code, params: { url, ...params } },
  });
  const both = client([name, 'second']);
  expect(await both.timestamp(data)).toMatchObject({
    ok: true,
    value: { url: authority.timestampUrl('second') },
  });
  expect(both.failed).toMatchObject([{ url, failure: { code } }]);
});

it('goes on to the next when the time of one is up', async () => {
  const limits: AbortController[] = [];
  const both = client(['silent', 'good'], {
    timeLimit: () => {
      const limit = new AbortController();
      // The silent one's time is over at once; the good one has all it wants.
      if (limits.push(limit) === 1) queueMicrotask(() => limit.abort());
      return limit.signal;
    },
  });
  expect(await both.timestamp(data)).toMatchObject({ ok: true });
  expect(both.failed).toMatchObject([{ failure: { code: 'timestamp.unreachable' } }]);
});

it('is called off without asking anybody else', async () => {
  const before = authority.asked('/tsa/second');
  const calledOff = new AbortController();
  const both = client(['silent', 'second']);
  const result = both.timestamp(data, { signal: calledOff.signal });
  calledOff.abort();
  expect(await result).toMatchObject({ ok: false, error: { code: 'timestamp.cancelled' } });
  expect(authority.asked('/tsa/second')).toBe(before);
});

it('says so when a network that ignores its limit never answers', async () => {
  const limit = new AbortController();
  const never = client(['good'], {
    http: () => {
      queueMicrotask(() => limit.abort());
      return new Promise(() => {});
    },
    timeLimit: () => limit.signal,
  });
  expect(await never.timestamp(data)).toMatchObject({ error: { code: 'timestamp.unreachable' } });
});

it('says the last failure when nobody gives a timestamp', async () => {
  const all = client(['failing', 'garbage', 'stranger']);
  expect(await all.timestamp(data)).toMatchObject({ error: { code: 'timestamp.not-trusted' } });
  expect(all.failed.map(({ failure: { code } }) => code)).toEqual([
    'timestamp.unreachable',
    'timestamp.wrong-answer',
    'timestamp.not-trusted',
  ]);
});
