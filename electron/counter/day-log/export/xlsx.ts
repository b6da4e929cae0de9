import { strToU8, Zip, ZipDeflate } from 'fflate';
import type { ExportRow } from './rows.ts';

// One flat sheet needs six small parts (ECMA-376); writing them as they come keeps a million rows out of the memory.

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const WIDTHS = [10, 13, 10, 26, 30, 10, 60, 34, 70];
// A ZIP has no earlier time; a desk whose clock has stopped must export all the same.
const ZIP_BEGINS = Date.UTC(1980, 0, 2);
/** Rows a sheet can have, the head included. */
export const XLSX_ROWS = 1_048_576;

// Characters XML 1.0 can not hold become the sign for what can not be shown.
const NO_XML =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the very characters XML forbids
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const escaped = (text: string): string =>
  text
    .slice(0, 32_767)
    .replace(NO_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

// Texts are inline strings: a spreadsheet never takes one for a formula.
const text = (value: string, style = 0): string =>
  value === ''
    ? '<c/>'
    : `<c t="inlineStr" s="${style}"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
const number = (value: number | null, style = 0): string =>
  value === null ? '<c/>' : `<c s="${style}"><v>${value}</v></c>`;

const DAY_MS = 86_400_000;
/** Days since the spreadsheet's day 0, which is 30. 12. 1899. */
const dayNumber = (date: string): number =>
  (Date.parse(`${date}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / DAY_MS;
function dayFraction(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return (hours * 3600 + minutes * 60 + seconds) / 86_400;
}

const STYLE = { plain: 0, head: 1, date: 2, time: 3 } as const;

const xmlRow = (row: ExportRow): string =>
  `<row>${number(row.sequence)}${number(dayNumber(row.date), STYLE.date)}${number(dayFraction(row.time), STYLE.time)}${text(row.kind)}${text(row.service)}${number(row.ticket)}${text(row.summary)}${text(row.clerk)}${text(row.leafHash)}</row>`;

const parts = (sheetName: string): Record<string, string> => ({
  '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/></Types>`,
  '_rels/.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="${escaped(sheetName)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="d\\.\\ m\\.\\ yyyy"/><numFmt numFmtId="165" formatCode="hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`,
});

/** A workbook of one sheet, in pieces: `add` takes rows, `end` closes it; both give the bytes that are ready. */
export function xlsxWriter(of: { sheetName: string; columns: readonly string[]; rows: number; at: Date }) {
  let ready: Uint8Array[] = [];
  let failed: Error | null = null;
  const zip = new Zip((error, bytes) => {
    if (error) failed = error;
    else ready.push(bytes);
  });
  const taken = (): Uint8Array => {
    if (failed !== null) throw failed;
    const bytes = Buffer.concat(ready);
    ready = [];
    return bytes;
  };
  const file = (name: string): ZipDeflate => {
    const entry = new ZipDeflate(name, { level: 6 });
    entry.mtime = of.at.getTime() < ZIP_BEGINS ? new Date(ZIP_BEGINS) : of.at;
    zip.add(entry);
    return entry;
  };
  for (const [name, content] of Object.entries(parts(of.sheetName)))
    file(name).push(strToU8(XML + content), true);

  const sheet = file('xl/worksheets/sheet1.xml');
  const columns = WIDTHS.map(
    (width, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`,
  );
  sheet.push(
    strToU8(
      `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${columns.join('')}</cols><sheetData><row>${of.columns.map((title) => text(title, STYLE.head)).join('')}</row>`,
    ),
  );
  return {
    add(rows: readonly ExportRow[]): Uint8Array {
      sheet.push(strToU8(rows.map(xmlRow).join('')));
      return taken();
    },
    end(): Uint8Array {
      sheet.push(strToU8(`</sheetData><autoFilter ref="A1:I${of.rows + 1}"/></worksheet>`), true);
      zip.end();
      return taken();
    },
  };
}
