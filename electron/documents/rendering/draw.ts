import PDFDocument from 'pdfkit';
import type { Run } from '../template/expand.ts';
import type { Node, Op, PlacedPage } from './flow.ts';
import { type Fonts, ofOneDocument, stretches } from './fonts.ts';
import { HAIRLINE, INK, MM, MUTED } from './layout.ts';
import type { Measure } from './lines.ts';
import { METADATA_FILE, type OfficeMetadata, officeMetadataXml } from './office-metadata.ts';

/** Printed on every page of a training document; no template can change or drop it. */
export const TRAINING_MARK = 'CVIČNÝ TISK – NEPLATNÉ';
export const PRODUCER = 'VIRTUOS Counter';

const WATERMARK_COLOUR = '#ececec';
const TRAINING_COLOUR = '#a3002b';

export type PageGeometry = {
  width: number;
  height: number;
  left: number;
  right: number;
  /** Top of the content area and its height. */
  top: number;
  contentHeight: number;
};

const PAPER = { A4: [210, 297], A5: [148, 210] } as const;

/** Places of things on a page, in points; the same for training and production, so that both break alike. */
export function pageGeometry(size: 'A4' | 'A5', orientation: 'portrait' | 'landscape'): PageGeometry {
  const [short, long] = PAPER[size];
  const [width, height] = orientation === 'portrait' ? [short, long] : [long, short];
  const side = size === 'A4' ? 20 : 14;
  const top = 27;
  const bottom = 20;
  return {
    width: width * MM,
    height: height * MM,
    left: side * MM,
    right: (width - side) * MM,
    top: top * MM,
    contentHeight: (height - top - bottom) * MM,
  };
}

export type Furniture = {
  header: { left: Run[]; right: Run[] } | undefined;
  footer: Run[];
  training: boolean;
};

/**
 * The open PDF: created before the layout, because the fonts measure in it.
 *
 * PDF/A-2b with a structure tree; PDF/A-3b, the part that allows files in it, where there is one or an act wants it. Level A is not claimed:
 * nothing at hand could prove the tagging against it.
 */
export function openPdf({
  title,
  createdAt,
  geometry,
  fonts,
  officeMetadata,
  archival,
}: {
  title: string;
  createdAt: Date;
  geometry: PageGeometry;
  fonts: Fonts;
  officeMetadata: OfficeMetadata | undefined;
  archival: '2b' | '3b';
}) {
  const pdf = new PDFDocument({
    autoFirstPage: false,
    size: [geometry.width, geometry.height],
    margin: 0,
    pdfVersion: '1.7',
    subset: `PDF/A-${archival}`,
    tagged: true,
    lang: 'cs-CZ',
    displayTitle: true,
    // Left out, pdfkit would start with Helvetica, which it does not embed; the empty name means none.
    font: '',
    info: { Title: title, Producer: PRODUCER, Creator: PRODUCER, CreationDate: createdAt },
  });
  if (officeMetadata !== undefined) {
    const file = {
      name: METADATA_FILE,
      type: 'application/xml',
      description: 'Metadata dokumentu veřejnoprávního původce',
      relationship: 'Data',
      creationDate: createdAt,
      modifiedDate: createdAt,
    };
    pdf.file(Buffer.from(officeMetadataXml(officeMetadata)), file);
  }
  const set = typesetter(pdf, fonts);
  // Words come again and again, and a width grows with the size alone.
  const known = { regular: new Map<string, number>(), bold: new Map<string, number>() };
  const measure: Measure = (text, strong, size) => {
    const widths = strong ? known.bold : known.regular;
    let width = widths.get(text);
    if (width === undefined) {
      width = set(text, strong).reduce((sum, each) => sum + widthOf(pdf, each, 1), 0);
      widths.set(text, width);
    }
    return width * size;
  };
  return { pdf, set, measure };
}

type Pdf = InstanceType<typeof PDFDocument>;
/** Text ready to be drawn, each stretch in the font that has its letters. */
type Typesetter = (text: string, strong: boolean) => { font: string; text: string }[];

function typesetter(pdf: Pdf, fonts: Fonts): Typesetter {
  for (const weight of ['regular', 'bold'] as const)
    fonts[weight].forEach((face, index) => {
      pdf.registerFont(`${weight}-${index}`, ofOneDocument(face));
    });
  return (text, strong) => {
    const weight = strong ? 'bold' : 'regular';
    const found = stretches(text, fonts[weight]);
    if (found === undefined) throw new Error('text without glyphs is refused before anything is drawn');
    return found.map((each) => ({ font: `${weight}-${each.face}`, text: each.text }));
  };
}

const widthOf = (pdf: Pdf, { font, text }: { font: string; text: string }, size: number): number =>
  pdf.font(font).fontSize(size).widthOfString(text);

/** What drawing needs at hand. */
type Pen = { pdf: Pdf; set: Typesetter; measure: Measure };
type MarkedContent = ReturnType<Pdf['markStructureContent']>;

/** Draws placed pages and closes the PDF; resolves with its bytes. */
export async function drawPdf(
  pen: Pen,
  pages: readonly PlacedPage[],
  root: Node,
  geometry: PageGeometry,
  furniture: Furniture,
): Promise<Uint8Array> {
  const { pdf } = pen;
  const bytes = collect(pdf);
  const marked = new Map<Node, MarkedContent[]>();
  pages.forEach((page, index) => {
    pdf.addPage();
    if (furniture.training) drawTraining(pen, geometry, index === 0 ? firstChild(root) : undefined, marked);
    drawFurniture(pen, geometry, furniture, `${index + 1} / ${pages.length}`);
    const ops = page.flatMap(({ y, slice }) => slice.ops.map((op) => ({ op, y: geometry.top + y })));
    drawMarked(pen, ops, geometry.left, marked);
  });
  pdf.addStructure(structure(pdf, root, marked));
  pdf.end();
  return bytes;
}

/** The training mark is the first thing a screen reader says: an element before all others. */
function firstChild(root: Node): Node {
  const node: Node = { role: 'P', children: [] };
  root.children.unshift(node);
  return node;
}

async function collect(pdf: Pdf): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of pdf) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** Draws operations in order; neighbours of one element share one stretch of marked content. */
function drawMarked(
  pen: Pen,
  ops: readonly { op: Op; y: number }[],
  left: number,
  marked: Map<Node, MarkedContent[]>,
): void {
  const { pdf } = pen;
  let open: { node: Node | undefined } | undefined;
  for (const { op, y } of ops) {
    if (open === undefined || open.node !== op.node) {
      if (open !== undefined) pdf.endMarkedContent();
      beginMarked(pdf, op.node, marked);
      open = { node: op.node };
    }
    drawOp(pen, op, left, y);
  }
  if (open !== undefined) pdf.endMarkedContent();
}

function beginMarked(pdf: Pdf, node: Node | undefined, marked: Map<Node, MarkedContent[]>): void {
  if (node === undefined) {
    pdf.markContent('Artifact', { type: 'Layout' });
    return;
  }
  marked.set(node, [...(marked.get(node) ?? []), pdf.markStructureContent(node.role)]);
}

function drawOp(pen: Pen, op: Op, left: number, top: number): void {
  const { pdf } = pen;
  switch (op.type) {
    case 'text':
      drawSpoken(pdf, spokenText(op.text), () =>
        drawText(pen, op.text, left + op.x, top + op.baseline, op.size, op.strong, op.colour),
      );
      if (op.struck !== undefined) {
        const y = top + op.baseline - op.size * 0.27;
        pdf
          .moveTo(left + op.x, y)
          .lineTo(left + op.x + op.struck, y)
          .lineWidth(1)
          .strokeColor(INK)
          .stroke();
      }
      return;
    case 'line':
      pdf
        .moveTo(left + op.x1, top + op.y1)
        .lineTo(left + op.x2, top + op.y2)
        .lineWidth(op.width)
        .strokeColor(op.colour)
        .stroke();
      return;
    case 'fill':
      pdf.rect(left + op.x, top + op.y, op.width, op.height).fill(op.colour);
      return;
    case 'dark':
      for (const rect of op.rects) pdf.rect(left + rect.x, top + rect.y, rect.width, rect.height);
      // Pure black for readers; one fill for the whole code leaves no hairlines between its modules.
      pdf.fill('#000000');
      return;
  }
}

// Letters the font sets as a base and a mark of their own; drawn so, a reader would find the base letter only.
const COMPOSED = /[\u01f9\u1e3f\u1e43\u1e45\u1e63\u1eb9\u1ecb\u1ecd\u1ee5\p{M}]/u;

function spokenText(text: string): string | undefined {
  return COMPOSED.test(text) ? text : undefined;
}

/** Draws text that is to be extracted as one given text, however it is put together on the page. */
function drawSpoken(pdf: Pdf, spoken: string | undefined, draw: () => void): void {
  if (spoken === undefined) {
    draw();
    return;
  }
  // pdfkit draws on a page turned upside down and turns it back for text. The mark must begin and end in the same
  // coordinates as the text, or readers place what is spoken elsewhere on the page.
  const flip = () => pdf.save().transform(1, 0, 0, -1, 0, pdf.page.height);
  flip();
  pdf.markContent('Span', { actual: spoken });
  flip();
  draw();
  pdf.restore();
  pdf.endMarkedContent();
  pdf.restore();
}

function drawText(
  { pdf, set }: Pen,
  text: string,
  x: number,
  baseline: number,
  size: number,
  strong: boolean,
  colour: string,
): void {
  let at = x;
  for (const each of set(text, strong)) {
    pdf
      .font(each.font)
      .fontSize(size)
      .fillColor(colour)
      .text(each.text, at, baseline, { lineBreak: false, baseline: 'alphabetic' });
    at += widthOf(pdf, each, size);
  }
}

function drawTraining(
  pen: Pen,
  geometry: PageGeometry,
  spoken: Node | undefined,
  marked: Map<Node, MarkedContent[]>,
): void {
  const { pdf, measure } = pen;
  const { width, height } = geometry;
  const diagonal = Math.hypot(width, height);
  const size = (0.78 * diagonal) / measure(TRAINING_MARK, true, 1);
  const angle = (-Math.atan2(height, width) * 180) / Math.PI;
  pdf.markContent('Artifact', { type: 'Pagination' });
  pdf.save().rotate(angle, { origin: [width / 2, height / 2] });
  const textWidth = measure(TRAINING_MARK, true, size);
  // Named as one text: letters standing aslant would be extracted one by one, strewn among the lines.
  drawSpoken(pdf, TRAINING_MARK, () =>
    drawText(
      pen,
      TRAINING_MARK,
      (width - textWidth) / 2,
      height / 2 + size * 0.35,
      size,
      true,
      WATERMARK_COLOUR,
    ),
  );
  pdf.restore();
  pdf.endMarkedContent();
  beginMarked(pdf, spoken, marked);
  const headerWidth = measure(TRAINING_MARK, true, 10);
  drawText(pen, TRAINING_MARK, (width - headerWidth) / 2, 9.5 * MM, 10, true, TRAINING_COLOUR);
  pdf.endMarkedContent();
}

function drawFurniture(
  pen: Pen,
  { left, right, height }: PageGeometry,
  { header, footer }: Furniture,
  pageNumber: string,
): void {
  const { pdf, measure } = pen;
  pdf.markContent('Artifact', { type: 'Pagination' });
  const size = 8;
  const rule = (y: number) =>
    pdf.moveTo(left, y).lineTo(right, y).lineWidth(0.6).strokeColor(HAIRLINE).stroke();
  const line = (runs: readonly Run[], x: number, baseline: number, maxWidth: number) => {
    let at = x;
    for (const run of fitted(runs, maxWidth, size, measure)) {
      drawText(pen, run.text, at, baseline, size, run.strong, MUTED);
      at += measure(run.text, run.strong, size);
    }
  };
  const lineWidth = (runs: readonly Run[]) =>
    runs.reduce((sum, run) => sum + measure(run.text, run.strong, size), 0);
  if (header !== undefined) {
    const rightRuns = fitted(header.right, (right - left) * 0.45, size, measure);
    const rightWidth = lineWidth(rightRuns);
    line(header.left, left, 17.5 * MM, right - left - rightWidth - 12);
    line(rightRuns, right - rightWidth, 17.5 * MM, rightWidth + 1);
    rule(20 * MM);
  }
  rule(height - 15 * MM);
  const numberWidth = measure(pageNumber, false, size);
  line(footer, left, height - 11 * MM, right - left - numberWidth - 12);
  drawText(pen, pageNumber, right - numberWidth, height - 11 * MM, size, false, MUTED);
  pdf.endMarkedContent();
}

/** Running lines repeat what stands in full in the document; here they are cut to one line with an ellipsis. */
function fitted(runs: readonly Run[], maxWidth: number, size: number, measure: Measure): Run[] {
  const result: Run[] = [];
  let used = 0;
  for (const run of runs) {
    const text = run.text.replace(/[\n\u00a0\u202f]/g, ' ');
    const width = measure(text, run.strong, size);
    if (used + width <= maxWidth) {
      result.push({ ...run, text });
      used += width;
      continue;
    }
    const characters = [...text];
    while (characters.length > 0 && used + measure(`${characters.join('')}…`, run.strong, size) > maxWidth) {
      characters.pop();
    }
    result.push({ ...run, text: `${characters.join('').trimEnd()}…` });
    break;
  }
  return result;
}

function structure(
  pdf: Pdf,
  node: Node,
  marked: ReadonlyMap<Node, MarkedContent[]>,
): ReturnType<Pdf['struct']> {
  const options = {
    ...(node.alt === undefined ? {} : { alt: node.alt }),
    ...(node.scope === undefined ? {} : { scope: node.scope }),
  };
  const element = pdf.struct(node.role, options);
  for (const content of marked.get(node) ?? []) element.add(content);
  for (const each of node.children) element.add(structure(pdf, each, marked));
  element.end();
  return element;
}
