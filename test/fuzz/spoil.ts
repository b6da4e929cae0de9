import type { Chance } from '../chaos/random.ts';

/** Spoils bytes as lines and bad programs do: changed, cut off, left out, put in, with wrong lengths, or nothing of them at all. */
export function spoiltBytes(chance: Chance, good: Uint8Array): Uint8Array {
  const below = (limit: number): number => chance.whole(0, limit - 1);
  if (below(8) === 0) return Uint8Array.from({ length: below(300) }, () => below(256));
  let bytes = Uint8Array.from(good);
  for (let count = 1 + below(3); count > 0; count -= 1) {
    const at = below(bytes.length + 1);
    switch (below(5)) {
      case 0:
        if (at < bytes.length) bytes[at] = below(256);
        break;
      case 1:
        bytes = bytes.slice(0, at);
        break;
      case 2:
        bytes = new Uint8Array(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(4))]));
        break;
      case 3:
        bytes = new Uint8Array(
          Buffer.concat([bytes.subarray(0, at), Uint8Array.of(below(256)), bytes.subarray(at)]),
        );
        break;
      default:
        // Lengths are where readers go wrong.
        if (at < bytes.length) bytes[at] = [0x80, 0x81, 0x82, 0x84, 0xff, 0x7f][below(6)] ?? 0;
    }
  }
  return bytes;
}
