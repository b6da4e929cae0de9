import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { extractSignatures } from '../../../test/rigs/signature-checks.ts';
import { documentToSign, signerOf, signingPool, signingSettings } from '../../../test/rigs/signing.ts';
import {
  type Issued,
  type SigningAuthority,
  startSigningAuthority,
} from '../../../test/rigs/signing-authority.ts';
import { fail, ok } from '../../values/result.ts';
import type { DocumentPool } from '../pool.ts';
import type { RevocationSettings } from './revocation.ts';
import { type SigningRequest, type SigningSettings, signDocument } from './sign.ts';

let authority: SigningAuthority;
let pool: DocumentPool;
let clerk: Issued;
let document: Uint8Array;

beforeAll(async () => {
  authority = await startSigningAuthority();
  pool = signingPool();
  clerk = await authority.issue('clerk', 'clerk');
  document = await documentToSign();
});
afterAll(async () => {
  await pool?.close();
  await authority?.stop();
});

type Given = Partial<SigningRequest<{ code: string }>> & { by?: Issued; settings?: Partial<SigningSettings> };

async function sign({ by = clerk, settings = {}, ...given }: Given = {}) {
  const signer = await signerOf(authority, by);
  return signDocument(
    { document, signer, level: 'B-B', ...given },
    { ...signingSettings(authority, pool), ...settings },
  );
}

const refused = (code: string, params?: object) => ({
  ok: false,
  error: { code, ...(params === undefined ? {} : { params }) },
});

it('hands out the signed attributes only, and says what it signed with and when', async () => {
  const seen: Uint8Array[] = [];
  const signer = await signerOf(authority, clerk);
  const watched: typeof signer = {
    ...signer,
    sign: (data) => {
      seen.push(data);
      return signer.sign(data);
    },
  };
  const now = new Date();
  const result = await sign({ signer: watched, settings: { now: () => now } });
  expect(seen.map(({ length }) => length < 200)).toEqual([true]);
  const certificateSha256 = createHash('sha256').update(clerk.certificate).digest('hex');
  expect(result).toMatchObject({ ok: true, value: { certificateSha256, signedAt: now } });
});

it('refuses a certificate out of its time, before anything is signed', async () => {
  const signing = { sign: () => Promise.reject(new Error('asked')) };
  const signer = { ...(await signerOf(authority, clerk)), ...signing };
  const year = 366 * 24 * 60 * 60 * 1000;
  const at = (ms: number) => ({ now: () => new Date(Date.now() + ms) });
  expect(await sign({ signer, settings: at(year) })).toEqual(refused('signature.certificate-expired'));
  expect(await sign({ signer, settings: at(-year) })).toEqual(refused('signature.certificate-not-yet-valid'));
});

it('refuses a signature whose timestamp says that the certificate had expired, whatever the desk’s clock says', async () => {
  const old = await authority.issue('old', 'clerk', { from: '20200101000000Z', to: '20210101000000Z' });
  const settings = { now: () => new Date('2020-06-01T12:00:00Z') };
  expect(await sign({ by: old, settings })).toMatchObject({ ok: true });
  expect(await sign({ by: old, level: 'B-T', settings })).toEqual(refused('signature.certificate-expired'));
});

it('refuses a signature of another key', async () => {
  const other = await signerOf(authority, await authority.issue('other', 'clerk'));
  const signer = { ...other, certificate: clerk.certificate };
  expect(await sign({ signer })).toEqual(refused('signature.wrong-signature'));
  const nonsense = { ...other, sign: async () => ok(new Uint8Array(64)) };
  expect(await sign({ signer: nonsense })).toEqual(refused('signature.wrong-signature'));
});

it('refuses what is no certificate', async () => {
  const signer = { ...(await signerOf(authority, clerk)), certificate: new Uint8Array([0x30, 0]) };
  expect(await sign({ signer })).toEqual(refused('signature.certificate-unusable'));
});

it('passes on what the signer could not do', async () => {
  const signer = { ...(await signerOf(authority, clerk)), sign: async () => fail('token.locked') };
  expect(await sign({ signer })).toEqual(refused('token.locked'));
});

it.each([
  ['no PDF', () => new TextEncoder().encode('no PDF at all')],
  ['nothing', () => new Uint8Array()],
  ['cut off', () => document.subarray(0, document.length - 600)],
])('refuses to sign what is %s', async (_what, given) => {
  expect(await sign({ document: given() })).toEqual(refused('signature.document-unfit'));
});

it('refuses a visible signature that does not fit or cannot be printed', async () => {
  const box = { page: 0, x: 10, y: 10, width: 100, height: 30 };
  const visible = (lines: string[]) => sign({ entry: { appearance: { ...box, lines } } });
  expect(await visible(['Podepsala Jana Přikrylová, vedoucí odboru vnitřních věcí'])).toEqual(
    refused('signature.box-too-small'),
  );
  expect(await visible(['山田'])).toMatchObject(refused('documents.missing-glyph'));
  const elsewhere = { ...box, page: 99, lines: ['Podpis'] };
  expect(await sign({ entry: { appearance: elsewhere } })).toEqual(refused('signature.document-unfit'));
});

it('leaves nothing half signed when the timestamp does not come', async () => {
  const { timestamps } = signingSettings(authority, pool, 'refusing');
  for (const level of ['B-T', 'B-LT'] as const)
    expect(await sign({ level, settings: { timestamps } })).toMatchObject(refused('timestamp.refused'));
});

it('makes no B-LT of a revoked certificate, nor without a word of its issuer', async () => {
  const dismissed = await authority.issue('dismissed', 'clerk', { revocation: ['ocsp'] });
  expect(await sign({ by: dismissed, level: 'B-LT' })).toMatchObject({ ok: true });
  await authority.revoke(dismissed);
  expect(await sign({ by: dismissed, level: 'B-LT' })).toEqual(
    refused('signature.certificate-revoked', { subject: 'dismissed' }),
  );
  const dismissedToo = await authority.issue('dismissed too', 'clerk', { revocation: ['crl'] });
  await authority.revoke(dismissedToo);
  expect(await sign({ by: dismissedToo, level: 'B-LT' })).toEqual(
    refused('signature.certificate-revoked', { subject: 'dismissed too' }),
  );
  const silent = await authority.issue('silent', 'clerk', { revocation: [] });
  expect(await sign({ by: silent, level: 'B-LT' })).toEqual(
    refused('signature.revocation-unavailable', { subject: 'silent' }),
  );
});

it('believes no list that is out of date or signed by another', async () => {
  const settings = signingSettings(authority, pool);
  const later = { ...settings.revocation, now: () => new Date(Date.now() + 8 * 24 * 60 * 60 * 1000) };
  const unavailable = refused('signature.revocation-unavailable', { subject: 'clerk' });
  expect(await sign({ level: 'B-LT', settings: { revocation: later } })).toEqual(unavailable);
  const forged: typeof later = {
    ...settings.revocation,
    http: async (url, request) => {
      const answer = await fetch(url, request);
      if (!url.includes('/crl/')) return answer;
      const bytes = new Uint8Array(await answer.arrayBuffer());
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      return new Response(bytes);
    },
  };
  expect(await sign({ level: 'B-LT', settings: { revocation: forged } })).toEqual(unavailable);
});

it('believes a list only where it speaks of the certificate and nothing critical in it is unknown', async () => {
  const outcome = async (...saying: string[]) => {
    await authority.publishSaying(...saying);
    const signed = await sign({ level: 'B-LT' });
    return signed.ok ? 'signed' : signed.error;
  };
  const unusable = { code: 'signature.revocation-list-unusable', params: { subject: 'clerk' } };
  const scope = (...lines: string[]) => ['issuingDistributionPoint=critical,@scope', '[scope]', ...lines];
  expect(await outcome('1.3.6.1.4.1.99999.7=critical,ASN1:UTF8String:unknown')).toEqual(unusable);
  expect(await outcome(...scope(`fullname=URI:${authority.listUrl}/another`))).toEqual(unusable);
  expect(await outcome(...scope('onlyCA=TRUE'))).toEqual(unusable);
  expect(await outcome('1.3.6.1.4.1.99999.7=ASN1:UTF8String:unknown')).toBe('signed');
  expect(await outcome(...scope(`fullname=URI:${authority.listUrl}`, 'onlyuser=TRUE'))).toBe('signed');
  expect(await outcome()).toBe('signed');
});

it('makes no B-LT when no path leads to a trusted authority', async () => {
  const settings = signingSettings(authority, pool);
  const revocation = { ...settings.revocation, trusted: [] };
  expect(await sign({ level: 'B-LT', settings: { revocation } })).toEqual(
    refused('signature.chain-incomplete', { subject: 'clerk' }),
  );
});

it('completes the chain from the trust list when the signer has nothing but its certificate', async () => {
  const signer = { ...(await signerOf(authority, clerk)), chain: [] };
  const settings = signingSettings(authority, pool);
  const trusting: RevocationSettings = {
    ...settings.revocation,
    trusted: [authority.issuing, authority.root],
  };
  const carries = async (revocation: RevocationSettings) => {
    const result = await sign({ signer, settings: { revocation } });
    if (!result.ok) throw new Error(result.error.code);
    return extractSignatures(result.value.bytes).map(({ cms }) => cms.includes(authority.issuing.raw));
  };
  expect(await carries(trusting)).toEqual([true]);
  expect(await carries(settings.revocation)).toEqual([false]);
});
