import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readableApp } from '../../scripts/desk.ts';
import { projectRoot } from '../../scripts/places.ts';
import { preparedDesk } from '../../scripts/prepare.ts';
import { type Desk, launchDesk } from '../rigs/electron.ts';
import type { SigningAnswer, SigningTask } from '../rigs/fixtures/signing-process.ts';
import { signatureTools } from '../rigs/signature-checks.ts';
import { documentToSign } from '../rigs/signing.ts';
import {
  type AuthorityName,
  POLICY,
  type SigningAuthority,
  startSigningAuthority,
} from '../rigs/signing-authority.ts';
import { PIN, softwareCard } from '../rigs/software-card.ts';

/** Signing as the counter does it, in a utility process of the real Electron, whose cryptography is not Node's. */

let authority: SigningAuthority;
let tools: Awaited<ReturnType<typeof signatureTools>>;
let card: Awaited<ReturnType<typeof softwareCard>>;
let app: string;
let desk: Desk;
let document: Uint8Array;

beforeAll(async () => {
  authority = await startSigningAuthority();
  tools = await signatureTools(authority);
  card = await softwareCard('Karta');
  document = await documentToSign();
  await preparedDesk();
  app = mkdtempSync(join(tmpdir(), 'virtuos-signing-app-'));
  cpSync(join(import.meta.dirname, '../rigs/fixtures/signing-app'), app, { recursive: true });
  const bundler = join(import.meta.dirname, '../rigs/build-fixture.ts');
  const entry = 'test/rigs/fixtures/signing-process.ts';
  execFileSync(process.execPath, [bundler, entry, join(app, 'signing')], { cwd: projectRoot });
  symlinkSync(join(readableApp(), 'node_modules'), join(app, 'node_modules'));
  chmodSync(app, 0o755);
  desk = await launchDesk({ appFolder: app });
});
afterAll(async () => {
  await desk?.close();
  if (app) rmSync(app, { recursive: true, force: true });
  await card?.remove();
  await tools?.remove();
  await authority?.stop();
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

async function sign(
  task: Pick<SigningTask, 'key' | 'level' | 'pin'>,
  timestamps: AuthorityName = 'good',
): Promise<SigningAnswer> {
  const whole: SigningTask = {
    ...task,
    document: base64(document),
    trusted: [base64(authority.issuing.raw), base64(authority.root.raw)],
    timestamps: { url: authority.timestampUrl(timestamps), policy: POLICY },
    fontsFolder: join(readableApp(), 'resources', 'fonts'),
    workerFile: join(readableApp(), 'dist', 'documents', 'worker.js'),
  };
  return desk.app.evaluate((_electron, given) => Reflect.get(globalThis, 'signing')(given), whole);
}

async function isGood(answer: SigningAnswer): Promise<void> {
  if ('failed' in answer) throw new Error(answer.failed);
  const { pdfsig, mutool, cms, timestamps } = await tools.verdicts(Buffer.from(answer.bytes, 'base64'));
  expect(pdfsig.text).toContain('Signature is Valid.');
  expect(pdfsig.text).toContain('Certificate is Trusted.');
  expect(mutool.text).toContain('The signature is valid');
  expect(cms).toMatchObject([{ ended: 0 }]);
  expect(timestamps).toMatchObject([{ ended: 0 }]);
}

test.each([
  ['rsa', 'crl', []],
  ['rsa', 'ocsp', ['-legacy']],
  ['ec', 'crl', []],
] as const)('a key file signs with timestamp and evidence: %s, %s', async (key, revocation, options) => {
  const issued = await authority.issue(`${key} ${revocation}`, 'clerk', { key, revocation: [revocation] });
  const file = base64(await authority.keyFile(issued, 'heslo ž', ...options));
  await isGood(await sign({ key: { file }, level: 'B-LT', pin: 'heslo ž' }));
  expect(await sign({ key: { file }, level: 'B-LT', pin: 'heslo' })).toEqual({ failed: 'token.wrong-pin' });
});

test('a card signs', async () => {
  await card.put(await authority.issue('card', 'clerk', { key: 'rsa' }), '01');
  card.giveToElectronUser();
  await isGood(await sign({ key: { module: card.module, env: card.env }, level: 'B-LT', pin: PIN }));
});

test.each(['tampered', 'expired', 'wrong-purpose'] as const)(
  'a timestamp is not believed: %s',
  async (name) => {
    const file = base64(await authority.keyFile(await authority.issue(name, 'clerk'), 'x'));
    expect(await sign({ key: { file }, level: 'B-T', pin: 'x' }, name)).toEqual({
      failed: expect.stringContaining('timestamp.wrong-answer'),
    });
  },
);
