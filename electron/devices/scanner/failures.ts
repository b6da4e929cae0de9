import type { ScannerFailure } from './port.ts';

// SANE's status texts (sane_strstatus), which scanimage prints; the exit code is usually the same status as a number.
const statuses: [number, RegExp, ScannerFailure['code']][] = [
  [2, /operation was cancell?ed/i, 'scanner.cancelled'],
  [3, /device busy/i, 'scanner.busy'],
  [6, /document feeder jammed/i, 'scanner.jammed'],
  [7, /document feeder out of documents/i, 'scanner.no-paper'],
  [8, /scanner cover is open/i, 'scanner.cover-open'],
  [9, /error during device i\/o/i, 'scanner.unplugged'],
  [11, /access to resource has been denied/i, 'scanner.access-denied'],
];
/** Statuses that are no failure of a page: good, and end of file. */
const goodStatuses = [0, 5];

/**
 * What scanimage's end means; undefined when it ended well. Its words count before its exit code: when a driver's reading
 * process dies at the wrong moment scanimage gets signals while it cleans up and exits with 0 after a failed page.
 */
export const failureOf = (exitCode: number | null, stderr: string): ScannerFailure | undefined => {
  // A device that is not there cannot be opened: the text is "Invalid argument", or an I/O error of the transport.
  const opening = /open of device .* failed: (.*)/i.exec(stderr)?.[1];
  if (opening !== undefined) {
    if (/busy/i.test(opening)) return { code: 'scanner.busy' };
    if (/denied/i.test(opening)) return { code: 'scanner.access-denied' };
    return { code: 'scanner.not-found' };
  }
  if (/no SANE devices found/i.test(stderr)) return { code: 'scanner.not-found' };
  const said = stderr.match(/sane_(?:start|read|get_parameters): .*/g)?.join('\n') ?? '';
  const byText = statuses.find(([, text]) => text.test(said));
  if (byText) return { code: byText[2] };
  const pageStatus = [...stderr.matchAll(/\(scanner status = (\d+)\)/g)]
    .map((match) => Number(match[1]))
    .at(-1);
  const status = pageStatus !== undefined && !goodStatuses.includes(pageStatus) ? pageStatus : exitCode;
  if (status === 0) return undefined;
  const byCode = statuses.find(([code]) => code === status);
  return byCode ? { code: byCode[2] } : { code: 'scanner.failed', params: { status: status ?? 'signal' } };
};
