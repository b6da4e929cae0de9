import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addSecurityStore,
  append,
  fillSignature,
  newPdf,
  plainObjects,
  type SignatureOptions,
  signPdf,
  stream,
} from '../../../../test/rigs/signed-pdf.ts';
import { type TrustService, trustService } from '../../../../test/rigs/trust-service.ts';
import type { Report } from '../../../values/validation-report.ts';
import { examine } from '../examine.ts';
import { judge } from '../judge.ts';

let service: TrustService;
let signed: Buffer;
let now: number;

beforeAll(() => {
  service = trustService();
  signed = sign(newPdf());
  now = Date.now() + 2_000;
});
afterAll(() => service.pki.remove());

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
const sign = (pdf: Buffer, options: Partial<SignatureOptions> = {}, who = 'jan'): Buffer =>
  signPdf(pdf, { sign: (data) => service.pki.sign(who, data), ...options });

/** Judged without any evidence on revocation: what remains speaks of the file alone. */
function check(pdf: Uint8Array): Report {
  const { list } = service;
  const { report } = judge(examine({ bytes: new Uint8Array(pdf) }, [list]).facts([]), [list], now);
  return report;
}
const codes = (pdf: Uint8Array): string[] => {
  const report = check(pdf);
  return [...report.findings, ...report.signatures.flatMap(({ findings }) => findings)]
    .map(({ code }) => code)
    .filter((code) => code !== 'revocation.unknown' && code !== 'time.no-timestamp');
};
const outcome = (pdf: Uint8Array) => check(pdf).outcome;

/** Where the hole begins and ends, and how much follows. */
const range = (of: Buffer): [number, number, number] => {
  const found = /ByteRange \[0 (\d+) (\d+) (\d+)\]/.exec(of.toString('latin1'));
  return [Number(found?.[1]), Number(found?.[2]), Number(found?.[3])];
};

const page = (annotations: string) =>
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [${annotations}] >>`;
const catalog = (fields: string, more = '') =>
  `<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [${fields}] >> ${more} >>`;

describe('a signed file', () => {
  test('has nothing against it', () => {
    expect(codes(signed)).toEqual([]);
    expect(check(signed).signatures[0]?.integrity.coversAll).toBe(true);
  });

  test('with one letter changed fails', () => {
    const forged = Buffer.from(signed);
    forged.write('900', forged.indexOf('100 Kc'), 'latin1');
    expect(codes(forged)).toEqual(['signature.digest']);
    expect(outcome(forged)).toBe('invalid');
  });
});

describe('what may be added after signing', () => {
  const harmless: [name: string, add: (pdf: Buffer) => Buffer, added: string[]][] = [
    [
      'validation data',
      (pdf) => addSecurityStore(pdf, { certificates: [service.ca.der] }),
      ['validation-data'],
    ],
    ['another signature', (pdf) => sign(pdf, { number: 20, fields: [10] }, 'office'), ['signature']],
    [
      'a timestamp over the document',
      (pdf) =>
        sign(pdf, {
          number: 20,
          fields: [10],
          type: 'DocTimeStamp',
          subFilter: 'ETSI.RFC3161',
          sign: (data) => service.pki.timestamp('tsa', sha256(data)),
        }),
      ['timestamp'],
    ],
    [
      'a new date in its information',
      (pdf) => append(pdf, { 30: '<< /ModDate (D:20260101) >>' }, { trailer: '/Info 30 0 R ' }),
      ['metadata'],
    ],
  ];
  test.each(harmless)('%s does no harm', (_, add, added) => {
    const pdf = add(signed);
    expect(codes(pdf)).not.toContain('changes.other');
    expect(check(pdf).signatures[0]?.integrity).toMatchObject({ coversAll: false, added });
    expect(outcome(pdf)).toBe('undecided');
  });

  test('a later signature with a picture is told', () => {
    const pdf = sign(signed, { number: 20, fields: [10], field: '/AP << /N 40 0 R >>' }).toString('latin1');
    // The rig writes invisible fields; a rectangle of the same length makes one visible.
    const seen = Buffer.from(pdf, 'latin1');
    seen.write('[0 0 9 9]', seen.lastIndexOf('[0 0 0 0]'), 'latin1');
    expect(codes(seen)).toContain('changes.picture');
  });

  test('an empty field may be signed later', () => {
    const field = '<< /Type /Annot /Subtype /Widget /FT /Sig /T (Druhy) /P 3 0 R /Rect [0 0 0 0] /F 132 >>';
    const prepared = append(newPdf(), { 20: field, 1: catalog('20 0 R'), 3: page('20 0 R') });
    const first = sign(prepared, { fields: [20] });
    const both = append(first, {
      20: field.replace('/P 3 0 R', '/P 3 0 R /V 21 0 R'),
      21: `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 0000000001 0000000002 0000000003] /Contents <${'0'.repeat(16384)}> >>`,
    });
    const pdf = fillSignature(both, (data) => service.pki.sign('office', data));
    expect(codes(pdf)).toEqual(['changes.harmless']);
    expect(check(pdf).signatures.map(({ kind }) => kind)).toEqual(['signature', 'seal']);
  });
});

describe('incremental and shadow attacks', () => {
  /** The attacker's own text lies in the signed bytes already, under a number its owner has too. */
  const withHidden = (): { pdf: Buffer; at: number } => {
    const hidden = stream('', 'BT /F1 18 Tf 72 700 Td (Rozhodnuti: zaplatte 999 Kc) Tj ET');
    const plain = newPdf({ ...plainObjects(), 6: hidden });
    const at = plain.indexOf('6 0 obj');
    plain.write('4 0 obj', at, 'latin1');
    return { pdf: sign(plain), at };
  };
  const attacks: [name: string, attack: () => Buffer][] = [
    ['the page says something else', () => append(signed, { 4: plainObjects('zaplatte 900 Kc')[4] ?? '' })],
    [
      'the page has other contents',
      () => append(signed, { 3: page('10 0 R').replace('4 0 R', '40 0 R'), 40: stream('', 'BT ET') }),
    ],
    [
      'the font is another',
      () => append(signed, { 5: '<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>' }),
    ],
    [
      'the form is told to draw itself anew',
      () =>
        append(signed, {
          1: '<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /NeedAppearances true /Fields [10 0 R] >> >>',
        }),
    ],
    [
      'an annotation covers the text',
      () =>
        append(signed, {
          3: page('10 0 R 40 0 R'),
          40: '<< /Type /Annot /Subtype /FreeText /Rect [0 0 500 800] /Contents (x) >>',
        }),
    ],
    [
      'an empty signature field covers the text',
      () =>
        append(signed, {
          1: catalog('10 0 R 40 0 R'),
          3: page('10 0 R 40 0 R'),
          40: '<< /Type /Annot /Subtype /Widget /FT /Sig /T (X) /Rect [0 0 500 800] /AP << /N 4 0 R >> >>',
        }),
    ],
    [
      'the signature is shown as another picture',
      () =>
        append(signed, {
          10: '<< /Type /Annot /Subtype /Widget /FT /Sig /T (Podpis10) /V 11 0 R /P 3 0 R /Rect [0 0 500 800] /F 132 /AP << /N 4 0 R >> >>',
        }),
    ],
    [
      'a program runs at opening',
      () => append(signed, { 1: catalog('10 0 R', '/OpenAction << /S /JavaScript /JS (app.alert(1)) >>') }),
    ],
    [
      'layers are switched',
      () => append(signed, { 1: catalog('10 0 R', '/OCProperties << /OCGs [] /D << >> >>') }),
    ],
    [
      'a second page',
      () =>
        append(signed, {
          2: '<< /Type /Pages /Kids [3 0 R 40 0 R] /Count 2 >>',
          40: page('').replace('/Annots []', ''),
        }),
    ],
    [
      'shadow: only a cross-reference leads to what was hidden in the signed bytes',
      () => {
        const { pdf, at } = withHidden();
        return append(pdf, {}, { entries: { 4: at } });
      },
    ],
    [
      'an object lies between updates that nothing refers to',
      () => {
        const stray = Buffer.concat([
          signed,
          Buffer.from('4 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n'),
        ]);
        return withoutLosingPrevious(stray, signed);
      },
    ],
  ];
  const withoutLosingPrevious = (stray: Buffer, before: Buffer): Buffer => {
    const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(before.toString('latin1'))?.[1];
    const at = stray.length;
    return Buffer.concat([
      stray,
      Buffer.from(
        `xref\n30 1\n${'0'.repeat(10)} 65535 f \ntrailer\n<< /Size 1000 /Root 1 0 R /Prev ${previous} >>\nstartxref\n${at}\n%%EOF\n`,
      ),
    ]);
  };

  test.each(attacks)('%s', (_, attack) => {
    expect(codes(attack())).toContain('changes.other');
    expect(outcome(attack())).toBe('invalid');
  });

  test('a filled field of a form', () => {
    const field = (value: string) => `<< /FT /Tx /T (castka) /V (${value}) >>`;
    const form = append(newPdf(), { 60: field('100'), 1: catalog('60 0 R') });
    const pdf = append(sign(form, { fields: [60] }), { 60: field('900') });
    expect(codes(pdf)).toContain('changes.other');
  });

  const afterwards = (rows: string, trailer = ''): Buffer => {
    const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(signed.toString('latin1'))?.[1];
    const evil = Buffer.from('4 0 obj\n<< /Length 2 >>\nstream\nBT\nendstream\nendobj\n');
    const at = signed.length + evil.length;
    const row = (offset: number) => `${String(offset).padStart(10, '0')} 00000 n \n`;
    const table = rows
      .replaceAll('OLD', row(signed.indexOf('4 0 obj')))
      .replaceAll('NEW', row(signed.length));
    const end = `xref\n${table}trailer\n<< /Size 1000 /Root 1 0 R /Prev ${previous} ${trailer}>>\nstartxref\n${at}\n%%EOF\n`;
    return Buffer.concat([signed, evil, Buffer.from(end)]);
  };

  test('an object in two places of one cross-reference is shown by each reader as it likes', () => {
    expect(codes(afterwards('4 1\nNEW'))).toContain('changes.other');
    for (const rows of ['4 1\nOLD4 1\nNEW', '4 1\nNEW4 1\nOLD']) {
      expect(codes(afterwards(rows))).toEqual(['document.unreadable']);
    }
  });

  test('what was nothing when it was signed, and is there for readers who skip generations', () => {
    const pdf = sign(newPdf(), { page: '/Contents [4 0 R 40 1 R]' });
    expect(codes(pdf)).toEqual([]);
    expect(outcome(append(pdf, { 40: stream('', 'BT ET') }))).toBe('undecided');
  });

  test('what a hybrid file shows to newer readers only', () => {
    const pdf = sign(newPdf(), { page: '/Contents [4 0 R 40 0 R]' });
    const previous = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(pdf.toString('latin1'))?.[1]);
    const evil = Buffer.concat([Buffer.from('40 0 obj\n'), stream('', 'BT ET'), Buffer.from('\nendobj\n')]);
    const entry = Buffer.alloc(6);
    entry.writeUInt8(1, 0);
    entry.writeUInt32BE(pdf.length, 1);
    const hidden = Buffer.concat([
      Buffer.from('41 0 obj\n'),
      stream('/Type /XRef /W [1 4 1] /Index [40 1] /Size 42', entry),
      Buffer.from('\nendobj\n'),
    ]);
    const at = pdf.length + evil.length;
    const table = `xref\n40 1\n0000000000 00000 f \ntrailer\n<< /Size 1000 /Root 1 0 R /Prev ${previous} /XRefStm ${at} >>\nstartxref\n${at + hidden.length}\n%%EOF\n`;
    const forged = Buffer.concat([pdf, evil, hidden, Buffer.from(table)]);
    expect(codes(pdf)).toEqual([]);
    expect(codes(forged)).toContain('changes.other');
  });

  test('a signature taken away leaves a file without one', () => {
    expect(codes(append(signed, { 1: '<< /Type /Catalog /Pages 2 0 R >>' }))).toEqual([
      'document.no-signature',
    ]);
  });

  test('what follows the end without a cross-reference is not read', () => {
    const trailing = Buffer.concat([signed, Buffer.from('4 0 obj << >> endobj\n')]);
    expect(codes(trailing)).toEqual(['document.unreadable']);
  });

  test('a certified document forbids a later signature', () => {
    const dictionary = '/Reference [<< /TransformMethod /DocMDP /TransformParams << /P 1 >> >>]';
    const certified = sign(newPdf(), { dictionary });
    expect(codes(certified)).toEqual([]);
    expect(codes(sign(certified, { number: 20, fields: [10] }))).toContain('changes.forbidden');
  });
});

describe('byte ranges', () => {
  const rewritten = (range: string): Buffer => {
    const pdf = Buffer.from(signed);
    const at = pdf.indexOf('/ByteRange [');
    const end = pdf.indexOf(']', at) + 1;
    pdf.write(`/ByteRange [${range}]`.padEnd(end - at), at, 'latin1');
    return pdf;
  };
  const cases: [name: string, make: () => Buffer, code: string][] = [
    ['none', () => rewritten(''), 'range.malformed'],
    ['with three numbers', () => rewritten('0 10 20'), 'range.malformed'],
    ['not from the start', () => rewritten('5 1125 17511 183'), 'range.malformed'],
    ['negative', () => rewritten('0 -1 17511 183'), 'range.malformed'],
    ['with a part of nothing', () => rewritten('0 0 0 0'), 'range.malformed'],
    [
      'beyond the file',
      () => rewritten(`0 ${range(signed)[0]} ${range(signed)[1]} 9999999`),
      'range.beyond-file',
    ],
    [
      'with a hole that begins before the contents',
      () => rewritten(`0 ${range(signed)[0] - 40} ${range(signed)[1]} ${range(signed)[2]}`),
      'range.hole-not-contents',
    ],
    [
      'with a hole that reaches past the contents',
      () => rewritten(`0 ${range(signed)[0]} ${range(signed)[1] + 20} ${range(signed)[2] - 20}`),
      'range.hole-not-contents',
    ],
    [
      'that ends within a revision',
      () => rewritten(`0 ${range(signed)[0]} ${range(signed)[1]} ${range(signed)[2] - 30}`),
      'range.not-a-revision',
    ],
  ];
  test.each(cases)('%s', (_, make, code) => {
    expect(codes(make())).toContain(code);
    expect(outcome(make())).toBe('invalid');
  });

  test('signature wrapping: the second part moved behind an inserted update', () => {
    const [first, second, length] = range(signed);
    const tail = signed.subarray(second, second + length);
    const inserted = Buffer.from('\n4 0 obj << /Length 0 >> stream\n\nendstream endobj\n');
    const pdf = Buffer.concat([signed.subarray(0, second), inserted, tail]);
    const moved = `0 ${first} ${second + inserted.length} ${length}`;
    const at = pdf.indexOf('/ByteRange [');
    pdf.write(`/ByteRange [${moved}]`.padEnd(pdf.indexOf(']', at) + 1 - at), at, 'latin1');
    expect(outcome(pdf)).not.toBe('valid');
    expect(check(pdf).signatures.every((signature) => signature.outcome === 'invalid')).toBe(true);
  });

  test('contents twice in one dictionary', () => {
    const pdf = sign(newPdf(), { dictionary: '/Contents <00>' });
    expect(codes(pdf)).toContain('signature.ambiguous');
    expect(outcome(pdf)).toBe('invalid');
  });

  test('something hidden behind the signature in its hole', () => {
    const pdf = Buffer.from(signed);
    pdf.write('de', range(signed)[1] - 11, 'latin1');
    expect(codes(pdf)).toContain('contents.padding');
  });

  test('one signature in two fields', () => {
    const pdf = sign(newPdf(), { field: '' });
    const twice = append(pdf, {
      1: catalog('10 0 R 40 0 R'),
      40: '<< /FT /Sig /T (Kopie) /V 11 0 R >>',
    });
    expect(outcome(twice)).toBe('invalid');
    expect(check(twice).signatures[1]?.outcome).toBe('invalid');
  });

  test('contents that are no signature', () => {
    expect(codes(sign(newPdf(), { sign: () => Buffer.from('nothing') }))).toContain('contents.unreadable');
    expect(codes(sign(newPdf(), { subFilter: 'adbe.x509.rsa_sha1' }))).toContain(
      'signature.unsupported-format',
    );
  });
});

describe('hostile files', () => {
  const unpackingTo = (count: number) => {
    const data = deflateSync(Buffer.alloc(count, 32), { level: 9 });
    return newPdf({
      ...plainObjects(),
      1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 70 0 R /DSS << /Certs [71 0 R] >> >>',
      70: '<< /Fields [] >>',
      71: stream('/Filter /FlateDecode', data),
    });
  };
  const files: [name: string, make: () => Buffer][] = [
    [
      'a cross-reference that leads to itself',
      () => {
        const pdf = newPdf().toString('latin1');
        const at = /startxref\s+(\d+)/.exec(pdf)?.[1];
        return Buffer.from(pdf.replace('/Root 1 0 R', `/Root 1 0 R /Prev ${at}`), 'latin1');
      },
    ],
    [
      'arrays in arrays',
      () => newPdf({ ...plainObjects(), 1: `<< /Type /Catalog /AcroForm ${'['.repeat(50_000)} >>` }),
    ],
    [
      'fields in a circle',
      () => newPdf({ ...plainObjects(), 1: catalog('40 0 R'), 40: '<< /T (a) /Kids [40 0 R] >>' }),
    ],
    [
      'references in a circle',
      () =>
        newPdf({ ...plainObjects(), 1: '<< /Type /Catalog /AcroForm 40 0 R >>', 40: '41 0 R', 41: '40 0 R' }),
    ],
    [
      'a stream whose length is itself',
      () => newPdf({ ...plainObjects(), 1: '40 0 R', 40: '<< /Length 40 0 R >>\nstream\n\nendstream' }),
    ],
    ['a stream that unpacks to a gigabyte', () => unpackingTo(200_000_000)],
    [
      'a catalog of two minds',
      () => newPdf({ ...plainObjects(), 1: '<< /Type /Catalog /Pages 2 0 R /Pages 9 0 R >>' }),
    ],
    ['cut short', () => signed.subarray(0, signed.length / 2)],
  ];
  test.each(files)('%s', (_, make) => {
    expect(outcome(make())).toBe('undecided');
  });

  test('an encrypted one is told as such', () => {
    expect(codes(append(signed, {}, { trailer: '/Encrypt << /Filter /Standard >> ' }))).toEqual([
      'document.encrypted',
    ]);
  });

  test('a wrong offset is not mended', () => {
    const forged = append(signed, {}, { entries: { 4: 20 } });
    expect(outcome(forged)).not.toBe('valid');
  });

  test('however a signed file is spoilt, it neither throws nor passes', () => {
    const [first, second] = range(signed);
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(signed.length - 1), byte: fc.integer({ min: 0, max: 255 }) }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.option(fc.nat(signed.length)),
        (changes, cut) => {
          const pdf = Buffer.from(signed);
          for (const { at, byte } of changes) pdf[at] = byte;
          const spoilt = cut === null ? pdf : pdf.subarray(0, cut);
          const isSpoilt =
            spoilt.length < signed.length - 1 ||
            changes.some(({ at, byte }) => signed[at] !== byte && (at < first || at >= second));
          const against = codes(spoilt);
          if (isSpoilt) expect(against).not.toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('random bytes are no document', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(outcome(bytes)).toBe('undecided');
        expect(outcome(Buffer.concat([Buffer.from('%PDF-1.7\n'), bytes]))).toBe('undecided');
      }),
    );
  });
});
