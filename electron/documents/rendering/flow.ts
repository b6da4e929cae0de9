import { err, ok, type Result } from '../../values/result.ts';
import { type DocumentFailure, failure } from '../failures.ts';

/** A structure element of the tagged PDF; the leaves gather the content drawn for them. */
export type Node = {
  role: string;
  alt?: string;
  scope?: 'Row' | 'Column';
  /** The element's text is cut into spans, which are its children. */
  spans?: boolean;
  children: Node[];
};

/** Something drawn. Coordinates are points from the slice's top left; without a node it is an artifact (decoration). */
export type Op = { node?: Node } & (
  | {
      type: 'text';
      x: number;
      baseline: number;
      size: number;
      text: string;
      strong: boolean;
      colour: string;
      struck?: number;
    }
  | { type: 'line'; x1: number; y1: number; x2: number; y2: number; width: number; colour: string }
  | { type: 'fill'; x: number; y: number; width: number; height: number; colour: string }
  | { type: 'dark'; rects: { x: number; y: number; width: number; height: number }[] }
);

/**
 * The smallest piece that stays on one page, such as a line of text with its part of the frame around it.
 * `before` is the gap above it, dropped at the top of a page. `keepWithNext` ties it to the following slice.
 * `repeated` is put above it again when it starts a page (the head of a table).
 */
export type Slice = {
  before: number;
  height: number;
  ops: Op[];
  keepWithNext: boolean;
  repeated?: Slice[];
  breakBefore?: boolean;
};

/** What stands on a page: slices with the distance of their top from the top of the content area. */
export type PlacedPage = { y: number; slice: Slice }[];

/** Pours slices onto pages of a height. Tied slices move together when they fit on one page at all. */
export function flow(slices: readonly Slice[], pageHeight: number): Result<PlacedPage[], DocumentFailure> {
  let page: PlacedPage = [];
  const pages: PlacedPage[] = [page];
  let y = 0;
  const turn = () => {
    page = [];
    pages.push(page);
    y = 0;
  };
  const put = (slice: Slice) => {
    if (page.length > 0) y += slice.before;
    page.push({ y, slice });
    y += slice.height;
  };
  let at = 0;
  while (at < slices.length) {
    let end = at;
    while (
      end < slices.length - 1 &&
      slices[end]?.keepWithNext === true &&
      slices[end + 1]?.breakBefore !== true
    )
      end += 1;
    const chain = slices.slice(at, end + 1);
    at = end + 1;
    if (chain[0]?.breakBefore === true && page.length > 0) turn();
    if (page.length > 0 && y + extent(chain, false) > pageHeight && fitsAlone(chain, pageHeight)) turn();
    for (const slice of chain) {
      if (page.length > 0 && y + slice.before + slice.height > pageHeight) turn();
      if (page.length === 0) for (const head of slice.repeated ?? []) put(head);
      if (y + slice.height > pageHeight) return err(failure('documents.block-too-tall'));
      put(slice);
    }
  }
  return ok(pages);
}

function extent(chain: readonly Slice[], atTop: boolean): number {
  const sum = chain.reduce((total, slice) => total + slice.before + slice.height, 0);
  const first = chain[0];
  if (!atTop || first === undefined) return sum;
  return sum - first.before + (first.repeated ?? []).reduce((total, head) => total + head.height, 0);
}

function fitsAlone(chain: readonly Slice[], pageHeight: number): boolean {
  return extent(chain, true) <= pageHeight;
}
