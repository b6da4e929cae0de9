import { z } from 'zod';
import type { Ear, EarEvent } from './ear-events.ts';
import { silenceMs } from './framing.ts';
import { longestCode, startsWith, textOf } from './learnt-framing.ts';

const hex = z.string().regex(/^(?:[0-9a-f]{2}){1,32}$/);
const text = z.strictObject({ cs: z.string().min(1), en: z.string().min(1) });

/** What a record of a read holds. `reply`: the answer to a command; `ignored`: what the desk has no use for. */
const recordKind = z.enum(['zone', 'code', 'version', 'reply', 'ignored']);

/**
 * A reader that sends records of several kinds, and may have to be told to read, as data. Two ways of telling records apart are
 * published: `tagged` records of one byte of tag, two of length (the higher first) and the content; and `marked` ones, a name, a colon and JSON
 * between fixed bytes.
 */
export const readerProtocol = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  name: text,
  note: text,
  /** Where the protocol is published. */
  source: z.string().min(1),
  /** Seen working with this desk. */
  proved: z.boolean(),
  line: z.strictObject({
    baudRate: z.int().min(300).max(921_600),
    dataBits: z.union([z.literal(7), z.literal(8)]),
    parity: z.enum(['none', 'even', 'odd']),
    stopBits: z.union([z.literal(1), z.literal(2)]),
  }),
  frame: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('tagged'),
      /** By the tag, two hexadecimal digits. */
      records: z.record(z.string().regex(/^[0-9a-f]{2}$/), recordKind),
    }),
    z.strictObject({
      kind: z.literal('marked'),
      start: hex,
      end: hex,
      /** The first that fits counts: the name before the colon, and a member of the JSON that has this value. */
      records: z.array(
        z.strictObject({
          name: z.string().min(1),
          when: z.strictObject({ member: z.string(), is: z.string() }).optional(),
          is: recordKind,
          /** The member that holds what was read. */
          content: z.string().min(1).optional(),
        }),
      ),
    }),
  ]),
  /** Commands in hexadecimal: sent when the line is there, and behind each read for the next one. */
  commands: z.strictObject({ onConnecting: z.array(hex), afterRead: z.array(hex) }),
});
export type ReaderProtocol = z.output<typeof readerProtocol>;
type RecordKind = z.output<typeof recordKind>;

/** A record may be a face in JSON: such ones are let through unread up to this size. */
const longestRecord = 1024 * 1024;
/** What is kept of a record. */
const keptOfRecord = 4 * longestCode;

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** Zones end their lines in several ways; `\r\n` may be written out in JSON too. */
const linesJoined = (content: string): string =>
  content
    .split(/[\r\n]+/)
    .filter((line) => line !== '')
    .join('\n');

export function protocolEar(protocol: ReaderProtocol): Ear {
  const { frame, commands } = protocol;
  const cut = frame.kind === 'tagged' ? taggedRecords(frame.records) : markedRecords(frame);
  const send = (list: readonly string[]): EarEvent[] =>
    list.map((command) => ({ type: 'send', bytes: bytes(command) }));

  const eventsOf = (records: readonly Cut[]): EarEvent[] =>
    records.flatMap((record): EarEvent[] => {
      if (record === 'nonsense') return [{ type: 'trouble', failure: { code: 'reader.nonsense' } }];
      if (record.is !== 'zone' && record.is !== 'code') return [];
      const content = record.is === 'zone' ? linesJoined(record.content) : record.content;
      const read: EarEvent =
        content === ''
          ? { type: 'trouble', failure: { code: 'reader.nothing-read' } }
          : content.length > longestCode
            ? { type: 'trouble', failure: { code: 'reader.too-long' } }
            : { type: 'read', text: content };
      return [read, ...send(commands.afterRead)];
    });

  return {
    bytes: (chunk) => eventsOf(cut.bytes(chunk)),
    silence: () => eventsOf(cut.silence()),
    quietMs: () => silenceMs,
  };
}

type Cut = { is: RecordKind; content: string } | 'nonsense';
type Cutter = { bytes(chunk: Uint8Array): Cut[]; silence(): Cut[] };

function taggedRecords(kinds: Readonly<Record<string, RecordKind>>): Cutter {
  let held: number[] = [];
  /** A tag nobody knows: everything up to the next silence is thrown away. */
  let lost = false;
  return {
    bytes: (chunk) => {
      const records: Cut[] = [];
      for (const byte of chunk) {
        if (lost) continue;
        held.push(byte);
        const [tag = 0, high = 0, low = 0] = held;
        const is = kinds[tag.toString(16).padStart(2, '0')];
        if (is === undefined || (held.length === 3 && high * 256 + low > keptOfRecord)) {
          records.push('nonsense');
          held = [];
          lost = true;
          continue;
        }
        if (held.length < 3 || held.length < 3 + high * 256 + low) continue;
        records.push({ is, content: textOf(Uint8Array.from(held.slice(3)), null) });
        held = [];
      }
      return records;
    },
    silence: () => {
      const isCutOff = held.length > 0;
      held = [];
      lost = false;
      return isCutOff ? ['nonsense'] : [];
    },
  };
}

type Marked = Extract<ReaderProtocol['frame'], { kind: 'marked' }>;

function markedRecords({ start, end, records }: Marked): Cutter {
  const [from, to] = [bytes(start), bytes(end)];
  let held: number[] = [];
  let recent: number[] = [];
  let total = 0;
  let told = false;

  const nonsense = (): Cut[] => {
    if (told) return [];
    told = true;
    return ['nonsense'];
  };
  const forget = (): void => {
    held = [];
    recent = [];
    total = 0;
  };
  const close = (): Cut[] => {
    const whole = Uint8Array.from(held);
    const wasKept = total === held.length;
    forget();
    // Larger than what is kept: a picture, which nobody asked for.
    if (!wasKept) return [];
    return startsWith(whole, from)
      ? (recordIn(whole.subarray(from.length, whole.length - to.length), records) ?? nonsense())
      : nonsense();
  };
  return {
    bytes: (chunk) => {
      const cut: Cut[] = [];
      for (const byte of chunk) {
        total += 1;
        if (held.length < keptOfRecord) held.push(byte);
        recent = [...recent, byte].slice(-to.length);
        if (to.every((mark, at) => recent[at] === mark)) cut.push(...close());
        else if (total > longestRecord) {
          forget();
          cut.push(...nonsense());
        }
      }
      return cut;
    },
    silence: () => {
      const isCutOff = held.length > 0;
      forget();
      const cut = isCutOff ? nonsense() : [];
      told = false;
      return cut;
    },
  };
}

/** The record between the marks; null: none, or none that is JSON. */
function recordIn(content: Uint8Array, records: Marked['records']): Cut[] | null {
  const [, name, json] = /^(\w+):([\s\S]*)$/.exec(textOf(content, null)) ?? [];
  if (name === undefined || json === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  const members = z.record(z.string(), z.unknown()).safeParse(value);
  if (!members.success) return null;
  const { data } = members;
  const fits = records.find(
    ({ name: wanted, when }) => wanted === name && (when === undefined || data[when.member] === when.is),
  );
  if (fits === undefined) return [];
  const read = fits.content === undefined ? '' : data[fits.content];
  return typeof read === 'string' ? [{ is: fits.is, content: read }] : null;
}
