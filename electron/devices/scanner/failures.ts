import type { ScannerFailure } from './port.ts';

// SANE's status texts (sane_strstatus), which scanimage prints; the exit code is the same status as a number.
const statuses: [number, RegExp, ScannerFailure['code']][] = [
  [2, /operation was cancell?ed/i, 'scanner.cancelled'],
  [3, /device busy/i, 'scanner.busy'],
  [6, /document feeder jammed/i, 'scanner.jammed'],
  [7, /document feeder out of documents/i, 'scanner.no-paper'],
  [8, /scanner cover is open/i, 'scanner.cover-open'],
  [9, /error during device i\/o/i, 'scanner.unplugged'],
  [11, /access to resource has been denied/i, 'scanner.access-denied'],
];

/** What scanimage's end means; undefined when it ended well. */
export const failureOf = (exitCode: number | null, stderr: string): ScannerFailure | undefined => {
  if (exitCode === 0) return undefined;
  // A device that is not there cannot be opened: the text is "Invalid argument", or an I/O error of the transport.
  const opening = /open of device .* failed: (.*)/i.exec(stderr)?.[1];
  if (opening !== undefined) {
    if (/busy/i.test(opening)) return { code: 'scanner.busy' };
    if (/denied/i.test(opening)) return { code: 'scanner.access-denied' };
    return { code: 'scanner.not-found' };
  }
  if (/no SANE devices found/i.test(stderr)) return { code: 'scanner.not-found' };
  const byText = statuses.find(([, text]) => text.test(stderr));
  if (byText) return { code: byText[2] };
  const byCode = statuses.find(([code]) => code === exitCode);
  if (byCode) return { code: byCode[2] };
  return { code: 'scanner.failed', params: { status: exitCode ?? 'signal' } };
};
