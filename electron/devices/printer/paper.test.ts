import { describe, expect, it } from 'vitest';
import { groupTag, type IppAttribute, type IppGroup, type IppValue } from './ipp-codec.ts';
import { A4, isLoaded, loadedIn, notOffered, offersOf, sameSize, sizeOfName } from './paper.ts';
import { behind } from './print-server.ts';

const keywords = (name: string, ...words: string[]): IppAttribute => ({
  name,
  values: words.map((text) => ({ type: 'keyword', text })),
});
const told = (...attributes: IppAttribute[]): IppGroup[] => [{ tag: groupTag.printer, attributes }];
const number = (name: string, integer: number): IppAttribute => ({
  name,
  values: [{ type: 'integer', integer }],
});
const ready = (tray: string, width: number, height: number): IppValue => ({
  type: 'collection',
  members: [
    {
      name: 'media-size',
      values: [
        { type: 'collection', members: [number('x-dimension', width), number('y-dimension', height)] },
      ],
    },
    keywords('media-source', tray),
  ],
});

it.each([
  ['iso_a4_210x297mm', { width: 21_000, height: 29_700 }],
  ['na_letter_8.5x11in', { width: 21_590, height: 27_940 }],
  ['custom_max_8.5x14', null],
  ['a4', null],
])('%s has the size of its name', (name, size) => {
  expect(sizeOfName(name)).toEqual(size);
});

it('a sheet is of a size whichever way round it lies, and a letter is no A4', () => {
  expect(sameSize(A4, { width: 29_702, height: 20_990 })).toBe(true);
  expect(sameSize(A4, { width: 21_590, height: 27_940 })).toBe(false);
});

describe('what a printer offers', () => {
  const offers = offersOf(
    told(
      keywords('sides-supported', 'one-sided', 'two-sided-long-edge'),
      keywords('print-color-mode-supported', 'auto', 'monochrome'),
      keywords('media-source-supported', 'auto', 'main', 'tray-2', 'a b\u0000', 'x'.repeat(99)),
      keywords('media-type-supported', 'auto', 'stationery'),
    ),
  );
  it('is what can be chosen, without what no keyword is', () => {
    expect(offers).toEqual({
      sides: ['one-sided', 'two-sided-long-edge'],
      colours: ['monochrome'],
      trays: ['main', 'tray-2'],
      papers: ['stationery'],
      copies: 1,
    });
  });
  it.each([
    [{}, null],
    [{ sides: 'two-sided-long-edge', tray: 'tray-2', paper: 'stationery', colour: 'monochrome' }, null],
    [{ sides: 'two-sided-short-edge' }, 'printer.sides-unsupported'],
    [{ tray: 'tray-3' }, 'printer.tray-unsupported'],
    [{ paper: 'labels' }, 'printer.paper-unsupported'],
    [{ colour: 'colour' }, 'printer.colour-unsupported'],
    [{ copies: 2 }, 'printer.copies-unsupported'],
  ] as const)('%j is %s', (wish, code) => {
    expect(notOffered(offers, wish)?.code ?? null).toBe(code);
  });
});

describe('what is loaded', () => {
  const loaded = loadedIn(
    told({
      name: 'media-col-ready',
      values: [ready('main', 21_590, 27_940), ready('tray-2', 21_000, 29_700)],
    }),
  );
  it.each([
    [null, true],
    ['tray-2', true],
    ['main', false],
  ])('A4 of tray %s is there: %s', (tray, is) => {
    expect(isLoaded(loaded, { size: A4, tray, paper: null })).toBe(is);
  });
  it('is not doubted where the printer does not tell', () => {
    expect(loadedIn(told())).toBeNull();
    expect(isLoaded(null, { size: A4, tray: 'main', paper: 'labels' })).toBe(true);
    const older = loadedIn(told(keywords('media-ready', 'na_letter_8.5x11in', 'own-name')));
    expect(isLoaded(older, { size: A4, tray: 'main', paper: null })).toBe(true);
  });
});

it.each([
  [undefined, 'ipp://printer/ipp/print', { server: false }],
  [
    'ipp://192.0.2.7/ipp/print',
    'ipp://server/printers/a',
    { server: true, follow: 'ipp://192.0.2.7/ipp/print' },
  ],
  ['ipp://localhost:60000/ipp/print', 'ipp://server/printers/a', { server: true, follow: null }],
  [
    'ipp://localhost:60000/a',
    'ipp://127.0.0.1/printers/a',
    { server: true, follow: 'ipp://localhost:60000/a' },
  ],
  ['usb://Kyocera/ECOSYS?serial=1', 'ipp://localhost/printers/a', { server: true, follow: null }],
  ['socket://192.0.2.7', 'ipp://server/printers/a', { server: true, follow: null }],
])('behind a queue to %s', (device, uri, is) => {
  expect(behind(told(...(device ? [keywords('device-uri', device)] : [])), uri)).toEqual(is);
});
