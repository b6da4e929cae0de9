import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import PDFDocument from 'pdfkit';
import { formatDateTime } from '../../electron/values/time.ts';
import type { Section } from './cases.ts';

export type ExtractText = {
  title: string;
  administrator: string;
  /** Of whom or what it is, as it was asked. */
  subject: readonly (readonly [label: string, value: string])[];
  sections: readonly Section[];
  noEntry: string;
  at: Date;
  /** What it is called in the register: the id it was asked under. */
  reference: string;
  isTraining: boolean;
};

export type Fonts = { regular: Buffer; bold: Buffer };
export const loadFonts = (resources: string): Fonts => ({
  regular: readFileSync(join(resources, 'fonts', 'NotoSans-Regular.ttf')),
  bold: readFileSync(join(resources, 'fonts', 'NotoSans-Bold.ttf')),
});

const MARGIN = 56;
const FOOTER = 40;
const LABEL_WIDTH = 150;
const GAP = 10;
const TRAINING_MARK = 'CVIČNÝ TISK – NEPLATNÉ';

/** Makes the register's answer as PDF/A-2b. The same text gives the same bytes. */
export async function renderExtract(
  text: ExtractText,
  fonts: Fonts,
): Promise<{ pdf: Buffer; pages: number }> {
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOTER },
    autoFirstPage: false,
    bufferPages: true,
    pdfVersion: '1.7',
    subset: 'PDF/A-2b',
    lang: 'cs-CZ',
    displayTitle: true,
    // Without it the library would begin with a font it does not embed.
    font: '',
    info: { Title: text.title, Author: text.administrator, CreationDate: text.at, ModDate: text.at },
  });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => pdf.on('end', resolve));
  pdf.registerFont('regular', fonts.regular);
  pdf.registerFont('bold', fonts.bold);
  const width = 595.28 - 2 * MARGIN;
  const bottom = 841.89 - MARGIN - FOOTER;
  const write = (
    content: string,
    strong: boolean,
    size: number,
    options: { x?: number; width?: number } = {},
  ) =>
    pdf
      .font(strong ? 'bold' : 'regular')
      .fontSize(size)
      .fillColor('#000')
      .text(content, options.x ?? MARGIN, pdf.y, { width: options.width ?? width });
  const heightOf = (content: string, strong: boolean, size: number, of: number): number =>
    pdf
      .font(strong ? 'bold' : 'regular')
      .fontSize(size)
      .heightOfString(content, { width: of });
  const room = (height: number): void => {
    if (pdf.y + height > bottom) pdf.addPage();
  };
  if (text.isTraining) pdf.on('pageAdded', () => watermark(pdf, text));

  /** Cells side by side, the row as high as its highest cell and never cut by the end of a page. */
  const row = (
    cells: readonly string[],
    widths: readonly number[],
    strong: readonly boolean[],
    size: number,
  ): void => {
    const height = Math.max(
      ...cells.map((cell, at) => heightOf(cell, strong[at] ?? false, size, (widths[at] ?? 0) - GAP)),
    );
    room(height);
    const { y } = pdf;
    let x = MARGIN;
    cells.forEach((cell, at) => {
      pdf.y = y;
      write(cell, strong[at] ?? false, size, { x, width: (widths[at] ?? 0) - GAP });
      x += widths[at] ?? 0;
    });
    pdf.y = y + height + 3;
  };
  const pair = ([label, value]: readonly [string, string]): void =>
    row([label, value], [LABEL_WIDTH, width - LABEL_WIDTH], [true, false], 10);

  pdf.addPage();
  write(text.administrator, false, 10);
  pdf.y += 8;
  write(text.title, true, 17);
  pdf.y += 8;
  pair(['Výpis vyhotoven', formatDateTime(text.at)]);
  pair(['Označení dotazu', text.reference]);
  for (const one of text.subject) pair(one);
  for (const { heading, paragraphs = [], rows = [], table } of text.sections) {
    pdf.y += 10;
    room(60);
    write(heading, true, 12);
    pdf.y += 3;
    for (const paragraph of paragraphs) {
      room(heightOf(paragraph, false, 10, width));
      write(paragraph, false, 10);
      pdf.y += 3;
    }
    rows.forEach(pair);
    if (table !== undefined) {
      const widths = columnWidths(table.columns.length, width);
      row(
        table.columns,
        widths,
        table.columns.map(() => true),
        9,
      );
      for (let n = 1; n <= table.count; n += 1)
        row(
          table.row.map((cell) => cell.replaceAll('{n}', String(n))),
          widths,
          [],
          9,
        );
    }
  }
  if (text.sections.length === 0) {
    pdf.y += 16;
    write(text.noEntry, true, 11);
  }
  pdf.y += 16;
  room(20);
  write('Konec výpisu.', false, 10);

  const pages = pdf.bufferedPageRange().count;
  for (let page = 0; page < pages; page += 1) {
    pdf.switchToPage(page);
    // Below the margin the library would begin a new page.
    pdf.page.margins.bottom = 0;
    pdf.font('regular').fontSize(9).fillColor('#000');
    pdf.text(`${page + 1} / ${pages}`, MARGIN, 841.89 - MARGIN, { width, align: 'right', lineBreak: false });
  }
  pdf.end();
  await ended;
  return { pdf: Buffer.concat(chunks), pages };
}

/** The first column is for a number, the others share what is left. */
const columnWidths = (count: number, width: number): number[] => {
  const first = 60;
  return Array.from({ length: count }, (_, at) => (at === 0 ? first : (width - first) / (count - 1)));
};

function watermark(pdf: PDFKit.PDFDocument, { title }: ExtractText): void {
  const { x, y } = pdf;
  pdf.save();
  pdf.rotate(-52, { origin: [297, 420] });
  pdf.font('bold').fontSize(46).fillColor('#e3b7b2');
  pdf.text(TRAINING_MARK, -60, 395, { width: 714, align: 'center', lineBreak: false });
  pdf.restore();
  pdf.font('regular').fontSize(8).fillColor('#8a1200');
  pdf.text(`${TRAINING_MARK} · ${title}`, MARGIN, 24, { width: 595.28 - 2 * MARGIN, lineBreak: false });
  pdf.x = x;
  pdf.y = y;
}
