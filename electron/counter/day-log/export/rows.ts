import type { LogEntry } from '../../../contract/day-log.ts';
import { formatDate, formatDateTime } from '../../../values/time.ts';

/** How the window names what a file shows: kinds, roles and values by the endings of their messages' keys. */
export type Names = {
  columns: readonly string[];
  kinds: Readonly<Record<string, string>>;
  roles: Readonly<Record<string, string>>;
  values: Readonly<Record<string, string>>;
  machine: string;
};

/** One line of a file. `date` is `YYYY-MM-DD`, `time` the wall clock in Prague `14:05:09`. */
export type ExportRow = {
  sequence: number;
  date: string;
  time: string;
  kind: string;
  service: string;
  ticket: number | null;
  summary: string;
  clerk: string;
  leafHash: string;
};

const keyOf = (value: string): string => value.replace(/[.-]/g, '_');
const named = (names: Readonly<Record<string, string>>, value: string): string =>
  (Object.hasOwn(names, keyOf(value)) ? names[keyOf(value)] : undefined) ?? value;

export function exportRow(entry: LogEntry, leafHash: string, names: Names): ExportRow {
  const values = entry.codes.map(({ of, code }) => named(names.values, `${of}_${code}`));
  return {
    sequence: entry.sequence,
    date: entry.legalDate,
    time: formatDateTime(new Date(entry.at)).split(' ').at(-1) ?? '',
    kind: named(names.kinds, entry.kind),
    service: entry.service?.cs ?? '',
    ticket: entry.ticket,
    summary: [...values, entry.summary].filter((part) => part !== '').join(' · '),
    clerk: entry.clerkName === '' ? names.machine : `${entry.clerkName} (${named(names.roles, entry.role)})`,
    leafHash,
  };
}

/** As it is written for people: `1. 4. 2026`. */
export const writtenDate = ({ date }: ExportRow): string => formatDate(date);
