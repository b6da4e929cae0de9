import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append } from '../electron/journal/append.ts';
import { keepCosignature, makeCheckpoint } from '../electron/journal/checkpoint.ts';
import { openEpoch } from '../electron/journal/epoch.ts';
import { exportEntry, exportLog } from '../electron/journal/export.ts';
import { erasePayload } from '../electron/journal/read.ts';
import { receiptCode, symbolBytes, toBase45 } from '../electron/journal/receipt.ts';
import type { Store } from '../electron/store/open.ts';
import { temporaryStore, testClock } from '../electron/store/testing/temporary-store.ts';
import { systemRandom } from '../electron/values/ids.ts';
import {
  cosign,
  deskOrigin,
  parseNote,
  signingKey,
  verifierText,
  witnessText,
} from '../electron/values/signed-note.ts';
import { fromBase45 } from './receipt.mjs';
import { growTree, hashLeaf, hashNode, proofHolds, rootOfPath } from './tree.mjs';
import { run } from './verify.mjs';

const DESK = '0199c0de-c1e7-7000-8000-000000000001';
const name = deskOrigin(DESK);
const first = { name, key: signingKey(new Uint8Array(32).fill(1)) };
const second = { name, key: signingKey(new Uint8Array(32).fill(2)) };
const portal = { name: 'virtuos-portal/abc', key: signingKey(new Uint8Array(32).fill(3)) };
const stranger = { name, key: signingKey(new Uint8Array(32).fill(4)) };
const publicOf = (signer: typeof first) => ({ name: signer.name, publicKey: signer.key.publicKey });
const witness = witnessText(publicOf(portal));
const clock = testClock();

let store: Store;
let remove: () => void;
let folder: string;
let whole: string[];
let receipt: string;
beforeAll(() => {
  ({ store, remove } = temporaryStore());
  folder = mkdtempSync(join(tmpdir(), 'virtuos-verify-'));
  const entry = (count: number, ids = {}): void =>
    store.write((tx) => {
      clock.advance(1000);
      append(
        tx,
        { clock, random: systemRandom, desk: DESK },
        { kind: 'fee-paid', actId: `act-${count}`, clerk: 'clerk', role: 'clerk', ids, payload: { count } },
      );
    });
  const checkpoint = (signer: typeof first, seen: boolean) =>
    store.write((tx) => {
      const made = makeCheckpoint(tx, signer, { reason: 'sync', at: clock.now() });
      const { size, keyId } = made;
      const text = parseNote(made.note)?.text ?? '';
      if (seen)
        keepCosignature(tx, {
          size,
          keyId,
          cosignature: cosign(portal, text, clock.now()),
          portal: publicOf(portal),
        });
      return made;
    });
  for (let count = 1; count <= 12; count += 1) {
    entry(count);
    if (count === 4) checkpoint(first, true);
    if (count === 9) checkpoint(first, true);
  }
  const named = store.read((tx) =>
    tx.get<{ root_hash: Uint8Array }>('SELECT root_hash FROM journal_checkpoints WHERE size = 9'),
  );
  const ids = store.write((tx) =>
    openEpoch(tx, { names: { size: 9, rootHash: Buffer.from(named?.root_hash ?? []) }, at: clock.now() }),
  );
  entry(13, ids);
  for (let count = 14; count <= 20; count += 1) entry(count);
  const last = checkpoint(second, true);
  store.write((tx) => erasePayload(tx, 7, clock.now().toISOString()));
  receipt = store.read((tx) => receiptCode(tx, { deskId: DESK, sequence: 14, checkpoint: last }));
  whole = [...exportLog(store.read, { deskId: DESK, payloads: true, witness, at: clock.now() })]
    .join('')
    .split('\n')
    .slice(0, -1);
});
afterAll(() => {
  remove();
  rmSync(folder, { recursive: true, force: true });
});

let files = 0;
function fileOf(lines: readonly string[]): string {
  files += 1;
  const path = join(folder, `log-${files}.jsonl`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
/** What is found in an export: `code entry-or-size`. */
async function found(lines: readonly string[], ...more: string[]): Promise<string[]> {
  const { findings } = await run([fileOf(lines), ...more]);
  return findings.map(({ code, entry, to, size }) =>
    [code, entry ?? size, to].filter((one) => one !== undefined).join(' '),
  );
}
const at = (sequence: number, lines = whole): number => {
  const leaf = lines.findIndex((line) => {
    const text = JSON.parse(line).leaf;
    return typeof text === 'string' && Buffer.from(text, 'base64').includes(`"sequence":${sequence},`);
  });
  expect(leaf).toBeGreaterThan(0);
  return leaf;
};
const checkpointAt = (size: number): number => whole.findIndex((line) => line.includes(`\\n${size}\\n`));
/** The export with one line another one. */
const edited = (index: number, edit: (line: Record<string, unknown>) => Record<string, unknown>): string[] =>
  whole.map((line, place) => (place === index ? JSON.stringify(edit(JSON.parse(line))) : line));
const without = (...indexes: number[]): string[] => whole.filter((_, index) => !indexes.includes(index));
const changedLeaf = (sequence: number, isHashToo: boolean): string[] =>
  edited(at(sequence), (line) => {
    const leaf = Buffer.from(String(line['leaf']), 'base64')
      .toString()
      .replace('"role":"clerk"', '"role":"other"');
    const bytes = Buffer.from(leaf);
    return {
      ...line,
      leaf: bytes.toString('base64'),
      ...(isHashToo && { hash: hashLeaf(bytes).toString('base64') }),
    };
  });

describe('an exported log', () => {
  it('is valid as it left the desk, erased contents and a new epoch included', async () => {
    expect(await found(whole)).toEqual([]);
    const { exitCode, lines } = await run([fileOf(whole)]);
    expect(exitCode).toBe(0);
    expect(lines.join('\n')).toMatch(/entries: 20 \(1–20\), erased contents: 1/);
    expect(lines.join('\n')).toMatch(/checkpoints: 3, countersigned: 3 \(up to 20\)/);
    expect(lines.at(-1)).toMatch(/^log\.valid: PLATNÝ.* \/ VALID/);
  });

  it('may be a part, which goes on from what was before it', async () => {
    for (const from of [1, 2, 5, 8, 10, 13, 20]) {
      const part = [
        ...exportLog(store.read, { deskId: DESK, from, payloads: false, witness, at: clock.now() }),
      ];
      expect(await found(part.join('').split('\n').slice(0, -1)), `from ${from}`).toEqual([]);
    }
    const part = [
      ...exportLog(store.read, { deskId: DESK, from: 10, payloads: false, witness, at: clock.now() }),
    ];
    const spoilt = part.join('').split('\n').slice(0, -1);
    // Another character than the one that is there, whichever that is.
    spoilt[1] =
      spoilt[1]?.replace(/"hashes":\["(.)/, (_, first) => `"hashes":["${first === 'z' ? 'y' : 'z'}`) ?? '';
    expect(spoilt[1]).not.toBe(part[1]?.trimEnd());
    expect((await found(spoilt)).length).toBeGreaterThan(0);
  });

  it('may be one entry with its proof', async () => {
    const text =
      store.read((tx) => exportEntry(tx, 3, { deskId: DESK, payloads: true, witness, at: clock.now() })) ??
      '';
    const lines = text.split('\n').slice(0, -1);
    expect(await found(lines)).toEqual([]);
    const path = JSON.parse(lines[3] ?? '');
    path.inclusion.path.reverse();
    expect(await found(lines.with(3, JSON.stringify(path)))).toEqual(['inclusion.bad 3']);
  });

  it.each([
    ['changed, with its hash left', () => changedLeaf(6, false), ['entry.changed 6']],
    ['changed, with its hash too', () => changedLeaf(6, true), ['entry.changed-among 5 9']],
    ['missing', () => without(at(6)), ['entry.missing 6']],
    ['missing at the end', () => without(at(20)), ['entry.missing 20']],
    ['there twice', () => whole.toSpliced(at(6), 0, whole[at(6)] ?? ''), ['entry.doubled 6']],
    [
      'swapped',
      () => whole.with(at(6), whole[at(7)] ?? '').with(at(7), whole[at(6)] ?? ''),
      ['entry.reordered 6'],
    ],
    [
      'no entry',
      () => edited(at(6), (line) => ({ ...line, leaf: 'AAAA' })),
      ['payload.changed 6', 'entry.unreadable 6', 'entry.changed 6'],
    ],
    [
      'another content',
      () => edited(at(6), (line) => ({ ...line, payload: Buffer.from('{"count":7}').toString('base64') })),
      ['payload.changed 6'],
    ],
    ['half a content', () => edited(at(6), ({ salt: _, ...line }) => line), ['payload.changed 6']],
  ])('has an entry that is %s', async (_name, lines, expected) => {
    // The one thing that is wrong, and nothing that follows of it.
    expect((await found(lines())).filter((one) => !one.startsWith('checkpoint.differs'))).toEqual(expected);
    expect((await run([fileOf(lines())])).exitCode).toBe(1);
  });

  it('has a signature that is bad', async () => {
    const swap = (text: string): string =>
      text.replace(/([A-Za-z0-9+/])(.{20}=*\n)$/, (_all, one, rest) => (one === 'A' ? 'B' : 'A') + rest);
    const note = edited(checkpointAt(9), (line) => ({
      ...line,
      checkpoint: swap(String(line['checkpoint'])),
    }));
    expect(await found(note)).toEqual(expect.arrayContaining(['signature.bad 9']));
    const line = edited(checkpointAt(9), (one) => ({
      ...one,
      cosignature: swap(String(one['cosignature'])),
    }));
    expect(await found(line)).toEqual(['cosignature.bad 9']);
    const size = edited(checkpointAt(9), (one) => ({
      ...one,
      checkpoint: String(one['checkpoint']).replace('\n9\n', '\n8\n'),
    }));
    expect(await found(size)).toContain('signature.bad 8');
  });

  it('is not believed when it was written anew and signed with another key', async () => {
    const known = ['--key', verifierText(publicOf(first)), '--key', verifierText(publicOf(second))];
    expect(await found(whole, ...known, '--witness', witness)).toEqual([]);
    expect(await found(whole, '--key', verifierText(publicOf(stranger)))).toContain(
      'signature.unknown-key 4',
    );
    expect(await found(whole, '--key', verifierText(publicOf(first)))).toEqual(['signature.unknown-key 20']);
  });

  it('proves nothing without a signature: whatever it says is not called valid', async () => {
    const isSigned = (line: string): boolean => JSON.parse(line).checkpoint !== undefined;
    const unsigned = changedLeaf(11, true).filter((line) => !isSigned(line));
    const { valid, exitCode, findings, lines } = await run([fileOf(unsigned)]);
    expect({ valid, exitCode, findings }).toEqual({ valid: false, exitCode: 2, findings: [] });
    expect(lines.at(-1)).toMatch(/^log\.unproved: NEDOLOŽENO/);
    const empty = [JSON.stringify({ ...JSON.parse(whole[0] ?? ''), to: 0 }), '{"end":{"entries":0}}'];
    expect((await run([fileOf(empty)])).exitCode).toBe(2);
    // Nor is what stands behind the last one.
    const end = changedLeaf(15, true).filter((line) => !isSigned(line) || line.includes('\\n9\\n'));
    const tail = await run([fileOf(end)]);
    expect(tail.lines.at(-1)).toMatch(/^log\.valid-to: PLATNÝ do záznamu 9/);
    expect(JSON.parse((await run([fileOf(end), '--json'])).lines[0] ?? '')).toMatchObject({
      valid: true,
      validTo: 9,
    });
  });

  it('says where a key comes from that nobody gave', async () => {
    const notes = async (...more: string[]) =>
      (await run([fileOf(whole), ...more])).lines.filter((line) => line.includes('from-file'));
    const known = ['--key', verifierText(publicOf(first)), '--key', verifierText(publicOf(second))];
    expect(await notes()).toHaveLength(1);
    expect(await notes(...known)).toEqual([expect.stringMatching(/^witness\.from-file/)]);
    expect(await notes(...known, '--witness', witness)).toEqual([]);
  });

  it('is found to be cut off, wherever that is', async () => {
    expect(await found(whole.slice(0, -1))).toContain('export.cut-short 20');
    expect(await found(whole.slice(0, 10))).toEqual(['export.cut-short 8', 'entries.missing 9 20']);
    // Also when the file was told that it ends there.
    const shorter = [
      JSON.stringify({ ...JSON.parse(whole[0] ?? ''), to: 18 }),
      ...without(0, at(19), at(20), whole.length - 1),
      JSON.stringify({ end: { entries: 18 } }),
    ];
    expect(await found(shorter)).toEqual(['entry.missing 19']);
  });

  it('is valid in no other way: any changed character of what is proved is found', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 19 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (entry, place, by) => {
          const lines = edited(at(entry + 1), (line) => {
            const bytes = Buffer.from(String(line['leaf']), 'base64');
            const where = place % bytes.length;
            bytes[where] = (bytes[where] ?? 0) ^ by;
            return { ...line, leaf: bytes.toString('base64'), hash: hashLeaf(bytes).toString('base64') };
          });
          expect((await found(lines)).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is told apart from any other file', async () => {
    expect((await run([fileOf(['nothing'])])).exitCode).toBe(2);
    expect((await run([fileOf(['{"format":"other"}'])])).exitCode).toBe(2);
    expect((await run([join(folder, 'none')])).exitCode).toBe(2);
    expect((await run([])).exitCode).toBe(2);
  });

  it('is verified by the command, which says so with its exit code', () => {
    const command = (...args: string[]) =>
      spawnSync(process.execPath, [new URL('./verify.mjs', import.meta.url).pathname, ...args], {
        encoding: 'utf8',
      });
    expect(command(fileOf(whole))).toMatchObject({ status: 0 });
    const bad = command(fileOf(without(at(6))), '--json');
    expect(bad.status).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      valid: false,
      findings: [{ code: 'entry.missing', entry: 6 }],
    });
  });
});

describe('a receipt’s code', () => {
  const keys = ['--key', verifierText(publicOf(second))];
  const codes = async (...args: string[]) => (await run(args)).findings.map(({ code }) => code);

  it('shows its act with the key alone, and with the log', async () => {
    expect(await codes('--receipt', receipt, ...keys)).toEqual([]);
    expect(await codes('--receipt', receipt, fileOf(whole))).toEqual([]);
    expect((await run(['--receipt', receipt, ...keys])).lines).toEqual([
      'receipt.valid: PLATNÝ: úkon 14 je v deníku / VALID: the act 14 is in the log',
    ]);
    expect(symbolBytes(receipt)).toBeLessThanOrEqual(700);
  });

  it('shows nothing with another key, another log, or another character', async () => {
    expect(await codes('--receipt', receipt, '--key', verifierText(publicOf(first)))).toEqual([
      'receipt.unknown-key',
    ]);
    expect(await codes('--receipt', receipt, fileOf(changedLeaf(14, true)))).toContain('receipt.other-log');
    expect(await codes('--receipt', 'VC1:NOTHING', ...keys)).toEqual(['receipt.unreadable']);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: receipt.length - 5 }),
        fc.constantFrom(...'0123456789ABCXYZ$%'),
        async (place, character) => {
          const other = receipt.slice(0, place + 4) + character + receipt.slice(place + 5);
          if (other !== receipt) expect(await codes('--receipt', other, ...keys)).not.toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is at most 700 bytes of a symbol', () => {
    const longest = `VC1:${toBase45(Buffer.alloc(125 + 17 * 32))}`;
    expect(symbolBytes(longest)).toBeLessThanOrEqual(700);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(fromBase45(toBase45(bytes))?.equals(bytes)).toBe(true);
      }),
    );
    // RFC 9285 § 4.3.
    expect(toBase45(Buffer.from('Hello!!'))).toBe('%69 VD92EX0');
  });
});

describe('the verifier’s own tree', () => {
  // The leaves and the root every implementation is tested with.
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map((hex) => Buffer.from(hex, 'hex'));
  it('goes on from the subtrees of what was before to the same roots', () => {
    const hashes = Array.from({ length: 70 }, (_, index) => hashLeaf(Buffer.from([index])));
    const whole = growTree(null);
    for (const hash of hashes) whole.add(hash);
    /** The root over leaves by the definition (RFC 6962 § 2.1). */
    const rootOf = (from: number, to: number): Buffer => {
      const [only] = hashes.slice(from, from + 1);
      if (to - from === 1 && only) return only;
      let half = 1;
      while (half * 2 < to - from) half *= 2;
      return hashNode(rootOf(from, from + half), rootOf(from + half, to));
    };
    for (let before = 1; before < 70; before += 1) {
      const parts: Buffer[] = [];
      for (let at = 0, bit = 64; bit >= 1; bit /= 2)
        if ((before & bit) !== 0) {
          parts.push(rootOf(at, at + bit));
          at += bit;
        }
      const tree = growTree({ size: before, hashes: parts });
      for (const hash of hashes.slice(before)) tree.add(hash);
      for (let size = before; size <= 70; size += 1) {
        expect(tree.rootAt(size)).toEqual(rootOf(0, size));
        expect(whole.rootAt(size)).toEqual(rootOf(0, size));
      }
      expect(tree.rootAt(before - 1)).toBeUndefined();
      expect(tree.rootAt(71)).toBeUndefined();
      expect(tree.leafAt(0)).toEqual(hashes[before]);
      expect(tree.leafAt(70 - before)).toBeUndefined();
      expect(() => growTree({ size: before, hashes: [...parts, ...parts] })).toThrow();
    }
  });
  it('has the known roots and takes the known proofs', () => {
    const tree = growTree(null);
    expect(tree.rootAt(0)?.toString('hex')).toBe(createHash('sha256').digest('hex'));
    for (const leaf of leaves) tree.add(hashLeaf(leaf));
    const roots = leaves.map((_, index) => tree.rootAt(index + 1));
    expect(roots.map((root) => root?.toString('hex').slice(0, 8))).toEqual([
      '6e340b9c',
      'fac54203',
      'aeb6bcfe',
      'd37ee418',
      '4e3bbb1f',
      '76e67dad',
      'ddb89be4',
      '5dc9da79',
    ]);
    const path = [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ].map((hex) => Buffer.from(hex, 'hex'));
    expect(rootOfPath(hashLeaf(leaves[5] ?? Buffer.of()), 5, 8, path)).toEqual(roots[7]);
    const consistency = [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ].map((hex) => Buffer.from(hex, 'hex'));
    const [, , , , , six, , eight] = roots;
    if (!six || !eight) throw new Error('not there');
    expect(proofHolds(6, six, 8, eight, consistency)).toBe(true);
    expect(proofHolds(5, six, 8, eight, consistency)).toBe(false);
    expect(proofHolds(6, six, 8, eight, consistency.toReversed())).toBe(false);
  });
});
