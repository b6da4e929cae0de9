import { markName } from '../../values/line-marks.ts';
import { parseMrz } from '../../values/mrz.ts';
import { err, type Failure, ok, type Result } from '../../values/result.ts';
import { type CheckByte, checkByteOf, isAim, type LearntFraming, latin1 } from './learnt-framing.ts';
import { onesOf } from './line.ts';

/**
 * `learn-unclear`: what came is neither a zone that holds nor a known code nor a text between marks. `learn-contradiction`: two samples
 * were framed in different ways. `learn-more`: another document or code has to be read, because the samples so far fit several ways.
 * `learn-other-person`: somebody else's has to be read, because what stands around them all may be of the person they are of.
 */
export type LearnFailure = Failure<
  'reader.learn-unclear' | 'reader.learn-contradiction' | 'reader.learn-more' | 'reader.learn-other-person'
>;

/** Samples that teach nothing yet and are kept to be compared with the next one. */
export const wantsMore = ({ code }: LearnFailure): boolean =>
  code === 'reader.learn-more' || code === 'reader.learn-other-person';

const ETX = 0x03;
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** A sample taken apart. `content` is without the AIM identifier. */
type Parts = {
  start: Uint8Array;
  aim: Uint8Array;
  content: Uint8Array;
  end: Uint8Array;
  encoding: LearntFraming['encoding'];
  is: 'zone' | 'code';
  /** Of whom a document is: the day of birth, the same in all documents of a person. Of a code, its text. */
  of: string;
};

/**
 * How a reader sends, from what it sent: two samples or three. `known` are texts of codes that were read, where it is known which;
 * they tell a text before or after the code from the code itself. Pure.
 */
export function learnFraming(
  samples: readonly Uint8Array[],
  known: readonly string[] = [],
): Result<LearntFraming, LearnFailure> {
  const parts: Parts[] = [];
  for (const sample of samples) {
    const taken = partsOf(sample, known);
    if (taken === null) return err({ code: 'reader.learn-unclear' });
    parts.push(taken);
  }
  const [first] = parts;
  if (first === undefined || parts.length < 2) return err({ code: 'reader.learn-more' });
  if (parts.some(({ start, aim }) => !same(start, first.start) || aim.length > 0 !== first.aim.length > 0))
    return err({ code: 'reader.learn-contradiction' });
  const ending = endingOf(parts);
  if (!ending.ok) return ending;
  const encodings = new Set(parts.flatMap(({ encoding }) => encoding ?? []));
  if (encodings.size > 1 || first.start.length > 16 || ending.value.end.length > 32)
    return err({ code: 'reader.learn-contradiction' });
  if (mayBePersonal(parts, ending.value)) return err({ code: 'reader.learn-other-person' });
  const kinds = new Set(parts.map(({ is }) => is));
  return ok({
    start: hexOf(first.start),
    aim: first.aim.length > 0,
    ...ending.value,
    encoding: [...encodings][0] ?? null,
    reads: kinds.size > 1 ? 'both' : first.is,
  });
}

/**
 * Whether what stands around the samples may be data of the person they are of: a reader may send a name or a number behind the zone. What
 * is around documents of two persons is of neither, unless it stands in a zone as well (two of one family).
 */
function mayBePersonal(parts: readonly Parts[], { end, tail }: Ending): boolean {
  const [first] = parts;
  if (first === undefined) return false;
  const around = [first.start, Buffer.from(end, 'hex'), Buffer.from(tail, 'hex')].map(latin1);
  if (!around.some((marks) => /[A-Za-z0-9\x80-\xff]/.test(marks))) return false;
  if (new Set(parts.map(({ of }) => of)).size < 2) return true;
  const runs = around.flatMap((marks) => marks.toUpperCase().match(/[A-Z0-9]{3,}/g) ?? []);
  return parts.some(({ is, content }) => is === 'zone' && runs.some((run) => latin1(content).includes(run)));
}

function partsOf(sample: Uint8Array, known: readonly string[]): Parts | null {
  // Lines idle at zero put stray NULs on the wire when plugged in.
  const from = sample.findIndex((byte) => byte !== 0);
  const bytes = from < 0 ? new Uint8Array() : sample.subarray(from);
  return zoneIn(bytes) ?? knownIn(bytes, known) ?? betweenMarks(bytes);
}

const cut = (
  bytes: Uint8Array,
  from: number,
  to: number,
  rest: Pick<Parts, 'encoding' | 'is' | 'of'>,
): Parts => {
  const hasAim = from >= 3 && isAim(bytes.subarray(from - 3, from));
  const marks = hasAim ? from - 3 : from;
  return {
    start: bytes.subarray(0, marks),
    aim: bytes.subarray(marks, from),
    content: bytes.subarray(from, to),
    end: bytes.subarray(to),
    ...rest,
  };
};

// ICAO Doc 9303: three lines of 30, two of 36, two of 44; parted by a line end or in one run.
const zoneShapes = ['\r\n', '\r', '\n', ''].flatMap((parted) =>
  [
    [3, 30],
    [2, 44],
    [2, 36],
  ].map(([count = 0, width = 0]) => ({
    parted,
    length: count * width + (count - 1) * parted.length,
    count,
    width,
  })),
);
const zoneCharacter = /[A-Z0-9<]/;
/** Check digits are asked, and no date is judged by it: any day does. */
const anyDay = '2026-01-01';

/** The zone in a sample: where its check digits hold, so that letters before it are not taken for a part of it. */
function zoneIn(bytes: Uint8Array): Parts | null {
  const text = latin1(bytes.subarray(0, 512));
  /** How many characters of a zone stand side by side from each place on. */
  const run = new Uint16Array(text.length + 1);
  for (let at = text.length - 1; at >= 0; at -= 1)
    run[at] = zoneCharacter.test(text[at] ?? '') ? (run[at + 1] ?? 0) + 1 : 0;
  for (const { parted, length, count, width } of zoneShapes)
    for (let at = 0; at + length <= text.length; at += 1) {
      const places = Array.from({ length: count }, (_, line) => at + line * (width + parted.length));
      if (places.some((place) => (run[place] ?? 0) < width)) continue;
      const lines = places.map((place) => text.slice(place, place + width));
      if (lines.join(parted) !== text.slice(at, at + length)) continue;
      const read = parseMrz(lines.join('\n'), { today: anyDay });
      if (read.ok && read.value.checks.every(({ ok: holds, code }) => holds || code !== 'mrz.check-digit'))
        return cut(bytes, at, at + length, {
          encoding: null,
          is: 'zone',
          of: JSON.stringify(read.value.birthDate),
        });
    }
  return null;
}

const encodings = ['utf-8', 'windows-1250', 'iso-8859-2'] as const;

/** A known text in a sample, the longest first, in each way it can be written. */
function knownIn(bytes: Uint8Array, known: readonly string[]): Parts | null {
  for (const text of [...known].sort((one, other) => other.length - one.length))
    for (const encoding of encodings) {
      const written = encode(text, encoding);
      if (written === null || written.length === 0) continue;
      const at = Buffer.from(bytes).indexOf(written);
      if (at < 0) continue;
      const plain = written.every((byte) => byte < 0x80);
      return cut(bytes, at, at + written.length, {
        encoding: plain ? null : encoding,
        is: 'code',
        of: text,
      });
    }
  return null;
}

/** The bytes of a text; null where the encoding cannot write it. */
function encode(text: string, encoding: (typeof encodings)[number]): Uint8Array | null {
  if (encoding === 'utf-8') return new TextEncoder().encode(text);
  const table = tableOf(encoding);
  const bytes = [...text].map((letter) => table.get(letter));
  return bytes.some((byte) => byte === undefined) ? null : Uint8Array.from(bytes.map((byte) => byte ?? 0));
}

const tables = new Map<string, ReadonlyMap<string, number>>();
function tableOf(encoding: 'windows-1250' | 'iso-8859-2'): ReadonlyMap<string, number> {
  const made = tables.get(encoding);
  if (made !== undefined) return made;
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const table = new Map([...new TextDecoder(encoding).decode(all)].map((letter, byte) => [letter, byte]));
  tables.set(encoding, table);
  return table;
}

const isControl = (byte: number | undefined): boolean => byte !== undefined && byte < 0x20;

/** What stands between control characters, where nothing is known of the code. */
function betweenMarks(bytes: Uint8Array): Parts | null {
  let marksBefore = 0;
  while (isControl(bytes[marksBefore]) && bytes[marksBefore] !== ETX) marksBefore += 1;
  let to = bytes.length;
  while (to > marksBefore && isControl(bytes[to - 1])) to -= 1;
  // One letter between ETX and the line end, or the end, is a check byte.
  if (bytes[to - 2] === ETX) {
    to -= 2;
    while (to > marksBefore && isControl(bytes[to - 1])) to -= 1;
  }
  if (to === marksBefore || marksBefore > 16) return null;
  const hasAim = isAim(bytes.subarray(marksBefore, marksBefore + 3)) && to - marksBefore > 3;
  const from = marksBefore + (hasAim ? 3 : 0);
  const inside = bytes.subarray(from, to);
  const isPlain = inside.every((byte) => byte < 0x80);
  return cut(bytes, from, to, {
    encoding: isPlain ? null : isUtf8(inside) ? 'utf-8' : 'windows-1250',
    is: 'code',
    of: latin1(inside),
  });
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

type Ending = Pick<LearntFraming, 'end' | 'check' | 'tail'>;

const variants: CheckByte[] = (['xor', 'sum'] as const).flatMap((how) =>
  [false, true].flatMap((withStart) => [true, false].map((withEnd) => ({ how, withStart, withEnd }))),
);

/** What all samples end with: the same bytes, or the same but for a check byte behind ETX. */
function endingOf(parts: readonly Parts[]): Result<Ending, LearnFailure> {
  const [first] = parts;
  if (first === undefined) return err({ code: 'reader.learn-more' });
  const { end } = first;
  const mark = end.indexOf(ETX);
  const at = mark >= 0 && mark + 1 < end.length ? mark + 1 : null;
  const alike = (to: Uint8Array, but: number | null): boolean =>
    to.length === end.length && to.every((byte, place) => place === but || byte === end[place]);
  if (at === null)
    return parts.every((one) => alike(one.end, null))
      ? ok({ end: hexOf(end), check: null, tail: '' })
      : err({ code: 'reader.learn-contradiction' });
  if (!parts.every((one) => alike(one.end, at))) return err({ code: 'reader.learn-contradiction' });

  const fitting = variants.filter((check) =>
    parts.every(
      ({ start, aim, content, end: own }) =>
        checkByteOf(check, {
          start,
          content: Buffer.concat([aim, content]),
          end: own.subarray(0, at),
        }) === own[at],
    ),
  );
  const isConstant = parts.every((one) => alike(one.end, null));
  const isOneDocument = parts.every(
    ({ content, aim }) => same(content, first.content) && same(aim, first.aim),
  );
  const isLineEnd = end[at] === 0x0d || end[at] === 0x0a;
  // Without a mark before what was read, with or without it is the same.
  const ways = first.start.length === 0 ? fitting.filter(({ withStart }) => !withStart) : fitting;
  const checked = (check: CheckByte): Result<Ending, LearnFailure> =>
    ok({ end: hexOf(end.subarray(0, at)), check, tail: hexOf(end.subarray(at + 1)) });
  const [way, another] = ways;
  if (way !== undefined) {
    if (another !== undefined || (isLineEnd && isOneDocument)) return err({ code: 'reader.learn-more' });
    return checked(way);
  }
  if (isConstant && isLineEnd) return ok({ end: hexOf(end), check: null, tail: '' });
  return checked({ how: 'unknown', withStart: false, withEnd: false });
}

/** The line a burst came over, if it was read as eight bits without parity; null: at this speed it makes no sense. */
export function lineOf(
  burst: Uint8Array,
): { dataBits: 7 | 8; parity: 'none' | 'even' | 'odd'; bytes: Uint8Array } | null {
  const bytes = burst.filter((byte) => byte !== 0);
  // Seven bits with parity are eight bits on the line, and the eighth says which parity.
  const high = bytes.filter((byte) => byte > 0x7f).length;
  const odd = bytes.filter((byte) => onesOf(byte) % 2 === 1).length;
  const stripped = bytes.map((byte) => byte & 0x7f);
  if (high > 0 && bytes.length >= 8 && isText(stripped)) {
    if (odd === 0) return { dataBits: 7, parity: 'even', bytes: stripped };
    if (odd === bytes.length) return { dataBits: 7, parity: 'odd', bytes: stripped };
  }
  return isText(bytes) ? { dataBits: 8, parity: 'none', bytes } : null;
}

/** Marks readers use around and inside of what they read: STX, ETX, EOT, TAB, LF, CR, FS, GS, RS, US; a check byte may be anything. */
const marks = new Set([0x02, 0x03, 0x04, 0x09, 0x0a, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f]);

/** Letters with few exceptions, as documents and codes are: a wrong speed makes bytes of every kind. */
export function isText(bytes: Uint8Array): boolean {
  const strange = bytes.filter((byte) => byte < 0x20 && !marks.has(byte)).length;
  const high = bytes.filter((byte) => byte > 0x7e).length;
  if (bytes.length < 4 || strange > 1) return false;
  return high <= 1 || isUtf8(bytes) || high * 3 <= bytes.length;
}

/** What a sample may be shown as: its marks by name, everything else only counted. */
export type Blanked = { mark: string } | { hidden: number };

export function blanked(sample: Uint8Array): Blanked[] {
  const shown: Blanked[] = [];
  for (const byte of sample) {
    const mark = markName(byte);
    const last = shown.at(-1);
    if (mark !== undefined) shown.push({ mark });
    else if (last !== undefined && 'hidden' in last) last.hidden += 1;
    else shown.push({ hidden: 1 });
  }
  // A page of marks tells nobody anything.
  return shown.slice(0, 24);
}
