import { type MrzFailure, type MrzReading, parseMrz, zoneLines } from './mrz.ts';
import { judgeChecks, LAYOUTS, type MrzFormat, type MrzLiveCheck, NOT_TYPED } from './mrz-layout.ts';
import type { Result } from './result.ts';
import type { LegalDate } from './time.ts';

export type { MrzLiveCheck } from './mrz-layout.ts';

/** A line while it is typed. `wrongColumns` count from 1. `missing` is negative when the line is too long. */
export type MrzLiveLine = {
  text: string;
  state: 'empty' | 'short' | 'full' | 'long' | 'characters';
  missing: number;
  wrongColumns: number[];
};

export type MrzLive = {
  /** The shape as far as it can be told; null before the first character. */
  format: MrzFormat | null;
  expectedLines: number;
  expectedLength: number;
  lines: MrzLiveLine[];
  checks: MrzLiveCheck[];
  /** The reading or the failure, once every line is full; null before. */
  result: Result<MrzReading, MrzFailure> | null;
};

/**
 * What a window shows while a clerk types a zone: never fails, says of each line how much is missing and of each
 * check whether it holds already. `format` when the clerk has chosen it, else it is told from what is there.
 */
export function judgeTypedMrz(text: string, options: { today: LegalDate; format?: MrzFormat }): MrzLive {
  const typed = zoneLines(text) ?? zoneLines(text.slice(0, 128)) ?? [];
  const unbroken = typed.length === 1 ? parseMrz(text, options) : null;
  const lines = unbroken?.ok ? [...unbroken.value.lines] : typed;
  const format = options.format ?? tellFormat(lines);
  if (format === null) {
    return { format, expectedLines: 0, expectedLength: 0, lines: [], checks: [], result: null };
  }
  const { lines: count, length } = LAYOUTS[format];
  const judged = Array.from({ length: Math.max(count, lines.length) }, (_, index) =>
    judgeLine(lines[index] ?? '', index < count ? length : 0),
  );
  // A wrong character is left as a gap: the checks over it wait until it is mended.
  const padded = judged.slice(0, count).map((line) =>
    line.text
      .replace(/[^0-9A-Z<]/g, NOT_TYPED)
      .slice(0, length)
      .padEnd(length, NOT_TYPED),
  );
  const complete = judged.every((line) => line.state === 'full');
  return {
    format,
    expectedLines: count,
    expectedLength: length,
    lines: judged,
    checks: judgeChecks(format, padded, options.today),
    result: complete ? parseMrz(lines.join('\n'), options) : null,
  };
}

function judgeLine(text: string, length: number): MrzLiveLine {
  const wrongColumns = [...text.matchAll(/[^0-9A-Z<]/g)].map((match) => match.index + 1);
  const missing = length - text.length;
  let state: MrzLiveLine['state'] = 'full';
  if (wrongColumns.length > 0) state = 'characters';
  else if (missing < 0) state = 'long';
  else if (text === '') state = 'empty';
  else if (missing > 0) state = 'short';
  return { text, state, missing, wrongColumns };
}

function tellFormat(lines: readonly string[]): MrzFormat | null {
  const [first = '', second] = lines;
  if (first === '') return null;
  if (first.startsWith('P')) return 'TD3';
  // A visa's first line is over when the second begins.
  if (first.startsWith('V')) return second !== undefined && first.length <= 36 ? 'MRV-B' : 'MRV-A';
  if (first.length > 36) return 'TD3';
  return first.length > 30 ? 'TD2' : 'TD1';
}
