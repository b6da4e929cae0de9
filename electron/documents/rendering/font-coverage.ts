/**
 * Reads which characters a TrueType font has (its `cmap` table, formats 4 and 12; OpenType 1.9, "cmap"), so that a
 * missing letter is found before anything is drawn. Throws for bytes that are no such font: fonts ship with us.
 */
export function fontCoverage(bytes: Uint8Array): ReadonlySet<number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cmap = tableOffset(view, 'cmap');
  const covered = new Set<number>();
  const subtables = view.getUint16(cmap + 2);
  for (let index = 0; index < subtables; index += 1) {
    const record = cmap + 4 + index * 8;
    const platform = view.getUint16(record);
    const encoding = view.getUint16(record + 2);
    if (platform !== 0 && !(platform === 3 && (encoding === 1 || encoding === 10))) continue;
    const at = cmap + view.getUint32(record + 4);
    const format = view.getUint16(at);
    if (format === 4) addFormat4(view, at, covered);
    else if (format === 12) addFormat12(view, at, covered);
  }
  if (covered.size === 0) throw new Error('the font has no Unicode character map');
  return covered;
}

function tableOffset(view: DataView, name: string): number {
  const tables = view.getUint16(4);
  for (let index = 0; index < tables; index += 1) {
    const record = 12 + index * 16;
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(record + offset)));
    if (tag === name) return view.getUint32(record + 8);
  }
  throw new Error(`the font has no ${name} table`);
}

function addFormat4(view: DataView, at: number, covered: Set<number>): void {
  const doubled = view.getUint16(at + 6);
  const ends = at + 14;
  const starts = ends + doubled + 2;
  const deltas = starts + doubled;
  const ranges = deltas + doubled;
  for (let offset = 0; offset < doubled; offset += 2) {
    const start = view.getUint16(starts + offset);
    const end = view.getUint16(ends + offset);
    const range = view.getUint16(ranges + offset);
    const delta = view.getUint16(deltas + offset);
    for (let code = start; code <= end && code !== 0xffff; code += 1) {
      const own = range === 0 ? code : view.getUint16(ranges + offset + range + (code - start) * 2);
      const glyph = own === 0 && range !== 0 ? 0 : (own + delta) & 0xffff;
      if (glyph !== 0) covered.add(code);
    }
  }
}

function addFormat12(view: DataView, at: number, covered: Set<number>): void {
  const groups = view.getUint32(at + 12);
  for (let index = 0; index < groups; index += 1) {
    const group = at + 16 + index * 12;
    const start = view.getUint32(group);
    const glyph = view.getUint32(group + 8);
    for (let code = start; code <= view.getUint32(group + 4); code += 1) {
      if (glyph + code - start !== 0) covered.add(code);
    }
  }
}
