import { expect, test } from 'vitest';
import { health } from './answers.ts';
import { createPortalClient, failureOf, lineCodeOf } from './client.ts';

const fetchError = (code: string): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });

test.each([
  ['ECONNREFUSED', 'line.down'],
  ['ENOTFOUND', 'line.down'],
  ['UND_ERR_SOCKET', 'line.down'],
  ['ETIMEDOUT', 'line.time-out'],
  ['UND_ERR_CONNECT_TIMEOUT', 'line.time-out'],
  ['CERT_HAS_EXPIRED', 'line.certificate'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'line.certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'line.certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'line.certificate'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'line.not-the-portal'],
  ['HPE_INVALID_CONSTANT', 'line.not-the-portal'],
])('%s of the network is %s', (code, line) => {
  expect(lineCodeOf(fetchError(code))).toBe(line);
});

const body = (code: string) => ({ code, retryable: true, details: { until: 'x' } });

test('failing answers: the portal’s own, the line’s, and those that pass with their code', () => {
  const codeOf = (status: number, answer: unknown) => failureOf(status, answer, null).code;
  expect(codeOf(401, body('desk.revoked'))).toBe('line.desk-unknown');
  expect(codeOf(401, body('clerk.wrong-password'))).toBe('clerk.wrong-password');
  expect(codeOf(401, '<html>')).toBe('line.not-the-portal');
  expect(codeOf(404, body('request.unknown-path'))).toBe('line.not-the-portal');
  expect(codeOf(429, undefined)).toBe('line.portal-failed');
  expect(codeOf(429, body('clerk.too-soon'))).toBe('clerk.too-soon');
  expect(codeOf(500, body('portal.failed'))).toBe('line.portal-failed');
  expect(codeOf(503, body('document-register.unavailable'))).toBe('document-register.unavailable');
  // A network that wants a sign-in first (RFC 6585 § 6).
  expect(codeOf(511, undefined)).toBe('line.captive-portal');
  // Too many desks at once: each is told when to come back.
  expect(codeOf(503, body('portal.busy'))).toBe('line.portal-busy');
});

test('a call ends in its time, also when nothing ever comes of it', async () => {
  const due: (() => void)[] = [];
  const client = createPortalClient({
    url: 'http://portal.test',
    deskToken: null,
    version: '0',
    timers: {
      after: (_ms, run) => {
        due.push(run);
        return () => {};
      },
    },
    now: () => new Date(0),
    stopped: new AbortController().signal,
    // Not even the abort reaches it.
    fetch: () => new Promise(() => {}),
  });
  const asked = client.call(health, 1000, (signal) => client.api.GET('/health', { signal }));
  for (const run of due) run();
  expect(await asked).toMatchObject({ ok: false, error: { code: 'line.time-out' } });
});
