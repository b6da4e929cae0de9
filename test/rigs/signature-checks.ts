/**
 * What tools that are not ours say of a signed PDF: pdfsig (poppler-utils, with the authorities in a database of
 * libnss3-tools), mutool (mupdf-tools), openssl. The tools are for `*.device.test.ts` and end-to-end tests only.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SigningAuthority } from './signing-authority.ts';

const run = promisify(execFile);

type Said = { ended: number; text: string };

async function say(command: string, args: readonly string[]): Promise<Said> {
  try {
    const { stdout, stderr } = await run(command, args, { encoding: 'latin1' });
    return { ended: 0, text: stdout + stderr };
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('code' in error) || !('stdout' in error))
      throw error;
    if (typeof error.code !== 'number') throw error;
    return { ended: error.code, text: `${error.stdout}${'stderr' in error ? error.stderr : ''}` };
  }
}

/** A signature of a file, taken out of it. */
export type Extracted = { byteRange: readonly number[]; cms: Buffer; signed: Buffer };

/** Finds signatures by their bytes alone, so that no parser of ours or of a library is trusted. */
export function extractSignatures(pdf: Uint8Array): Extracted[] {
  const bytes = Buffer.from(pdf);
  const text = bytes.toString('latin1');
  return [...text.matchAll(/\/ByteRange \[(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)].map((found) => {
    const byteRange = found.slice(1, 5).map(Number);
    const [start = 0, length = 0, second = 0, rest = 0] = byteRange;
    const padded = Buffer.from(text.slice(start + length + 1, second - 1), 'hex');
    return {
      byteRange,
      cms: padded.subarray(0, 4 + padded.readUInt16BE(2)),
      signed: Buffer.concat([bytes.subarray(start, start + length), bytes.subarray(second, second + rest)]),
    };
  });
}

/** A timestamp's token and what it must be about. */
export type Stamped = { token: Uint8Array; signature: Uint8Array };

/** The verdicts of all tools on one file. */
export type Verdicts = {
  pdfsig: Said;
  mutool: Said;
  /** Of each signature. */
  cms: Said[];
  /** Of the timestamp of each signature that has one. */
  timestamps: Said[];
};

/** A folder with the authorities as the tools want them. */
export async function signatureTools(authority: Pick<SigningAuthority, 'rootFile' | 'chainFile'>) {
  const folder = await mkdtemp(join(tmpdir(), 'signature-checks-'));
  const nss = join(folder, 'nss');
  await mkdir(nss);
  await run('certutil', ['-N', '-d', `sql:${nss}`, '--empty-password']);
  await run('certutil', [
    ...['-A', '-d', `sql:${nss}`, '-n', 'root', '-t', 'CT,C,C', '-i', authority.rootFile],
  ]);

  async function verifyCms({ cms, signed }: Extracted, index: number): Promise<Said> {
    const [signature, content] = [join(folder, `${index}.cms`), join(folder, `${index}.bin`)];
    await writeFile(signature, cms);
    await writeFile(content, signed);
    return say('openssl', [
      ...['cms', '-verify', '-binary', '-cades', '-inform', 'DER', '-in', signature, '-content', content],
      ...['-CAfile', authority.rootFile, '-purpose', 'any', '-out', '/dev/null'],
    ]);
  }

  /** The token in a signature's unsigned attributes and the signature it is about, found by `openssl asn1parse`. */
  async function timestampOf({ cms }: Extracted): Promise<Stamped | undefined> {
    const file = join(folder, 'stamped.cms');
    await writeFile(file, cms);
    const { text } = await say('openssl', ['asn1parse', '-inform', 'DER', '-in', file]);
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.includes('id-smime-aa-timeStampToken'));
    if (at < 0) return undefined;
    const part = (line = '') => {
      const [, offset, header, length] = line.match(/^\s*(\d+):d=\d+\s+hl=\s*(\d+)\s+l=\s*(\d+)/) ?? [];
      const content = Number(offset) + Number(header);
      return { from: Number(offset), content, to: content + Number(length) };
    };
    const token = part(lines.slice(at).find((line) => line.includes('cons: SEQUENCE')));
    const value = part(lines.slice(0, at).findLast((line) => line.includes('OCTET STRING')));
    return { token: cms.subarray(token.from, token.to), signature: cms.subarray(value.content, value.to) };
  }

  async function verifyTimestamp(stamped: Stamped): Promise<Said> {
    const [token, data] = [join(folder, 'token.tst'), join(folder, 'token.data')];
    await writeFile(token, stamped.token);
    await writeFile(data, stamped.signature);
    return say('openssl', [
      ...['ts', '-verify', '-token_in', '-in', token, '-data', data],
      ...['-CAfile', authority.rootFile, '-untrusted', authority.chainFile],
    ]);
  }

  return {
    folder,
    async verdicts(pdf: Uint8Array): Promise<Verdicts> {
      const file = join(folder, 'signed.pdf');
      await writeFile(file, pdf);
      const found = extractSignatures(pdf);
      const timestamps: Said[] = [];
      for (const extracted of found) {
        const stamped = await timestampOf(extracted);
        if (stamped !== undefined) timestamps.push(await verifyTimestamp(stamped));
      }
      return {
        pdfsig: await say('pdfsig', ['-nssdir', `sql:${nss}`, file]),
        mutool: await say('mutool', ['sign', '-v', file]),
        cms: await Promise.all(found.map(verifyCms)),
        timestamps,
      };
    },
    /** The material of the security store (DSS), taken out with mutool as a stranger would. */
    async material(pdf: Uint8Array): Promise<Record<'Certs' | 'CRLs' | 'OCSPs', string[]>> {
      const file = join(folder, 'material.pdf');
      await writeFile(file, pdf);
      const taken: Record<'Certs' | 'CRLs' | 'OCSPs', string[]> = { Certs: [], CRLs: [], OCSPs: [] };
      for (const key of ['Certs', 'CRLs', 'OCSPs'] as const) {
        const { text } = await say('mutool', ['show', file, `trailer/Root/DSS/${key}`]);
        for (const [index, [, object]] of [...text.matchAll(/(\d+) 0 R/g)].entries()) {
          const out = join(folder, `${key}-${index}.der`);
          await run('mutool', ['show', '-b', '-o', out, file, String(object)]);
          taken[key].push(out);
        }
      }
      return taken;
    },
    timestampOf,
    verifyTimestamp,
    say,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
