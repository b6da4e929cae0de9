import { groupTag, type IppAttribute, type IppGroup, type IppValue, texts, upperBound } from './ipp-codec.ts';
import type {
  Colour,
  LoadedPaper,
  PaperSize,
  PrinterFailure,
  PrinterOffers,
  PrintRequest,
  Sides,
} from './port.ts';

// What a printer says of paper, in the words of RFC 8011 and PWG 5100.3 (media-col), sizes by the names of PWG 5101.1.

/** Hundredths of a millimetre. */
export const A4: PaperSize = { width: 21_000, height: 29_700 };
export const A4_NAME = 'iso_a4_210x297mm';

/** Printers round sizes to their own steps. */
const TOLERANCE = 100;

const near = (a: number, b: number): boolean => Math.abs(a - b) <= TOLERANCE;

/** Whether a sheet of one size is of the other, whichever way round it lies. */
export const sameSize = (a: PaperSize, b: PaperSize): boolean =>
  (near(a.width, b.width) && near(a.height, b.height)) ||
  (near(a.width, b.height) && near(a.height, b.width));

/** The size at the end of a name such as `iso_a4_210x297mm` or `na_letter_8.5x11in` (PWG 5101.1, 5). */
export const sizeOfName = (name: string): PaperSize | null => {
  const [, width, height, unit] = /_(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(mm|in)$/.exec(name) ?? [];
  if (width === undefined || height === undefined) return null;
  const hundredths = (text: string): number => Math.round(Number(text) * (unit === 'in' ? 2_540 : 100));
  return { width: hundredths(width), height: hundredths(height) };
};

const sides: readonly Sides[] = ['one-sided', 'two-sided-long-edge', 'two-sided-short-edge'];
/** print-color-mode (PWG 5100.13) in our words. */
export const colourModes: Readonly<Record<Colour, string>> = { colour: 'color', monochrome: 'monochrome' };
const colours: readonly Colour[] = ['colour', 'monochrome'];

/** A name as printers may make it up, so short that it can stand in a sentence. */
const MOST_NAMES = 40;
const named = (names: readonly string[]): string[] =>
  [...new Set(names.filter((name) => name !== 'auto' && /^[\w.-]{1,60}$/.test(name)))].slice(0, MOST_NAMES);

export const offersOf = (groups: readonly IppGroup[]): PrinterOffers => {
  const told = (name: string): string[] => texts(groups, groupTag.printer, name);
  const modes = told('print-color-mode-supported');
  return {
    sides: sides.filter((one) => told('sides-supported').includes(one)),
    colours: colours.filter((one) => modes.includes(colourModes[one])),
    trays: named(told('media-source-supported')),
    papers: named(told('media-type-supported')),
    copies: upperBound(groups, groupTag.printer, 'copies-supported') ?? 1,
  };
};

const member = (members: readonly IppAttribute[], name: string): IppValue | undefined =>
  members.find((one) => one.name === name)?.values[0];
const keyword = (value: IppValue | undefined): string | null =>
  value && 'text' in value ? (named([value.text])[0] ?? null) : null;
const integer = (value: IppValue | undefined): number | null =>
  value && 'integer' in value && value.integer > 0 ? value.integer : null;

const loadedOf = (members: readonly IppAttribute[]): LoadedPaper => {
  const size = member(members, 'media-size');
  const width = size?.type === 'collection' ? integer(member(size.members, 'x-dimension')) : null;
  const height = size?.type === 'collection' ? integer(member(size.members, 'y-dimension')) : null;
  return {
    tray: keyword(member(members, 'media-source')),
    paper: keyword(member(members, 'media-type')),
    size: width === null || height === null ? null : { width, height },
  };
};

/** What lies in the trays (media-col-ready; of older printers media-ready, without trays). Null: it does not tell. */
export const loadedIn = (groups: readonly IppGroup[]): LoadedPaper[] | null => {
  const ready = groups
    .filter(({ tag }) => tag === groupTag.printer)
    .flatMap(({ attributes }) => attributes.filter(({ name }) => name === 'media-col-ready'))
    .flatMap(({ values }) => values)
    .flatMap((value) => (value.type === 'collection' ? [loadedOf(value.members)] : []));
  if (ready.length > 0) return ready.slice(0, MOST_NAMES);
  const names = texts(groups, groupTag.printer, 'media-ready');
  return names.length === 0
    ? null
    : names.slice(0, MOST_NAMES).map((name) => ({ tray: null, paper: null, size: sizeOfName(name) }));
};

/** What a document needs: a size, and a tray or a kind of paper where one is set. */
export type NeededPaper = { size: PaperSize; tray: string | null; paper: string | null };

/**
 * Whether something that is loaded serves. What the printer does not say of a tray is no reason to doubt it, so only a sure lack is told.
 */
export const isLoaded = (loaded: readonly LoadedPaper[] | null, needed: NeededPaper): boolean =>
  loaded === null ||
  loaded.length === 0 ||
  loaded.some(
    ({ tray, paper, size }) =>
      (needed.tray === null || tray === null || tray === needed.tray) &&
      (needed.paper === null || paper === null || paper === needed.paper) &&
      (size === null || sameSize(size, needed.size)),
  );

/** The sentence for what lies in no tray; `any`: whichever tray. */
export const lackOf = ({
  tray,
  paper,
}: NeededPaper): { code: 'printer.not-loaded'; params: { tray: string; paper: string } } => ({
  code: 'printer.not-loaded',
  params: { tray: tray ?? 'any', paper: paper ?? 'any' },
});

/** Why a printer that offers this cannot print so; null: it can. */
export const notOffered = (
  offers: PrinterOffers,
  {
    sides = 'one-sided',
    tray,
    paper,
    colour,
    copies = 1,
  }: Pick<PrintRequest, 'sides' | 'tray' | 'paper' | 'colour' | 'copies'>,
): PrinterFailure | null => {
  // Sheets are counted and paid for, so a printer that would quietly print one side only is not used for two; nor one that would
  // quietly take other paper than was set.
  if (sides !== 'one-sided' && !offers.sides.includes(sides)) return { code: 'printer.sides-unsupported' };
  if (tray !== undefined && !offers.trays.includes(tray))
    return { code: 'printer.tray-unsupported', params: { tray } };
  if (paper !== undefined && !offers.papers.includes(paper))
    return { code: 'printer.paper-unsupported', params: { paper } };
  if (colour !== undefined && !offers.colours.includes(colour)) return { code: 'printer.colour-unsupported' };
  if (copies > offers.copies) return { code: 'printer.copies-unsupported', params: { copies } };
  return null;
};
