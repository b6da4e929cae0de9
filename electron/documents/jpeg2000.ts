/** No photo of a document comes near it; what claims to be larger is not drawn. */
const MAX_SIDE = 4000;

/** Start of a codestream and of the segment that tells its size (ITU-T T.800, A.4.1, A.5.1). */
const START = Uint8Array.of(0xff, 0x4f, 0xff, 0x51);

/**
 * A JPEG 2000 picture (JP2 or a bare codestream) as the one page of a PDF, a point to each pixel: PDFium, which draws pages, has the only
 * decoder for it that ships, and runs in a box. Null when it does not tell a size that can be drawn.
 */
export function jpeg2000AsPdf(picture: Uint8Array): Uint8Array | null {
  const bytes = Buffer.from(picture.buffer, picture.byteOffset, picture.length);
  const at = bytes.indexOf(START);
  if (at < 0 || at + 43 > bytes.length) return null;
  const width = bytes.readUInt32BE(at + 8) - bytes.readUInt32BE(at + 16);
  const height = bytes.readUInt32BE(at + 12) - bytes.readUInt32BE(at + 20);
  if (![width, height].every((side) => side > 0 && side <= MAX_SIDE)) return null;

  const draw = `${width} 0 0 ${height} 0 0 cm /P Do`;
  const stream = (dictionary: string, content: Uint8Array): Buffer[] => [
    Buffer.from(`<< ${dictionary} /Length ${content.length} >>\nstream\n`),
    Buffer.from(content),
    Buffer.from('\nendstream'),
  ];
  const objects: Buffer[][] = [
    [Buffer.from('<< /Type /Catalog /Pages 2 0 R >>')],
    [Buffer.from('<< /Type /Pages /Kids [3 0 R] /Count 1 >>')],
    [
      Buffer.from(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>`,
      ),
    ],
    stream('', Buffer.from(draw)),
    stream(
      `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /Filter /JPXDecode`,
      // PDFium draws nothing of a codestream alone.
      at === 0 ? inFile(bytes, width, height) : picture,
    ),
  ];
  const parts: Buffer[] = [Buffer.from('%PDF-1.5\n')];
  let length = parts[0]?.length ?? 0;
  const add = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
  };
  const offsets = objects.map((content, index) => {
    const offset = length;
    for (const part of [Buffer.from(`${index + 1} 0 obj\n`), ...content, Buffer.from('\nendobj\n')])
      add(part);
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  add(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return new Uint8Array(Buffer.concat(parts));
}

const number = (value: number, bytes: 1 | 2 | 4): Buffer => {
  const written = Buffer.alloc(bytes);
  written.writeUIntBE(value, 0, bytes);
  return written;
};

const box = (name: string, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([number(body.length + 8, 4), Buffer.from(name, 'latin1'), body]);
};

/** A codestream as a JP2 file (T.800, annex I): one component is grey, more are sRGB. */
function inFile(codestream: Buffer, width: number, height: number): Buffer {
  const components = codestream.readUInt16BE(40);
  const depth = codestream.readUInt8(42);
  return Buffer.concat([
    box('jP  ', Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a)),
    box('ftyp', Buffer.from('jp2 '), number(0, 4), Buffer.from('jp2 ')),
    box(
      'jp2h',
      box('ihdr', number(height, 4), number(width, 4), number(components, 2), Uint8Array.of(depth, 7, 0, 0)),
      box('colr', Uint8Array.of(1, 0, 0), number(components < 3 ? 17 : 16, 4)),
    ),
    box('jp2c', codestream),
  ]);
}
