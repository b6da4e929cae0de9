/**
 * Group 4 coding of black and white pictures (ITU-T T.6): each row is told by where it differs from the row above, without
 * loss. What PDF calls CCITTFaxDecode with K = -1.
 */

/** Ink of a picture, one byte a pixel, row by row: 1 black, 0 white. */
export type InkImage = { data: Uint8Array; width: number; height: number };

/** Code words of runs (T.4, tables 2 and 3): of 0 to 63 pixels, then of 64, 128, … 1728. */
const WHITE = `00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101
  101010 101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 00000011
  00011010 00011011 00010010 00010011 00010100 00010101 00010110 00010111 00101000 00101001 00101010 00101011 00101100
  00101101 00000100 00000101 00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000 01011001
  01011010 01011011 01001010 01001011 00110010 00110011 00110100
  11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 011001101 011010010 011010011
  011010100 011010101 011010110 011010111 011011000 011011001 011011010 011011011 010011000 010011001 010011010 011000
  010011011`;
const BLACK = `0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000
  0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111 00000011000
  000011001010 000011001011 000011001100 000011001101 000001101000 000001101001 000001101010 000001101011 000011010010
  000011010011 000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 000011011010 000011011011
  000001010100 000001010101 000001010110 000001010111 000001100100 000001100101 000001010010 000001010011 000000100100
  000000110111 000000111000 000000100111 000000101000 000001011000 000001011001 000000101011 000000101100 000001011010
  000001100110 000001100111
  0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100 0000001101101
  0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 0000001110011 0000001110100 0000001110101
  0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 0000001011010 0000001011011
  0000001100100 0000001100101`;
/** Runs of 1792, 1856, … 2560 pixels of either colour. */
const LONG = `00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 000000010101 000000010110
  000000010111 000000011100 000000011101 000000011110 000000011111`;

type Code = { bits: number; length: number };
const code = (word: string): Code => ({ bits: Number.parseInt(word, 2), length: word.length });
const codes = (table: string): Code[] => table.split(/\s+/).map(code);

const LONGEST = 2560;
const RUNS = [codes(`${WHITE} ${LONG}`), codes(`${BLACK} ${LONG}`)] as const;
const PASS = code('0001');
const HORIZONTAL = code('001');
/** From three pixels to the left to three to the right of the change above (T.6, table 1). */
const VERTICAL = ['0000010', '000010', '010', '1', '011', '000011', '0000011'].map(code);
const END = code('000000000001');

/** A row of bits that grows. */
function createBits(expected: number) {
  let bytes = new Uint8Array(expected);
  let length = 0;
  let waiting = 0;
  let held = 0;
  return {
    put(of: Code | undefined): void {
      if (of === undefined) throw new Error('no such run');
      waiting = (waiting << of.length) | of.bits;
      held += of.length;
      while (held >= 8) {
        held -= 8;
        if (length === bytes.length) {
          const more = new Uint8Array(bytes.length * 2);
          more.set(bytes);
          bytes = more;
        }
        bytes[length] = waiting >> held;
        length += 1;
        waiting &= (1 << held) - 1;
      }
    },
    /** The bytes, the last one filled up with zeros. */
    end(): Uint8Array {
      if (held > 0) this.put({ bits: 0, length: 8 - held });
      return bytes.slice(0, length);
    },
  };
}

/** Where a row changes its colour, from white, ended by its width twice over: what is asked for past the end is the end. */
function changesOf({ data, width }: InkImage, row: number, into: Uint32Array): void {
  let count = 0;
  let colour = 0;
  const from = row * width;
  for (let x = 0; x < width; x += 1)
    if (data[from + x] !== colour) {
      into[count] = x;
      count += 1;
      colour ^= 1;
    }
  into.fill(width, count, count + 3);
}

/** The picture in Group 4, with the mark of its end. */
export function encodeG4(image: InkImage): Uint8Array {
  const { width, height } = image;
  const bits = createBits(4096);
  const putRun = (colour: number, run: number): void => {
    const table = colour === 0 ? RUNS[0] : RUNS[1];
    let left = run;
    for (; left > LONGEST + 63; left -= LONGEST) bits.put(table[63 + LONGEST / 64]);
    if (left > 63) bits.put(table[63 + (left >> 6)]);
    bits.put(table[left & 63]);
  };
  let above = new Uint32Array(width + 3).fill(width);
  let row = new Uint32Array(width + 3);
  for (let y = 0; y < height; y += 1) {
    changesOf(image, y, row);
    // a0, a1, a2, b1 and b2 of T.6, section 2.2.1; `next` counts the changes of this row that are told, `seen` those above.
    let a0 = -1;
    let next = 0;
    let seen = 0;
    while (a0 < width) {
      const colour = next & 1;
      const a1 = row[next] as number;
      // The first change above that lies to the right of a0 and to the colour a0 has not.
      while (seen > 0 && (above[seen - 1] as number) > a0) seen -= 1;
      while ((above[seen] as number) <= a0 && (above[seen] as number) < width) seen += 1;
      const b1At = (seen & 1) === colour ? seen : seen + 1;
      const b1 = above[b1At] as number;
      const b2 = b1 < width ? (above[b1At + 1] as number) : width;
      if (b2 < a1) {
        bits.put(PASS);
        a0 = b2;
      } else if (Math.abs(a1 - b1) <= 3) {
        bits.put(VERTICAL[a1 - b1 + 3]);
        a0 = a1;
        next += 1;
      } else {
        const a2 = a1 < width ? (row[next + 1] as number) : width;
        bits.put(HORIZONTAL);
        putRun(colour, a1 - Math.max(a0, 0));
        putRun(colour ^ 1, a2 - a1);
        a0 = a2;
        next += 2;
      }
    }
    [above, row] = [row, above];
  }
  bits.put(END);
  bits.put(END);
  return bits.end();
}
