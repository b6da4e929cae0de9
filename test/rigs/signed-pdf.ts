/**
 * PDF files written byte by byte for the tests of validation: a document, updates appended to it, signatures in them.
 * It shares nothing with what it tests, and lets a test write what no library would.
 */

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

export type Objects = Record<number, string | Buffer>;

export const stream = (dictionary: string, data: string | Uint8Array): Buffer => {
  const bytes = typeof data === 'string' ? latin1(data) : Buffer.from(data);
  return Buffer.concat([
    latin1(`<< ${dictionary} /Length ${bytes.length} >>\nstream\n`),
    bytes,
    latin1('\nendstream'),
  ]);
};

/** The objects of a page with a line of text; 1 is the catalog, 3 the page, 4 what is on it. */
export const plainObjects = (text = 'Rozhodnuti: zaplatte 100 Kc'): Objects => ({
  1: '<< /Type /Catalog /Pages 2 0 R >>',
  2: '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
  3: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
  4: stream('', `BT /F1 18 Tf 72 700 Td (${text}) Tj ET`),
  5: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
});

export function newPdf(objects: Objects = plainObjects()): Buffer {
  return append(latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'), objects);
}

const lastOffset = (pdf: Buffer): number =>
  Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(pdf.subarray(-64).toString('latin1'))?.[1] ?? -1);

/** Appends an update: the objects, their cross-reference and a trailer. */
export function append(
  pdf: Buffer,
  objects: Objects,
  { trailer = '', entries = {} }: { trailer?: string; entries?: Record<number, number> } = {},
): Buffer {
  const parts = [pdf];
  let length = pdf.length;
  const add = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
  };
  const previous = lastOffset(pdf);
  const offsets = new Map<number, number>(
    Object.entries(entries).map(([number, at]) => [Number(number), at]),
  );
  for (const [number, body] of Object.entries(objects)) {
    offsets.set(Number(number), length);
    add(
      Buffer.concat([
        latin1(`${number} 0 obj\n`),
        Buffer.from(body as string, 'latin1'),
        latin1('\nendobj\n'),
      ]),
    );
  }
  const at = length;
  const rows = [...offsets]
    .sort(([a], [b]) => a - b)
    .map(([number, offset]) => `${number} 1\n${String(offset).padStart(10, '0')} 00000 n \n`);
  const free = previous < 0 ? '0 1\n0000000000 65535 f \n' : '';
  const prev = previous < 0 ? '' : ` /Prev ${previous}`;
  add(
    latin1(
      `xref\n${free}${rows.join('')}trailer\n<< /Size 1000 /Root 1 0 R${prev} ${trailer}>>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

export type SignatureOptions = {
  sign(data: Uint8Array): Uint8Array;
  subFilter?: string;
  /** First of the two object numbers the signature takes: its field, and its dictionary. */
  number?: number;
  /** Fields already in the form. */
  fields?: number[];
  catalog?: string;
  /** The entry of the page that says what is on it. */
  page?: string;
  /** Further entries of the signature's dictionary and of its field. */
  dictionary?: string;
  field?: string;
  type?: string;
  holeBytes?: number;
};

const HOLE_BYTES = 8192;

/** Appends a signature in an update of its own. */
export function signPdf(pdf: Buffer, options: SignatureOptions): Buffer {
  const {
    number = 10,
    fields = [],
    subFilter = 'ETSI.CAdES.detached',
    type = 'Sig',
    holeBytes = HOLE_BYTES,
  } = options;
  const range = '/ByteRange [0 0000000001 0000000002 0000000003]';
  const hole = `<${'0'.repeat(holeBytes * 2)}>`;
  const list = [...fields, number].map((field) => `${field} 0 R`).join(' ');
  const all = append(pdf, {
    1: `<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [${list}] >> ${options.catalog ?? ''} >>`,
    3: `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] ${options.page ?? '/Contents 4 0 R'} /Resources << /Font << /F1 5 0 R >> >> /Annots [${list}] >>`,
    [number]: `<< /Type /Annot /Subtype /Widget /FT /Sig /T (Podpis${number}) /V ${number + 1} 0 R /P 3 0 R /Rect [0 0 0 0] /F 132 ${options.field ?? ''} >>`,
    [number + 1]:
      `<< /Type /${type} /Filter /Adobe.PPKLite /SubFilter /${subFilter} ${options.dictionary ?? ''} ${range} /Contents ${hole} >>`,
  });
  return fillSignature(all, options.sign);
}

/** Fills the last hole of the file. */
export function fillSignature(pdf: Buffer, sign: SignatureOptions['sign']): Buffer {
  const out = Buffer.from(pdf);
  const contents = out.lastIndexOf('/Contents <0000');
  const start = contents + '/Contents '.length;
  const end = out.indexOf('>', start) + 1;
  const numbers = [start, end, out.length - end].map((value) => String(value).padStart(10, '0'));
  out.write(`/ByteRange [0 ${numbers.join(' ')}]`, out.lastIndexOf('/ByteRange [0 0000000001'), 'latin1');
  const der = sign(Buffer.concat([out.subarray(0, start), out.subarray(end)]));
  out.write(Buffer.from(der).toString('hex'), start + 1, 'latin1');
  return out;
}

/** Appends a document security store with certificates, lists and answers. */
export function addSecurityStore(
  pdf: Buffer,
  store: { certificates?: Uint8Array[]; lists?: Uint8Array[]; answers?: Uint8Array[] },
  { fields = [10], number = 50 }: { fields?: number[]; number?: number } = {},
): Buffer {
  const objects: Objects = {};
  let next = number + 1;
  const put = (items: Uint8Array[] = []) =>
    items
      .map((item) => {
        objects[next] = stream('', item);
        next += 1;
        return `${next - 1} 0 R`;
      })
      .join(' ');
  objects[number] =
    `<< /Type /DSS /Certs [${put(store.certificates)}] /CRLs [${put(store.lists)}] /OCSPs [${put(store.answers)}] >>`;
  const list = fields.map((field) => `${field} 0 R`).join(' ');
  objects[1] = `<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [${list}] >> /DSS ${number} 0 R >>`;
  return append(pdf, objects);
}
