import type { SqlValue } from '../transaction.ts';
import { type DamagedFile, USABLE } from './pages.ts';

// The B-tree pages and records of SQLite's file format (sqlite.org/fileformat2.html, 1.6 and 2), read so that nothing a
// damaged page says leads astray: every length is checked against the page, what does not fit is no record.

export type Found = {
  /** The rowid in a table's tree; null in the tree of a table WITHOUT ROWID or of an index. */
  rowid: number | null;
  values: SqlValue[];
};

export type TreePage = {
  kind: 'table' | 'index';
  /** Pages below this one; none in a leaf. */
  children: number[];
  /** Reads its records. `whole`: all of its cells could be read, with what they have on other pages. */
  records(): { records: Found[]; whole: boolean };
};

class Unreadable extends Error {}

function varint(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0n;
  for (let index = 0; index < 9; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new Unreadable();
    if (index === 8) value = (value << 8n) | BigInt(byte);
    else value = (value << 7n) | BigInt(byte & 0x7f);
    if (index === 8 || byte < 0x80) return { value: Number(BigInt.asIntN(64, value)), next: at + index + 1 };
  }
  throw new Unreadable();
}

const integerSizes = [0, 1, 2, 3, 4, 6, 8];

function columnOf(type: number, body: Buffer, at: number): { value: SqlValue; next: number } {
  const take = (length: number): Buffer => {
    if (at + length > body.length) throw new Unreadable();
    return body.subarray(at, at + length);
  };
  if (type === 0) return { value: null, next: at };
  if (type === 8 || type === 9) return { value: type - 8, next: at };
  if (type === 7) return { value: take(8).readDoubleBE(0), next: at + 8 };
  const size = integerSizes[type];
  if (size === 8) return { value: Number(take(8).readBigInt64BE(0)), next: at + 8 };
  if (size !== undefined) return { value: take(size).readIntBE(0, size), next: at + size };
  if (type < 12) throw new Unreadable();
  const length = (type - (type % 2 === 0 ? 12 : 13)) / 2;
  const bytes = take(length);
  return { value: type % 2 === 0 ? Buffer.from(bytes) : bytes.toString('utf8'), next: at + length };
}

function recordOf(payload: Buffer): SqlValue[] {
  const header = varint(payload, 0);
  if (header.value > payload.length || header.value < 1) throw new Unreadable();
  const values: SqlValue[] = [];
  let body = header.value;
  for (let at = header.next; at < header.value; ) {
    const type = varint(payload, at);
    const column = columnOf(type.value, payload, body);
    values.push(column.value);
    at = type.next;
    body = column.next;
  }
  return values;
}

/** A cell's content, with what of it lies on pages of its own. */
function payloadAt(file: DamagedFile, page: Buffer, at: number, size: number, isTable: boolean): Buffer {
  const most = isTable ? USABLE - 35 : Math.floor(((USABLE - 12) * 64) / 255) - 23;
  if (size < 0 || size > file.count * USABLE) throw new Unreadable();
  if (size <= most) {
    if (at + size > USABLE) throw new Unreadable();
    return page.subarray(at, at + size);
  }
  const least = Math.floor(((USABLE - 12) * 32) / 255) - 23;
  const fitting = least + ((size - least) % (USABLE - 4));
  const local = fitting <= most ? fitting : least;
  if (at + local + 4 > USABLE) throw new Unreadable();
  const parts = [page.subarray(at, at + local)];
  let missing = size - local;
  for (let next = page.readUInt32BE(at + local); missing > 0; ) {
    const overflow = file.page(next);
    if (overflow === null) throw new Unreadable();
    parts.push(overflow.subarray(4, 4 + Math.min(missing, USABLE - 4)));
    missing -= USABLE - 4;
    next = overflow.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

const kinds: Readonly<Record<number, { kind: TreePage['kind']; isLeaf: boolean }>> = {
  2: { kind: 'index', isLeaf: false },
  5: { kind: 'table', isLeaf: false },
  10: { kind: 'index', isLeaf: true },
  13: { kind: 'table', isLeaf: true },
};

/** A page as one of a tree; null when it is unreadable or none (free, overflow). */
export function treePage(file: DamagedFile, number: number): TreePage | null {
  const page = file.page(number);
  if (page === null) return null;
  const start = number === 1 ? 100 : 0;
  const of = kinds[page[start] ?? 0];
  if (of === undefined) return null;
  const { kind, isLeaf } = of;
  const isTable = kind === 'table';
  const cells = page.readUInt16BE(start + 3);
  const pointers = start + (isLeaf ? 8 : 12);
  if (pointers + cells * 2 > USABLE) return null;
  const first = pointers + cells * 2;
  if (first > USABLE) return null;
  /** Where a cell begins; null when it does not lie on the page. */
  const placeOf = (cell: number): number | null => {
    const at = page.readUInt16BE(pointers + cell * 2);
    return at < first || at + 4 > USABLE ? null : at;
  };
  const places = Array.from({ length: cells }, (_, cell) => placeOf(cell));
  const children = isLeaf ? [] : places.filter((at) => at !== null).map((at) => page.readUInt32BE(at));
  if (!isLeaf) children.push(page.readUInt32BE(start + 8));

  const records: TreePage['records'] = () => {
    const found: Found[] = [];
    let whole = true;
    for (const place of places) {
      try {
        if (place === null) throw new Unreadable();
        if (isTable && !isLeaf) continue;
        const at = isLeaf ? place : place + 4;
        const size = varint(page, at);
        const rowid = isTable ? varint(page, size.next) : null;
        const payload = payloadAt(file, page, rowid?.next ?? size.next, size.value, isTable);
        found.push({ rowid: rowid?.value ?? null, values: recordOf(payload) });
      } catch (error) {
        if (!(error instanceof Unreadable || error instanceof RangeError)) throw error;
        whole = false;
      }
    }
    return { records: found, whole };
  };
  return { kind, children, records };
}
