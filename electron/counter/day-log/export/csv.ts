import type { ExportRow } from './rows.ts';
import { writtenDate } from './rows.ts';

/**
 * A value as it stands between semicolons. What a spreadsheet would take for a formula gets an apostrophe before it: free
 * text of strangers must not run in an office's machine (OWASP, CSV injection).
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[";\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const line = (cells: readonly (string | number | null)[]): string => `${cells.map(csvCell).join(';')}\r\n`;

/** As Czech Excel opens it by a double click: UTF-8 with its mark, semicolons, CRLF. */
export const csvHead = (columns: readonly string[]): string => `\ufeff${line(columns)}`;

export const csvLines = (rows: readonly ExportRow[]): string =>
  rows
    .map((row) =>
      line([
        row.sequence,
        writtenDate(row),
        row.time,
        row.kind,
        row.service,
        row.ticket,
        row.summary,
        row.clerk,
        row.leafHash,
      ]),
    )
    .join('');
