import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, fail, ok, type Result } from '../../values/result.ts';
import { runChild, type Spawn } from '../child.ts';
import { systemTimers, type Timers } from '../timers.ts';
import { describeCertificate, keyKind } from './certificate.ts';
import { failureOf, parseObjectIds, parseSlots, type TokenSlot } from './pkcs11-tool-output.ts';
import type { SigningToken, TokenCertificate, TokenFailure, TokenOptions } from './port.ts';

export type Pkcs11Options = {
  /** The card's PKCS#11 module, a library that comes with the card or with OpenSC. */
  module: string;
  /** Default `pkcs11-tool`, looked up on PATH. */
  command?: string;
  /** Added to the environment of the tool. */
  env?: Readonly<Record<string, string>>;
  temporaryFolder?: string;
  timers?: Timers;
  spawn?: Spawn;
  /** Milliseconds for one run of the tool; cards compute RSA for seconds. */
  limits?: { list: number; sign: number };
};

const usualLimits = { list: 20_000, sign: 60_000 };

/** Read by the tool from its environment, where only this user and root see it; arguments are seen by everybody. */
const PIN_VARIABLE = 'VIRTUOS_TOKEN_PIN';

/** What stands before a SHA-256 digest in a PKCS#1 v1.5 signature (RFC 8017, 9.2). */
const DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/**
 * Cards and tokens with a PKCS#11 module, through OpenSC's `pkcs11-tool`. The module is the card maker's code: it runs in the tool's process, a
 * new one for each step, so that one that hangs or crashes is ended and takes nobody along. Only a digest goes to the card. Steps
 * go one after another; a card does one thing at a time.
 */
export function pkcs11Token(options: Pkcs11Options): SigningToken {
  const limits = options.limits ?? usualLimits;
  /** Wrong PINs since the last right one, by token. */
  const wrongPins = new Map<string, number>();
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  };

  const run = async (
    args: readonly string[],
    limitMs: number,
    { signal }: TokenOptions,
    pin?: string,
  ): Promise<Result<string, TokenFailure | 'wrong-pin'>> => {
    const end = await runChild(options.command ?? 'pkcs11-tool', ['--module', options.module, ...args], {
      env: { ...process.env, ...options.env, ...(pin === undefined ? {} : { [PIN_VARIABLE]: pin }) },
      timers: options.timers ?? systemTimers,
      silenceLimitMs: limitMs,
      ...(options.spawn === undefined ? {} : { spawn: options.spawn }),
      ...(signal === undefined ? {} : { signal }),
    });
    switch (end.ended) {
      case 'tool-missing':
        return fail('token.tool-missing', { tool: options.command ?? 'pkcs11-tool' });
      case 'aborted':
        return fail('token.cancelled');
      case 'time-out':
        return fail('token.time-out');
      case 'exit':
        return end.exitCode === 0 ? ok(end.stdout) : err(failureOf(end.stderr));
    }
  };

  const ask = async (args: readonly string[], more: TokenOptions): Promise<Result<string, TokenFailure>> => {
    const answer = await run(args, limits.list, more);
    if (answer.ok) return answer;
    return answer.error === 'wrong-pin'
      ? fail('token.failed', { status: 'CKR_PIN_INCORRECT' })
      : err(answer.error);
  };

  const slots = async (more: TokenOptions): Promise<Result<TokenSlot[], TokenFailure>> => {
    const listed = await ask(['--list-token-slots'], more);
    if (!listed.ok) return listed;
    const found = parseSlots(listed.value);
    return found.length === 0 ? fail('token.not-found') : ok(found);
  };

  const certificatesIn = async (
    { slot, label, serial, pin }: TokenSlot,
    folder: string,
    more: TokenOptions,
  ): Promise<Result<TokenCertificate[], TokenFailure>> => {
    const certificate = ['--slot', slot, '--type', 'cert'];
    const listed = await ask(['--list-objects', ...certificate], more);
    if (!listed.ok) return listed;
    const read: { object: string; der: Uint8Array }[] = [];
    for (const object of parseObjectIds(listed.value)) {
      const file = join(folder, `${slot}-${object}`);
      const got = await ask(['--read-object', ...certificate, '--id', object, '--output-file', file], more);
      if (!got.ok) return got;
      read.push({ object, der: await readFile(file) });
    }
    const ders = read.map(({ der }) => der);
    const described = read.flatMap(
      ({ object, der }) =>
        describeCertificate(der, ders, { tokenLabel: label, tokenSerial: serial, object }, pin) ?? [],
    );
    // Those others are issued by are there for the chain; nobody signs with them.
    const above = new Set(
      described.flatMap(({ chain }) => chain.map((der) => Buffer.from(der).toString('hex'))),
    );
    return ok(described.filter((each) => !above.has(Buffer.from(each.certificate).toString('hex'))));
  };

  const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
    const folder = await mkdtemp(join(options.temporaryFolder ?? tmpdir(), 'virtuos-token-'));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  /** Counts a wrong PIN and asks the card how near it is to locking itself. */
  const wrongPin = async (place: TokenSlot, more: TokenOptions): Promise<TokenFailure> => {
    const key = `${place.label}\n${place.serial}`;
    const count = (wrongPins.get(key) ?? 0) + 1;
    wrongPins.set(key, count);
    const after = await slots(more);
    const state = after.ok && after.value.find((each) => isSame(each, place))?.pin;
    if (state === 'locked') return { code: 'token.locked' };
    return { code: state === 'last-try' ? 'token.wrong-pin-last-try' : 'token.wrong-pin', params: { count } };
  };

  return {
    certificates: (more = {}) =>
      inTurn(async () => {
        const found = await slots(more);
        if (!found.ok) return found;
        return inFolder(async (folder) => {
          const all: TokenCertificate[] = [];
          for (const slot of found.value) {
            const its = await certificatesIn(slot, folder, more);
            if (!its.ok) return its;
            all.push(...its.value);
          }
          return ok(all);
        });
      }),

    sign: ({ certificate: { certificate, place }, pin, data }, more = {}) =>
      inTurn(async () => {
        const kind = keyKind(certificate);
        if (kind === undefined) return fail('token.key-missing');
        const found = await slots(more);
        if (!found.ok) return found;
        const token = found.value.find(({ label, serial }) =>
          isSame({ label, serial }, { label: place.tokenLabel, serial: place.tokenSerial }),
        );
        if (token === undefined) return fail('token.not-found');
        if (token.pin === 'locked') return fail('token.locked');
        const digest = createHash('sha256').update(data).digest();
        return inFolder(async (folder) => {
          const [input, output] = [join(folder, 'input'), join(folder, 'output')];
          await writeFile(input, kind === 'rsa' ? Buffer.concat([DIGEST_INFO, digest]) : digest);
          const mechanism = kind === 'rsa' ? ['RSA-PKCS'] : ['ECDSA', '--signature-format', 'openssl'];
          const signed = await run(
            [
              ...[
                '--sign',
                '--slot',
                token.slot,
                '--id',
                place.object,
                '--login',
                '--pin',
                `env:${PIN_VARIABLE}`,
              ],
              ...['--mechanism', ...mechanism, '--input-file', input, '--output-file', output],
            ],
            limits.sign,
            more,
            pin,
          );
          if (!signed.ok)
            return err(signed.error === 'wrong-pin' ? await wrongPin(token, more) : signed.error);
          wrongPins.delete(`${token.label}\n${token.serial}`);
          return ok(new Uint8Array(await readFile(output)));
        });
      }),
  };
}

type Name = Pick<TokenSlot, 'label' | 'serial'>;
const isSame = (a: Name, b: Name): boolean => a.label === b.label && a.serial === b.serial;
