import { execFile, spawn } from 'node:child_process';
import { verify, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Issued,
  type SigningAuthority,
  startSigningAuthority,
} from '../../../test/rigs/signing-authority.ts';
import { PIN, softwareCard } from '../../../test/rigs/software-card.ts';
import { pkcs11Token } from './pkcs11-tool.ts';
import type { SigningToken, TokenCertificate } from './port.ts';

let authority: SigningAuthority;
let card: Awaited<ReturnType<typeof softwareCard>>;
let clerk: Issued;
let folder: string;

beforeAll(async () => {
  authority = await startSigningAuthority();
  card = await softwareCard('Karta úřednice');
  clerk = await authority.issue('Jana Přikrylová', 'clerk', { key: 'rsa' });
  await card.put(clerk, '01');
  await card.put(await authority.issue('Jana na křivkách', 'clerk', { key: 'ec' }), '02');
  await card.writeCertificate('issuing', authority.issuing.raw, '03');
  folder = await mkdtemp(join(tmpdir(), 'virtuos-token-test-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await card?.remove();
  await authority?.stop();
});

const token = (given: Partial<Parameters<typeof pkcs11Token>[0]> = {}): SigningToken =>
  pkcs11Token({ module: card.module, env: card.env, temporaryFolder: folder, ...given });

async function certificatesOf(from: SigningToken): Promise<TokenCertificate[]> {
  const listed = await from.certificates();
  if (!listed.ok) throw new Error(listed.error.code);
  return listed.value;
}

async function firstOf(from: SigningToken): Promise<TokenCertificate> {
  const found = (await certificatesOf(from)).find(({ subject }) => subject === 'Jana Přikrylová');
  if (found === undefined) throw new Error('no certificate');
  return found;
}

const data = new TextEncoder().encode('what is signed');

/** A library that is no PKCS#11 module but what a bad one does when it is asked for its functions. */
async function oddModule(name: string, does: string): Promise<string> {
  const source = join(folder, `${name}.c`);
  const library = join(folder, `${name}.so`);
  await writeFile(
    source,
    `#include <stdlib.h>\n#include <unistd.h>\nunsigned long C_GetFunctionList(void **list) { ${does} return 5; }\n`,
  );
  await promisify(execFile)('gcc', ['-shared', '-fPIC', '-w', '-o', library, source]);
  return library;
}

it('shows the certificates that have a key, with their chain, without a PIN', async () => {
  const found = await certificatesOf(token());
  expect(found).toMatchObject([
    {
      subject: 'Jana Přikrylová',
      issuer: 'issuing',
      forSignatures: true,
      pin: 'usual',
      place: { tokenLabel: 'Karta úřednice', object: '01' },
    },
    { subject: 'Jana na křivkách', place: { object: '02' } },
  ]);
  expect(found[0]?.certificate).toEqual(clerk.certificate);
  expect(found[0]?.chain).toEqual([authority.issuing.raw]);
});

it('signs by either kind of key as its certificate verifies', async () => {
  const from = token();
  for (const certificate of await certificatesOf(from)) {
    const signed = await from.sign({ certificate, pin: PIN, data });
    if (!signed.ok) throw new Error(signed.error.code);
    const { publicKey } = new X509Certificate(certificate.certificate);
    expect(verify('sha256', data, publicKey, signed.value)).toBe(true);
  }
});

it('counts wrong PINs, says what the card says of them, and begins anew after a right one', async () => {
  const from = token();
  const certificate = await firstOf(from);
  const sign = (pin: string) => from.sign({ certificate, pin, data });
  const wrong = (count: number) => ({ ok: false, error: { code: 'token.wrong-pin', params: { count } } });
  expect(await sign('0000')).toEqual(wrong(1));
  expect(await sign('1')).toEqual(wrong(2));
  expect((await firstOf(from)).pin).toBe('was-wrong');
  expect(await sign(PIN)).toMatchObject({ ok: true });
  expect((await firstOf(from)).pin).toBe('usual');
  expect(await sign('0000')).toEqual(wrong(1));
  expect(await sign(PIN)).toMatchObject({ ok: true });
});

it('tells a PIN to nobody who lists processes, and leaves no file behind', async () => {
  const seen: string[] = [];
  const watched = new Proxy(spawn, {
    apply(target, self, given: unknown[]) {
      seen.push(JSON.stringify(given.slice(0, 2)));
      return Reflect.apply(target, self, given);
    },
  });
  const from = token({ spawn: watched });
  await from.sign({ certificate: await firstOf(from), pin: PIN, data });
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.filter((line) => line.includes(PIN))).toEqual([]);
  expect((await readdir(folder)).filter((name) => name.startsWith('virtuos-token-'))).toEqual([]);
});

it('does not sign with a certificate whose key is not there', async () => {
  const from = token();
  const certificate = await firstOf(from);
  const elsewhere = { ...certificate, place: { ...certificate.place, object: 'ff' } };
  expect(await from.sign({ certificate: elsewhere, pin: PIN, data })).toEqual({
    ok: false,
    error: { code: 'token.key-missing' },
  });
  const other = { ...certificate, place: { ...certificate.place, tokenSerial: 'another' } };
  expect(await from.sign({ certificate: other, pin: PIN, data })).toEqual({
    ok: false,
    error: { code: 'token.not-found' },
  });
});

it('says what is missing', async () => {
  const failed = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) });
  expect(await token({ module: '/nowhere/module.so' }).certificates()).toEqual(
    failed('token.module-missing'),
  );
  expect(await token({ command: 'no-such-tool' }).certificates()).toEqual(failed('token.tool-missing'));
  const empty = { SOFTHSM2_CONF: join(folder, 'empty.conf') };
  await writeFile(empty.SOFTHSM2_CONF, `directories.tokendir = ${folder}\n`);
  expect(await token({ env: empty }).certificates()).toEqual(failed('token.not-found'));
});

it('ends a module that hangs, when its time is up and when called off', async () => {
  const module = await oddModule('hanging', 'for (;;) pause();');
  const impatient = token({ module, limits: { list: 200, sign: 200 } });
  expect(await impatient.certificates()).toEqual({ ok: false, error: { code: 'token.time-out' } });
  const calledOff = new AbortController();
  const listing = token({ module }).certificates({ signal: calledOff.signal });
  calledOff.abort();
  expect(await listing).toEqual({ ok: false, error: { code: 'token.cancelled' } });
});

it('survives a module that crashes, and the next one works', async () => {
  const module = await oddModule('crashing', 'abort();');
  expect(await token({ module }).certificates()).toMatchObject({ error: { code: 'token.failed' } });
  expect(await certificatesOf(token())).toHaveLength(2);
});

it('says that the token is gone when it is unplugged between two uses', async () => {
  const passing = await softwareCard('Na chvíli');
  try {
    await passing.put(clerk, '01');
    const from = token({ env: passing.env });
    const certificate = await firstOf(from);
    await passing.unplug();
    expect(await from.sign({ certificate, pin: PIN, data })).toEqual({
      ok: false,
      error: { code: 'token.not-found' },
    });
  } finally {
    await passing.remove();
  }
});
