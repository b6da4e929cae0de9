import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { csvCell, csvHead, csvLines } from './csv.ts';
import { type ExportRow, exportRow } from './rows.ts';
import { xlsxWriter } from './xlsx.ts';

const row: ExportRow = {
  sequence: 57,
  date: '2026-04-01',
  time: '14:05:09',
  kind: 'Přijetí podání',
  service: 'Obecné podání',
  ticket: 3,
  summary: 'Žluťoučký; „kůň“ "úpěl"',
  clerk: 'Nováková (obsluha)',
  leafHash: 'ab'.repeat(32),
};

/** Reads a line of CSV as a spreadsheet does. */
function cells(line: string): string[] {
  const found = [...line.matchAll(/(?:^|;)(?:"((?:[^"]|"")*)"|([^;]*))/g)];
  return found.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}

describe('a CSV', () => {
  it('opens in Czech Excel: mark, semicolons, CRLF, quotes', () => {
    const text = csvHead(['Č.', 'Datum']) + csvLines([row]);
    expect(text.startsWith('\ufeffČ.;Datum\r\n')).toBe(true);
    expect(cells(text.split('\r\n')[1] ?? '')).toEqual([
      '57',
      '1. 4. 2026',
      '14:05:09',
      'Přijetí podání',
      'Obecné podání',
      '3',
      'Žluťoučký; „kůň“ "úpěl"',
      'Nováková (obsluha)',
      'ab'.repeat(32),
    ]);
  });

  it.each(['=1+1', '+420', '-2', '@SUM(A1)', '\t=1', '\r=1', '＝1+1'])('makes %j no formula', (value) => {
    expect(cells(csvCell(value))[0]).toBe(`'${value}`);
  });

  it('says every text back, but for the apostrophe before a formula', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text)),
        (text) => {
          expect(cells(csvCell(text))[0]?.replace(/^'(?=[=+\-@\t＝＋－＠])/, '')).toBe(text);
        },
      ),
    );
  });
});

describe('a workbook', () => {
  const made = (rows: ExportRow[]): Record<string, string> => {
    const writer = xlsxWriter({
      sheetName: '2026-04-01',
      columns: ['Č.'],
      rows: rows.length,
      at: new Date(0),
    });
    const bytes = Buffer.concat([...rows.map((one) => writer.add([one])), writer.end()]);
    const files = Object.entries(unzipSync(bytes));
    return Object.fromEntries(files.map(([name, content]) => [name, Buffer.from(content).toString('utf8')]));
  };

  it('has a sheet with real dates and times, and texts that are never formulas', () => {
    const sheet = made([row, { ...row, summary: '=1+1', ticket: null }])['xl/worksheets/sheet1.xml'] ?? '';
    // 1 April 2026 is the day 46113 of the spreadsheet; 14:05:09 is 50709 of 86400 seconds.
    expect(sheet).toContain('<c s="2"><v>46113</v></c>');
    expect(sheet).toContain(`<v>${50_709 / 86_400}</v>`);
    expect(sheet).toContain('<is><t xml:space="preserve">=1+1</t></is>');
    expect(sheet).not.toContain('<f>');
    expect(sheet).toContain('<autoFilter ref="A1:I3"/>');
  });

  it('holds whatever a person wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (summary) => {
        const sheet = made([{ ...row, summary }])['xl/worksheets/sheet1.xml'] ?? '';
        const held = [...sheet].filter((sign) => sign < ' ' && !'\t\n\r'.includes(sign));
        expect(held).toEqual([]);
        expect(sheet.match(/<row>/g)).toHaveLength(2);
      }),
    );
  });
});

it('a row says codes and kinds as the window names them', () => {
  const entry = {
    sequence: 1,
    at: '2026-04-01T12:05:09.000Z',
    legalDate: '2026-04-01',
    kind: 'print-ended',
    clerkId: 'desk',
    clerkName: '',
    role: 'machine',
    visitId: null,
    ticket: null,
    service: null,
    codes: [{ of: 'document', code: 'fee-receipt' }],
    summary: '12/2026',
  };
  const names = {
    columns: [],
    kinds: { print_ended: 'Konec tisku' },
    roles: {},
    values: { document_fee_receipt: 'Doklad o úhradě' },
    machine: 'přepážka',
  };
  expect(exportRow(entry, 'ff', names)).toMatchObject({
    date: '2026-04-01',
    time: '14:05:09',
    kind: 'Konec tisku',
    summary: 'Doklad o úhradě · 12/2026',
    clerk: 'přepážka',
  });
});
