import type { Align, Content, Run } from '../template/expand.ts';
import type { Node, Op, Slice } from './flow.ts';
import { breakLines, type Line, type Measure, type Piece } from './lines.ts';

export const MM = 72 / 25.4;
export const INK = '#14171a';
export const MUTED = '#4a5058';
export const HAIRLINE = '#9aa1aa';
const SHADE = '#eef0f3';

const LINE_HEIGHT = 1.36;
const SIZE = { small: 8, normal: 9.5, strong: 9.5, large: 11.5 } as const;
const HEADING = {
  1: { size: 16, before: 4, after: 6 },
  2: { size: 11.5, before: 12, after: 4 },
  3: { size: 10, before: 8, after: 2 },
};
const CELL_PADDING = { x: 5, y: 3 };
const BOX_PADDING = 9;

/** Noto Sans: ascent 1069, descent 293 of 1000; the baseline of a line box of the given height. */
export function baselineIn(height: number, size: number): number {
  return (height - 1.362 * size) / 2 + 1.069 * size;
}

/** Sets content into slices of the given width. Structure elements made on the way become children of `parent`. */
export function layout(blocks: readonly Content[], width: number, parent: Node, measure: Measure): Slice[] {
  const slices: Slice[] = [];
  for (const block of blocks) {
    const last = slices.at(-1);
    if (block.type === 'keepTogether' && block.withPrevious && last !== undefined) {
      slices[slices.length - 1] = { ...last, keepWithNext: true };
    }
    slices.push(...layoutBlock(block, width, parent, measure));
  }
  return slices;
}

function child(parent: Node, role: string, more: Partial<Node> = {}): Node {
  const node: Node = { role, children: [], ...more };
  parent.children.push(node);
  return node;
}

function layoutBlock(block: Content, width: number, parent: Node, measure: Measure): Slice[] {
  switch (block.type) {
    case 'heading': {
      const { size, before, after } = HEADING[block.level];
      const runs = block.runs.map((run) => ({ ...run, strong: true }));
      const slices = textSlices(runs, width, size, child(parent, `H${block.level}`), measure, { after });
      return tieAll(gapBefore(slices, before));
    }
    case 'paragraph': {
      const size = SIZE[block.style];
      const options = { align: block.align, after: size * 0.45 };
      return protectEnds(textSlices(block.runs, width, size, child(parent, 'P'), measure, options));
    }
    case 'keyValues':
      return keyValues(block, width, parent, measure);
    case 'table':
      return table(block, width, parent, measure);
    case 'list':
      return list(block, width, parent, measure);
    case 'signature':
      return signature(block, width, parent, measure);
    case 'checkbox':
      return checkbox(block, width, parent, measure);
    case 'symbol':
      return symbol(block, width, parent, measure);
    case 'rule':
      return [
        slice(1, [{ type: 'line', x1: 0, y1: 0.5, x2: width, y2: 0.5, width: 0.6, colour: HAIRLINE }], 6),
      ];
    case 'spacer':
      return [slice(block.mm * MM, [])];
    case 'pageBreak':
      return [{ ...slice(0, []), breakBefore: true }];
    case 'keepTogether': {
      const slices = layout(block.blocks, width, parent, measure);
      return slices.map((each, index) =>
        index < slices.length - 1 ? { ...each, keepWithNext: true } : each,
      );
    }
    case 'box':
      return box(layout(block.blocks, width - 2 * BOX_PADDING, child(parent, 'Div'), measure), width);
    case 'columns':
      return columns(block, width, parent, measure);
  }
}

function slice(height: number, ops: Op[], before = 0): Slice {
  return { before, height, ops, keepWithNext: false };
}

function gapBefore(slices: Slice[], before: number): Slice[] {
  return slices.map((each, index) => (index === 0 ? { ...each, before: each.before + before } : each));
}

const tieAll = (slices: Slice[]) => slices.map((each) => ({ ...each, keepWithNext: true }));

/** Keeps the first two and the last two lines of a paragraph together: no line stands alone on a page. */
function protectEnds(slices: Slice[]): Slice[] {
  return slices.map((each, index) =>
    index < slices.length - 1 && (index === 0 || index === slices.length - 2)
      ? { ...each, keepWithNext: true }
      : each,
  );
}

type TextOptions = { align?: Align; after?: number; x?: number; colour?: string };

function textSlices(
  runs: readonly Run[],
  width: number,
  size: number,
  node: Node,
  measure: Measure,
  { align = 'left', after = 0, x = 0, colour = INK }: TextOptions = {},
): Slice[] {
  const height = size * LINE_HEIGHT;
  const lines = breakLines(runs, width, size, measure);
  node.spans = runs.some((run) => run.struck);
  return lines.map((line, index) => {
    const last = index === lines.length - 1;
    return slice(height + (last ? after : 0), lineOps(line, x, width, height, size, align, node, colour));
  });
}

function lineOps(
  line: Line,
  x: number,
  width: number,
  height: number,
  size: number,
  align: Align,
  node: Node,
  colour: string,
): Op[] {
  const shift = align === 'right' ? width - line.width : align === 'center' ? (width - line.width) / 2 : 0;
  return line.pieces.map((piece) => ({
    type: 'text',
    node: nodeOf(piece, node),
    x: x + shift + piece.x,
    baseline: baselineIn(height, size),
    size,
    text: piece.text,
    strong: piece.strong,
    colour,
    ...(piece.struck ? { struck: piece.width } : {}),
  }));
}

/**
 * Text with crossed out words is cut into spans, and a screen reader says of those words that they are crossed out.
 * (Not as text to be extracted in their place: readers then put it elsewhere on the page.)
 */
function nodeOf(piece: Piece, parent: Node): Node {
  if (parent.spans !== true) return parent;
  return child(parent, 'Span', piece.struck ? { alt: `škrtnuto: ${piece.text}` } : {});
}

type Cell = { runs: readonly Run[]; node: Node; x: number; width: number; align: Align; colour?: string };

/** A row of cells as slices, one for each line of the tallest cell, so that a long cell can cross a page's end. */
function rowSlices(cells: readonly Cell[], size: number, measure: Measure, padding: number): Slice[] {
  const height = size * LINE_HEIGHT;
  for (const cell of cells) cell.node.spans = cell.runs.some((run) => run.struck);
  const columns = cells.map((cell) => ({ cell, lines: breakLines(cell.runs, cell.width, size, measure) }));
  const count = Math.max(1, ...columns.map(({ lines }) => lines.length));
  return Array.from({ length: count }, (_unused, index) => {
    const top = index === 0 ? padding : 0;
    const bottom = index === count - 1 ? padding : 0;
    const ops = columns.flatMap(({ cell, lines }) => {
      const line = lines[index];
      if (line === undefined) return [];
      const colour = cell.colour ?? INK;
      return lineOps(line, cell.x, cell.width, height, size, cell.align, cell.node, colour).map((op) =>
        moved(op, 0, top),
      );
    });
    return { ...slice(top + height + bottom, ops), keepWithNext: index < count - 1 && count <= 12 };
  });
}

/** A row whose cells share lines, so the order of drawing is by line; the reading order comes from the nodes. */
function keyValues(
  block: Extract<Content, { type: 'keyValues' }>,
  width: number,
  parent: Node,
  measure: Measure,
): Slice[] {
  const node = child(parent, 'Table');
  const labelWidth = width * block.labelWidth;
  const size = SIZE.normal;
  const slices = block.rows.flatMap((row, index) => {
    const tr = child(node, 'TR');
    const made = rowSlices(
      [
        {
          runs: row.label,
          node: child(tr, 'TH', { scope: 'Row' }),
          x: 0,
          width: labelWidth - 8,
          align: 'left',
          colour: MUTED,
        },
        { runs: row.value, node: child(tr, 'TD'), x: labelWidth, width: width - labelWidth, align: 'left' },
      ],
      size,
      measure,
      1.6,
    );
    return index === 0 && block.rows.length > 1 ? tieLast(made) : made;
  });
  return closeWith(slices, 4);
}

const tieLast = (slices: Slice[]) =>
  slices.map((each, index) => (index === slices.length - 1 ? { ...each, keepWithNext: true } : each));

function closeWith(slices: Slice[], after: number): Slice[] {
  return slices.map((each, index) =>
    index === slices.length - 1 ? { ...each, height: each.height + after } : each,
  );
}

function table(
  block: Extract<Content, { type: 'table' }>,
  width: number,
  parent: Node,
  measure: Measure,
): Slice[] {
  const node = child(parent, 'Table');
  const total = block.columns.reduce((sum, column) => sum + column.width, 0);
  let x = 0;
  const places = block.columns.map((column) => {
    const place = {
      x: x + CELL_PADDING.x,
      width: (column.width / total) * width - 2 * CELL_PADDING.x,
      align: column.align,
    };
    x += (column.width / total) * width;
    return place;
  });
  const size = 9;
  const row = (cells: readonly Run[][], role: 'TH' | 'TD', into: Node) => {
    const tr = child(into, 'TR');
    return rowSlices(
      places.map((place, index) => ({
        runs: cells[index] ?? [],
        node: child(tr, role, role === 'TH' ? { scope: 'Column' } : {}),
        ...place,
      })),
      size,
      measure,
      CELL_PADDING.y,
    );
  };
  const below = (slices: Slice[], weight: number): Slice[] =>
    slices.map((each, index) =>
      index === slices.length - 1
        ? {
            ...each,
            ops: [
              ...each.ops,
              {
                type: 'line',
                x1: 0,
                y1: each.height,
                x2: width,
                y2: each.height,
                width: weight,
                colour: HAIRLINE,
              },
            ],
          }
        : each,
    );
  const titles = block.columns.map((column) => column.title.map((run) => ({ ...run, strong: true })));
  const shaded = (slices: Slice[]): Slice[] =>
    slices.map((each) => ({
      ...each,
      keepWithNext: true,
      ops: [{ type: 'fill', x: 0, y: 0, width, height: each.height, colour: SHADE }, ...each.ops],
    }));
  const head = below(shaded(row(titles, 'TH', node)), 0.8);
  // What is repeated on the next pages is decoration: a screen reader heard the head once.
  const repeated = below(shaded(row(titles, 'TH', { role: 'Artifact', children: [] })), 0.8).map((each) => ({
    ...each,
    ops: each.ops.map(withoutNode),
  }));
  const body = block.rows.flatMap((cells, index) => {
    const slices = below(row(cells, 'TD', node), 0.4).map((each) => ({ ...each, repeated }));
    // The last two rows stay together, so that a total never stands alone under a repeated head.
    return index === block.rows.length - 2 ? tieLast(slices) : slices;
  });
  return closeWith(gapBefore([...head, ...body], 2), 8);
}

function withoutNode({ node: _node, ...op }: Op): Op {
  return op;
}

function list(
  block: Extract<Content, { type: 'list' }>,
  width: number,
  parent: Node,
  measure: Measure,
): Slice[] {
  const node = child(parent, 'L');
  const indent = 16;
  return block.items.flatMap((item) => {
    const li = child(node, 'LI');
    const label = child(li, 'Lbl');
    const slices = textSlices(item.runs, width - indent, SIZE.normal, child(li, 'LBody'), measure, {
      x: indent,
      after: 3,
    });
    const mark: Op = {
      type: 'text',
      node: label,
      x: 0,
      baseline: baselineIn(SIZE.normal * LINE_HEIGHT, SIZE.normal),
      size: SIZE.normal,
      text: item.mark,
      strong: false,
      colour: INK,
    };
    return protectEnds(
      slices.map((each, index) => (index === 0 ? { ...each, ops: [mark, ...each.ops] } : each)),
    );
  });
}

function signature(
  block: Extract<Content, { type: 'signature' }>,
  width: number,
  parent: Node,
  measure: Measure,
): Slice[] {
  const node = child(parent, 'P');
  const room: Slice = {
    ...slice(13 * MM, [
      { type: 'line', x1: 0, y1: 13 * MM - 1, x2: width, y2: 13 * MM - 1, width: 0.7, colour: INK },
    ]),
    keepWithNext: true,
  };
  const options = { align: 'center', colour: MUTED } as const;
  const label = textSlices(block.label, width, SIZE.small, node, measure, options);
  const name =
    block.name.length === 0
      ? []
      : textSlices(block.name, width, SIZE.normal, node, measure, { align: 'center' });
  const slices = [room, ...name, ...label];
  return slices.map((each, index) => (index < slices.length - 1 ? { ...each, keepWithNext: true } : each));
}

function checkbox(
  block: Extract<Content, { type: 'checkbox' }>,
  width: number,
  parent: Node,
  measure: Measure,
): Slice[] {
  const p = child(parent, 'P');
  const figure = child(p, 'Figure', { alt: block.checked ? 'zaškrtnuto' : 'nezaškrtnuto' });
  const edge = 8;
  const top = 2.4;
  const frame: Op[] = [
    [0, top, edge, top],
    [0, top + edge, edge, top + edge],
    [0, top, 0, top + edge],
    [edge, top, edge, top + edge],
    ...(block.checked
      ? [
          [1.6, top + 1.6, edge - 1.6, top + edge - 1.6],
          [edge - 1.6, top + 1.6, 1.6, top + edge - 1.6],
        ]
      : []),
  ].map(([x1 = 0, y1 = 0, x2 = 0, y2 = 0]) => ({
    type: 'line',
    node: figure,
    x1,
    y1,
    x2,
    y2,
    width: 0.9,
    colour: INK,
  }));
  const slices = textSlices(block.runs, width - 16, SIZE.normal, p, measure, { x: 16, after: 4 });
  return protectEnds(
    slices.map((each, index) => (index === 0 ? { ...each, ops: [...frame, ...each.ops] } : each)),
  );
}

function symbol(
  block: Extract<Content, { type: 'symbol' }>,
  width: number,
  parent: Node,
  measure: Measure,
): Slice[] {
  const figure = child(parent, 'Figure', { alt: block.alt });
  // Never wider than its place: a code cut off cannot be read, a slightly denser one can.
  const drawnWidth = Math.min(block.widthMm * MM, width);
  const drawnHeight = block.heightMm * MM;
  const left =
    block.align === 'right' ? width - drawnWidth : block.align === 'center' ? (width - drawnWidth) / 2 : 0;
  const unitX = drawnWidth / block.symbol.columns;
  const unitY = drawnHeight / block.symbol.rows;
  const rects = block.symbol.dark.map(({ x, y, length }) => ({
    x: left + x * unitX,
    y: y * unitY,
    width: length * unitX,
    height: unitY,
  }));
  // The quiet zone is painted white, or the training mark beneath would reach into the code.
  const quiet = { x: left - 4 * unitX, width: drawnWidth + 8 * unitX, y: -3, height: drawnHeight + 6 };
  const picture = slice(
    drawnHeight + 3,
    [
      { type: 'fill', ...quiet, colour: '#ffffff' },
      { type: 'dark', node: figure, rects },
    ],
    3,
  );
  if (block.caption.length === 0) return [picture];
  const captionWidth = Math.max(drawnWidth, Math.min(width, 120));
  const captionX =
    block.align === 'right'
      ? width - captionWidth
      : block.align === 'center'
        ? (width - captionWidth) / 2
        : 0;
  const options = { align: block.align === 'left' ? 'left' : 'center', x: captionX, colour: MUTED } as const;
  const caption = textSlices(block.caption, captionWidth, SIZE.small, child(parent, 'P'), measure, options);
  return [{ ...picture, keepWithNext: true }, ...caption];
}

/** Draws a frame around slices; each carries its part of the frame, so that a long box may cross pages. */
function box(inner: readonly Slice[], width: number): Slice[] {
  const framed = inner.map((each, index): Slice => {
    const top = each.before + (index === 0 ? BOX_PADDING : 0);
    const bottom = index === inner.length - 1 ? BOX_PADDING : 0;
    const height = top + each.height + bottom;
    const ops = each.ops.map((op) => moved(op, BOX_PADDING, top));
    const edge = (x1: number, y1: number, x2: number, y2: number): Op => ({
      type: 'line',
      x1,
      y1,
      x2,
      y2,
      width: 0.8,
      colour: INK,
    });
    ops.push(edge(0, 0, 0, height), edge(width, 0, width, height));
    if (index === 0) ops.push(edge(0, 0, width, 0));
    if (index === inner.length - 1) ops.push(edge(0, height, width, height));
    return { ...each, before: index === 0 ? 4 : 0, height, ops, keepWithNext: index < inner.length - 1 };
  });
  return closeWith(framed.slice(0, -1), 0).concat(
    framed.slice(-1).map((each) => ({ ...each, height: each.height + 6 })),
  );
}

function columns(
  block: Extract<Content, { type: 'columns' }>,
  width: number,
  parent: Node,
  measure: Measure,
): Slice[] {
  const gap = 18;
  const total = block.columns.reduce((sum, column) => sum + column.width, 0);
  const available = width - gap * (block.columns.length - 1);
  const ops: Op[] = [];
  let x = 0;
  let height = 0;
  for (const column of block.columns) {
    const own = (column.width / total) * available;
    let y = 0;
    for (const each of layout(column.blocks, own, parent, measure)) {
      if (y > 0) y += each.before;
      ops.push(...each.ops.map((op) => moved(op, x, y)));
      y += each.height;
    }
    height = Math.max(height, y);
    x += own + gap;
  }
  return [slice(height, ops, 2)];
}

/** The same drawing elsewhere. */
export function moved(op: Op, dx: number, dy: number): Op {
  switch (op.type) {
    case 'text':
      return { ...op, x: op.x + dx, baseline: op.baseline + dy };
    case 'line':
      return { ...op, x1: op.x1 + dx, x2: op.x2 + dx, y1: op.y1 + dy, y2: op.y2 + dy };
    case 'fill':
      return { ...op, x: op.x + dx, y: op.y + dy };
    case 'dark':
      return { ...op, rects: op.rects.map((rect) => ({ ...rect, x: rect.x + dx, y: rect.y + dy })) };
  }
}
