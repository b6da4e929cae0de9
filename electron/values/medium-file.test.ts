import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MediumPart, readMedium, sealingPublicKey, sealMedium } from './medium-file.ts';
import { signingKey } from './signed-note.ts';

const signer = signingKey(randomBytes(32));
const portalSeed = randomBytes(32);
const of = { to: 'portal', deskId: 'desk-1', number: 1, at: '2026-04-01T08:00:00.000Z' } as const;

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function* partsOf(parts: readonly { name: string; json?: string; blob?: Buffer }[]) {
  for (const { name, json, blob } of parts) {
    const part: MediumPart = blob
      ? { kind: 'blob', name, size: blob.length, content: inPieces(blob, 1000) }
      : { kind: 'json', name, text: json ?? '' };
    yield part;
  }
}
async function seal(parts: Parameters<typeof partsOf>[0]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const keys = { recipient: sealingPublicKey(portalSeed), signer, ephemeralSeed: randomBytes(32) };
  for await (const piece of sealMedium(of, keys, partsOf(parts))) pieces.push(piece);
  return Buffer.concat(pieces);
}
async function open(
  file: Buffer,
  own = { seed: portalSeed, to: 'portal' as 'portal' | 'desk' },
  piece = 777,
) {
  const seen: { name: string; json?: string; blob?: Buffer }[] = [];
  const result = await readMedium(inPieces(file, piece), own, () => signer.publicKey, {
    json: (name, json) => void seen.push({ name, json }),
    blob: async (name, _size, content) => {
      const pieces: Buffer[] = [];
      for await (const bytes of content) pieces.push(bytes);
      seen.push({ name, blob: Buffer.concat(pieces) });
    },
  });
  return { result, seen };
}

describe('a medium', () => {
  it('brings what was put on it, whatever its size', async () => {
    const part = fc.oneof(
      fc.record({ name: fc.constantFrom('leaves', 'effects'), json: fc.json() }),
      fc.record({
        name: fc.constant('blob'),
        blob: fc.integer({ min: 0, max: 200_000 }).map((length) => randomBytes(length)),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 5 }),
        fc.integer({ min: 1, max: 100_000 }),
        async (parts, size) => {
          const { result, seen } = await open(await seal(parts), undefined, Math.max(size, 100));
          expect(result).toMatchObject({ ok: true, value: of });
          expect(seen).toEqual(parts);
        },
      ),
      { numRuns: 40 },
    );
  });

  const sample = [
    { name: 'manifest', json: '{"a":1}' },
    { name: 'b'.repeat(64), blob: randomBytes(150_000) },
  ];

  it('is refused when a byte is changed, dropped or added anywhere', async () => {
    const file = await seal(sample);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: file.length - 1 }),
        fc.constantFrom('flip', 'cut', 'grow'),
        fc.integer({ min: 1, max: 255 }),
        async (at, how, by) => {
          const changed = Buffer.from(file);
          changed[at] = (changed[at] ?? 0) ^ by;
          const given =
            how === 'flip'
              ? changed
              : how === 'cut'
                ? file.subarray(0, at)
                : Buffer.concat([file, Buffer.from([by])]);
          const { result } = await open(given, undefined, 5000);
          expect(result.ok).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is refused by another recipient, in the other direction, and with another sender’s key', async () => {
    const file = await seal(sample);
    const code = async (...how: Parameters<typeof open>) => {
      const { result } = await open(...how);
      return result.ok ? 'ok' : result.error.code;
    };
    expect(await code(file, { seed: randomBytes(32), to: 'portal' })).toBe('medium.not-for-us');
    expect(await code(file, { seed: portalSeed, to: 'desk' })).toBe('medium.not-for-us');
    expect(await code(Buffer.from('%PDF-1.7\n…'))).toBe('medium.not-a-medium');
    expect(await code(Buffer.from('{"format":"virtuos-medium/2"}\n'))).toBe('medium.newer-format');
    const other = await readMedium(
      inPieces(file, 999),
      { seed: portalSeed, to: 'portal' },
      () => randomBytes(32),
      {
        json: () => {},
        blob: async () => {},
      },
    );
    expect(other).toEqual({ ok: false, error: { code: 'medium.wrong-signature' } });
  });

  it('shows nothing of its content', async () => {
    const file = await seal([{ name: 'effects', json: '{"surname":"Vzorová"}' }]);
    expect(file.includes(Buffer.from('Vzorov'))).toBe(false);
  });
});
