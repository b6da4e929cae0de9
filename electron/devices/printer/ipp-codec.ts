import { fail, ok, type Result } from '../../values/result.ts';

/**
 * The binary form of IPP requests and answers (RFC 8010, section 3), as much as the printer driver needs: every value
 * type is read; nothing is interpreted beyond its type. Bytes from a printer are untrusted: reading never throws and
 * never takes longer than the bytes are long.
 */

/** Attribute group tags (RFC 8010, 3.5.1). */
export const groupTag = { operation: 0x01, job: 0x02, printer: 0x04, unsupported: 0x05 } as const;
const endOfAttributes = 0x03;

// Value tags (RFC 8010, 3.5.2).
const textTags = {
  text: 0x41,
  name: 0x42,
  keyword: 0x44,
  uri: 0x45,
  uriScheme: 0x46,
  charset: 0x47,
  naturalLanguage: 0x48,
  mimeMediaType: 0x49,
} as const;
const localizedTags = { textWithLanguage: 0x35, nameWithLanguage: 0x36 } as const;
const integerTags = { integer: 0x21, enum: 0x23 } as const;
const outOfBandTags = { unsupported: 0x10, unknown: 0x12, 'no-value': 0x13 } as const;
const booleanTag = 0x22;
const resolutionTag = 0x32;
const rangeTag = 0x33;
const begCollection = 0x34;
const endCollection = 0x37;
const memberAttrName = 0x4a;

export type IppValue =
  | { type: keyof typeof textTags; text: string }
  | { type: keyof typeof localizedTags; language: string; text: string }
  | { type: keyof typeof integerTags; integer: number }
  | { type: 'boolean'; boolean: boolean }
  /** `units`: 3 = dots per inch, 4 = per centimetre. */
  | { type: 'resolution'; crossFeed: number; feed: number; units: number }
  | { type: 'range'; lower: number; upper: number }
  | { type: 'collection'; members: IppAttribute[] }
  | { type: keyof typeof outOfBandTags }
  /** Octet strings, dates (RFC 2579 DateAndTime) and whatever tag is not known. */
  | { type: 'octets'; tag: number; octets: Uint8Array };

export type IppAttribute = { name: string; values: IppValue[] };
export type IppGroup = { tag: number; attributes: IppAttribute[] };

/** `code`: the operation of a request, the status of an answer. */
export type IppMessage = {
  version: [number, number];
  code: number;
  requestId: number;
  groups: IppGroup[];
  data: Uint8Array;
};

export type MalformedIpp = { code: 'printer.answer-malformed'; params?: Record<string, string | number> };

const tagName = <T extends Record<string, number>>(tags: T, tag: number): keyof T | undefined =>
  Object.keys(tags).find((name) => tags[name] === tag);

/** Collections may hold collections; media-col is three deep. */
const deepest = 16;

// ---- writing ----

const u8 = (value: number): Buffer => Buffer.from([value & 0xff]);
const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value & 0xffff);
  return bytes;
};
const i32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
};

const sized = (bytes: Uint8Array): Buffer => {
  // A longer one would shift everything after it; lengths are the caller's to keep (names and texts of ours are short).
  if (bytes.length > 0x7fff) throw new RangeError('an IPP value is at most 32767 octets long');
  return Buffer.concat([u16(bytes.length), bytes]);
};

const sizedText = (text: string): Buffer => sized(Buffer.from(text, 'utf8'));

const valueBytes = (value: IppValue): { tag: number; body: Buffer; after?: Buffer } => {
  switch (value.type) {
    case 'integer':
    case 'enum':
      return { tag: integerTags[value.type], body: i32(value.integer) };
    case 'boolean':
      return { tag: booleanTag, body: u8(value.boolean ? 1 : 0) };
    case 'resolution':
      return {
        tag: resolutionTag,
        body: Buffer.concat([i32(value.crossFeed), i32(value.feed), u8(value.units)]),
      };
    case 'range':
      return { tag: rangeTag, body: Buffer.concat([i32(value.lower), i32(value.upper)]) };
    case 'textWithLanguage':
    case 'nameWithLanguage':
      return {
        tag: localizedTags[value.type],
        body: Buffer.concat([sizedText(value.language), sizedText(value.text)]),
      };
    case 'collection':
      return {
        tag: begCollection,
        body: Buffer.alloc(0),
        after: Buffer.concat([
          ...value.members.map((member) =>
            Buffer.concat([
              u8(memberAttrName),
              u16(0),
              sizedText(member.name),
              ...member.values.map((one) => valueField('', one)),
            ]),
          ),
          u8(endCollection),
          u16(0),
          u16(0),
        ]),
      };
    case 'unsupported':
    case 'unknown':
    case 'no-value':
      return { tag: outOfBandTags[value.type], body: Buffer.alloc(0) };
    case 'octets':
      return { tag: value.tag, body: Buffer.from(value.octets) };
    default:
      return { tag: textTags[value.type], body: Buffer.from(value.text, 'utf8') };
  }
};

const valueField = (name: string, value: IppValue): Buffer => {
  const { tag, body, after } = valueBytes(value);
  return Buffer.concat([u8(tag), sizedText(name), sized(body), after ?? Buffer.alloc(0)]);
};

/** Further values of an attribute are written with an empty name (RFC 8010, 3.1.5). */
const attributeBytes = ({ name, values }: IppAttribute): Buffer =>
  Buffer.concat(values.map((value, index) => valueField(index === 0 ? name : '', value)));

export const encodeIpp = (message: IppMessage): Buffer =>
  Buffer.concat([
    u8(message.version[0]),
    u8(message.version[1]),
    u16(message.code),
    i32(message.requestId),
    ...message.groups.map((group) => Buffer.concat([u8(group.tag), ...group.attributes.map(attributeBytes)])),
    u8(endOfAttributes),
    message.data,
  ]);

// ---- reading ----

type Reader = { bytes: Buffer; at: number };

/** Thrown inside this module only: `decodeIpp` turns it into a failure. */
class Malformed extends Error {}

const take = (reader: Reader, length: number): Buffer => {
  if (reader.at + length > reader.bytes.length) throw new Malformed('cut short');
  const part = reader.bytes.subarray(reader.at, reader.at + length);
  reader.at += length;
  return part;
};

const peek = (reader: Reader): number => {
  const byte = reader.bytes[reader.at];
  if (byte === undefined) throw new Malformed('cut short');
  return byte;
};

const takeSized = (reader: Reader): Buffer => take(reader, take(reader, 2).readUInt16BE());

const expectLength = (body: Buffer, length: number): Buffer => {
  if (body.length !== length) throw new Malformed('wrong length');
  return body;
};

const localized = (body: Buffer): { language: string; text: string } => {
  const inner: Reader = { bytes: body, at: 0 };
  const language = takeSized(inner).toString('utf8');
  const text = takeSized(inner).toString('utf8');
  if (inner.at !== body.length) throw new Malformed('wrong length');
  return { language, text };
};

const collection = (reader: Reader, depth: number): IppAttribute[] => {
  if (depth > deepest) throw new Malformed('too deep');
  const members: IppAttribute[] = [];
  for (;;) {
    const tag = peek(reader);
    reader.at += 1;
    takeSized(reader);
    const body = takeSized(reader);
    if (tag === endCollection) return members;
    if (tag === memberAttrName) {
      members.push({ name: body.toString('utf8'), values: [] });
      continue;
    }
    const member = members.at(-1);
    if (!member) throw new Malformed('member without a name');
    member.values.push(readValue(reader, tag, body, depth));
  }
};

const readValue = (reader: Reader, tag: number, body: Buffer, depth: number): IppValue => {
  const text = tagName(textTags, tag);
  if (text) return { type: text, text: body.toString('utf8') };
  const integer = tagName(integerTags, tag);
  if (integer) return { type: integer, integer: expectLength(body, 4).readInt32BE() };
  const local = tagName(localizedTags, tag);
  if (local) return { type: local, ...localized(body) };
  const outOfBand = tagName(outOfBandTags, tag);
  if (outOfBand) return { type: outOfBand };
  switch (tag) {
    case booleanTag:
      return { type: 'boolean', boolean: expectLength(body, 1)[0] !== 0 };
    case resolutionTag:
      expectLength(body, 9);
      return {
        type: 'resolution',
        crossFeed: body.readInt32BE(0),
        feed: body.readInt32BE(4),
        units: body.readUInt8(8),
      };
    case rangeTag:
      expectLength(body, 8);
      return { type: 'range', lower: body.readInt32BE(0), upper: body.readInt32BE(4) };
    case begCollection:
      return { type: 'collection', members: collection(reader, depth + 1) };
    default:
      return { type: 'octets', tag, octets: new Uint8Array(body) };
  }
};

const readGroups = (reader: Reader): IppGroup[] => {
  const groups: IppGroup[] = [];
  for (;;) {
    const tag = peek(reader);
    reader.at += 1;
    if (tag === endOfAttributes) return groups;
    // Delimiter tags lie below 0x10, value tags above (RFC 8010, 3.5).
    if (tag < 0x10) {
      groups.push({ tag, attributes: [] });
      continue;
    }
    const group = groups.at(-1);
    if (!group) throw new Malformed('attribute outside a group');
    const name = takeSized(reader).toString('utf8');
    const body = takeSized(reader);
    const value = readValue(reader, tag, body, 0);
    if (name !== '') {
      group.attributes.push({ name, values: [value] });
      continue;
    }
    const attribute = group.attributes.at(-1);
    if (!attribute) throw new Malformed('value without a name');
    attribute.values.push(value);
  }
};

export const decodeIpp = (bytes: Uint8Array): Result<IppMessage, MalformedIpp> => {
  const reader: Reader = { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
  try {
    const version: [number, number] = [take(reader, 1).readUInt8(), take(reader, 1).readUInt8()];
    const code = take(reader, 2).readUInt16BE();
    const requestId = take(reader, 4).readInt32BE();
    const groups = readGroups(reader);
    return ok({ version, code, requestId, groups, data: new Uint8Array(reader.bytes.subarray(reader.at)) });
  } catch (error) {
    if (error instanceof Malformed) return fail('printer.answer-malformed', { why: error.message });
    throw error;
  }
};

// ---- looking things up ----

const attributeOf = (groups: readonly IppGroup[], tag: number, name: string): IppAttribute | undefined =>
  groups
    .find((group) => group.tag === tag && group.attributes.some((one) => one.name === name))
    ?.attributes.find((one) => one.name === name);

/** All texts (keywords, names, types ...) of an attribute; empty when it is missing or of another kind. */
export const texts = (groups: readonly IppGroup[], tag: number, name: string): string[] =>
  (attributeOf(groups, tag, name)?.values ?? []).flatMap((value) => ('text' in value ? [value.text] : []));

/** All integers and enums of an attribute. */
export const integers = (groups: readonly IppGroup[], tag: number, name: string): number[] =>
  (attributeOf(groups, tag, name)?.values ?? []).flatMap((value) =>
    'integer' in value ? [value.integer] : [],
  );

export const boolean = (groups: readonly IppGroup[], tag: number, name: string): boolean | undefined => {
  const value = attributeOf(groups, tag, name)?.values[0];
  return value?.type === 'boolean' ? value.boolean : undefined;
};

/** The upper end of a range, or the greatest of single numbers. */
export const upperBound = (groups: readonly IppGroup[], tag: number, name: string): number | undefined => {
  const bounds = (attributeOf(groups, tag, name)?.values ?? []).flatMap((value) =>
    value.type === 'range' ? [value.upper] : 'integer' in value ? [value.integer] : [],
  );
  return bounds.length === 0 ? undefined : Math.max(...bounds);
};
