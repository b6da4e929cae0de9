import { verify, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type KeyKind,
  type SigningAuthority,
  startSigningAuthority,
} from '../../../test/rigs/signing-authority.ts';
import { pkcs12File } from './pkcs12-file.ts';

let authority: SigningAuthority;
beforeAll(async () => {
  authority = await startSigningAuthority();
});
afterAll(() => authority.stop());

const password = 'Příliš žluťoučký';
const data = new TextEncoder().encode('what is signed');
const file = (bytes: Uint8Array | undefined) => pkcs12File({ read: async () => bytes });

describe.each([
  ['as made today', []],
  ['as made by old programs', ['-legacy']],
] as const)('a file %s', (_when, options) => {
  it.each(['rsa', 'ec'] as KeyKind[])('gives its certificate and signs: %s', async (key) => {
    const issued = await authority.issue(`${key}${options.length}`, 'clerk', { key });
    const token = file(await authority.keyFile(issued, password, ...options));
    const listed = await token.certificates({ pin: password });
    if (!listed.ok) throw new Error(listed.error.code);
    const [certificate, ...others] = listed.value;
    if (certificate === undefined) throw new Error('no certificate');
    expect(others).toEqual([]);
    expect(certificate).toMatchObject({ subject: issued.name, forSignatures: true });
    expect(certificate.certificate).toEqual(issued.certificate);
    expect(certificate.chain).toEqual([authority.issuing.raw, authority.root.raw]);
    const signed = await token.sign({ certificate, pin: password, data });
    if (!signed.ok) throw new Error(signed.error.code);
    expect(verify('sha256', data, new X509Certificate(issued.certificate).publicKey, signed.value)).toBe(
      true,
    );
  });

  it('counts wrong passwords until a right one', async () => {
    const issued = await authority.issue(`wrong${options.length}`, 'clerk');
    const token = file(await authority.keyFile(issued, password, ...options));
    const wrong = (count: number) => ({ ok: false, error: { code: 'token.wrong-pin', params: { count } } });
    expect(await token.certificates({ pin: 'x' })).toEqual(wrong(1));
    expect(await token.certificates({ pin: '' })).toEqual(wrong(2));
    expect(await token.certificates({ pin: password })).toMatchObject({ ok: true });
    expect(await token.certificates({ pin: 'x' })).toEqual(wrong(1));
  });
});

it('tells a file that is missing from one that is none, and asks for the password', async () => {
  const failed = (code: string) => ({ ok: false, error: { code } });
  expect(await file(undefined).certificates({ pin: 'x' })).toEqual(failed('token.file-missing'));
  expect(await file(new Uint8Array([1, 2])).certificates({ pin: 'x' })).toEqual(failed('token.file-damaged'));
  expect(await file(authority.root.raw).certificates({ pin: 'x' })).toEqual(failed('token.file-damaged'));
  expect(await file(undefined).certificates()).toEqual(failed('token.pin-needed'));
});
