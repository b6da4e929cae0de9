import type { PrinterView } from '../../../electron/contract/settings.ts';
import { m } from './generated/messages.js';

// A printer's keywords (media-source and media-type, PWG 5100.3 and the IANA registry of IPP) and sizes in words. What has no word is a
// maker's own: it is shown as it is, which is what stands on the printer's panel too.

type Word = () => string;
const isWord = (message: unknown): message is Word => typeof message === 'function';
const messages: Readonly<Record<string, unknown>> = m;

const wordOf = (prefix: string, keyword: string): string => {
  const key = `${prefix}_${keyword.replace(/[.-]/g, '_')}`;
  const message = Object.hasOwn(messages, key) ? messages[key] : undefined;
  return isWord(message) ? message() : keyword;
};

const numbered: readonly [RegExp, (values: { number: string }) => string][] = [
  [/^tray-(\d+)$/, m.tray_numbered],
  [/^by-pass-tray-(\d+)$/, m.tray_by_pass_numbered],
  [/^roll-(\d+)$/, m.tray_roll_numbered],
];

export function trayName(keyword: string): string {
  for (const [pattern, name] of numbered) {
    const number = pattern.exec(keyword)?.[1];
    if (number !== undefined) return name({ number });
  }
  return wordOf('tray', keyword);
}

export const paperName = (keyword: string): string => wordOf('paper', keyword);

type Size = NonNullable<NonNullable<PrinterView['loaded']>[number]['size']>;

/** Hundredths of a millimetre. */
const sizes: readonly [string, number, number][] = [
  ['A3', 29_700, 42_000],
  ['A4', 21_000, 29_700],
  ['A5', 14_800, 21_000],
  ['A6', 10_500, 14_800],
  ['B5', 17_600, 25_000],
  ['C5', 16_200, 22_900],
  ['DL', 11_000, 22_000],
  ['Letter', 21_590, 27_940],
  ['Legal', 21_590, 35_560],
];

export function sizeName(size: Size | null): string {
  if (size === null) return m.paper_size_unknown();
  const [short, long] = [Math.min(size.width, size.height), Math.max(size.width, size.height)];
  const known = sizes.find(
    ([, width, height]) => Math.abs(short - width) <= 100 && Math.abs(long - height) <= 100,
  );
  return known?.[0] ?? `${Math.round(short / 100)} × ${Math.round(long / 100)} mm`;
}
