import type { ScannerFailure } from '../port.ts';

/**
 * What NAPS2's console says, by the texts of its resources (SdkResources, ConsoleResources). Sentences about the scanner come in the
 * language of Windows, those about the work in English; of the languages Czech and English are known here.
 */
const sentences: readonly (readonly [ScannerFailure, ...RegExp[]])[] = (
  [
    [
      { code: 'scanner.not-found' },
      'The selected scanner could not be found.',
      'Vybraný skener nebyl nalezen.',
      'The selected scanner is offline.',
      'Vybraný skener je vypnutý.',
      'No scanning device was found.',
      'Nenalezeno žádné skenovací zařízení.',
    ],
    [
      { code: 'scanner.unplugged' },
      'Communication with the scanning device was interrupted.',
      'Komunikace se skenovacím zařízením byla přerušena.',
    ],
    [
      { code: 'scanner.busy' },
      'The selected scanner is busy.',
      'Vybraný skener je zaneprázdněn.',
      'The scanner is warming up.',
      'Skener se rozehřívá.',
    ],
    [{ code: 'scanner.cover-open' }, "The scanner's cover is open.", 'Víko skeneru je otevřené.'],
    [{ code: 'scanner.jammed' }, 'The scanner has a paper jam.', 'Ve skeneru je zmuchlaný papír.'],
    [{ code: 'scanner.no-paper' }, 'No pages are in the feeder.', 'V podavači nejsou žádné papíry.'],
    [
      { code: 'scanner.not-offered', params: { what: 'source' } },
      'The selected scanner does not support using a feeder.',
      'Vybraný skener nepodporuje použití podavače.',
      'The selected scanner does not support using duplex.',
      'Vybraný skener nepodporuje použití oboustranný mód.',
    ],
    [
      { code: 'scanner.failed', params: { status: 'driver' } },
      'The selected driver is not supported on this system.',
      'Vybraný ovladač není na tomto systému podporován.',
      'An error occurred with the scanning driver.',
      'Došlo k chybě ovladače skeneru.',
    ],
    [{ code: 'scanner.failed', params: { status: 'unexpected' } }, 'An unexpected error occurred.'],
  ] as const
).map(([failure, ...texts]) => [failure, ...texts.map(loosely)] as const);

/** The console's code page is not known to us: a letter with an accent may come as any byte, as several, or without the accent. */
function loosely(sentence: string): RegExp {
  const escaped = sentence.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^\\s*${escaped.replace(/\P{ASCII}/gu, '.{1,4}')}`, 'mu');
}

/** What went wrong by what was said; undefined when nothing of it was. */
export const saidFailure = (text: string): ScannerFailure | undefined =>
  sentences.find(([, ...patterns]) => patterns.some((pattern) => pattern.test(text)))?.[0];

/** "Scanned page 3." */
export const saidPage = (line: string): number | undefined => {
  const page = /^Scanned page (\d+)\./.exec(line)?.[1];
  return page === undefined ? undefined : Number(page);
};

/** How many pages were taken from the scanner, which is said before they are written. */
export const saidTotal = (text: string): number | undefined => {
  const total = /^(\d+) page\(s\) scanned\./m.exec(text)?.[1];
  return total === undefined ? undefined : Number(total);
};

/** Letters that the console's code page gave in no way we can read. */
const unreadable = /\uFFFD+/u;

/**
 * What to ask for, so that the scanner `name` of `listed` is taken. The program takes the first scanner whose name holds what it is given:
 * that must be this one, or the paper of another would be scanned. Undefined: it cannot be told from another.
 */
export const askFor = (name: string, listed: readonly string[]): string | undefined => {
  if (listed.filter((other) => other === name).length !== 1) return undefined;
  const [part = ''] = name
    .split(unreadable)
    .map((piece) => piece.trim())
    .toSorted((one, other) => other.length - one.length);
  const taken = listed.find((other) => other.toLowerCase().includes(part.toLowerCase()));
  return part !== '' && taken === name ? part : undefined;
};
