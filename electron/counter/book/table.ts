import { z } from 'zod';
import { type BookClosing, type BookRow, type BookYear, bookStates } from '../../contract/book.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { legalDate } from '../../values/time.ts';
import { clerkNames } from '../day-log/names.ts';
import { printsOf } from '../outputs/table.ts';

type Year = { series: string; year: number };
type Closing = Omit<BookClosing, 'prints'> & Year;

type ClosingRow = {
  id: string;
  last: number;
  closed_at: string;
  closed_by: string;
  document_id: string;
};

// What a number was for is read off the service of its act; a number that came back after a loss may have neither.
const numbersWithActs = `numbers AS n LEFT JOIN journal_leaves AS l ON l.act_id = n.act_id
  LEFT JOIN services AS s ON s.id = l.service_id`;
const kindOf = `CASE json_extract(s.definition, '$.kind')
  WHEN 'copy-certification' THEN 'V' WHEN 'signature-certification' THEN 'L'
  WHEN 'electronic-signature-certification' THEN 'L' END`;

const state = z.enum(bookStates);
const kind = z.enum(['V', 'L']).nullable();

type NumberRow = {
  number: number;
  at: string;
  kind: string | null;
  fate: string;
  reason: string | null;
  clerk_id: string | null;
};

/** Rows of a year from behind the number `before`, the newest first. Nothing of a person stands in them. */
export function rowsOf(
  tx: Reader,
  of: Year & {
    kind: BookRow['kind'];
    state: BookRow['state'] | null;
    number: number | null;
    date: string | null;
    before: number | null;
    limit: number;
  },
): BookRow[] {
  const names = clerkNames(tx);
  return tx
    .all<NumberRow>(
      `SELECT n.number, n.at, ${kindOf} AS kind, n.fate, n.reason, l.clerk_id FROM ${numbersWithActs}
       WHERE n.series = :series AND n.year = :year
         AND (:kind IS NULL OR ${kindOf} = :kind) AND (:state IS NULL OR n.fate = :state)
         AND (:number IS NULL OR n.number = :number) AND (:before IS NULL OR n.number < :before)
         AND (:date IS NULL OR l.legal_date = :date)
       ORDER BY n.number DESC LIMIT :limit`,
      of,
    )
    .map((row) => ({
      number: row.number,
      at: row.at,
      legalDate: legalDate(new Date(row.at)),
      kind: kind.parse(row.kind),
      state: state.parse(row.fate),
      reason: row.reason,
      clerkName: row.clerk_id === null ? '' : (names.get(row.clerk_id) ?? ''),
    }));
}

/** How many numbers of a year were used for what, and how many came to nothing. */
export function countsOf(tx: Reader, { series, year }: Year): BookYear['counts'] {
  const rows = tx.all<{ kind: string | null; fate: string; n: number }>(
    `SELECT ${kindOf} AS kind, n.fate, count(*) AS n FROM ${numbersWithActs}
     WHERE n.series = ? AND n.year = ? GROUP BY 1, 2`,
    [series, year],
  );
  const sum = (fits: (row: (typeof rows)[number]) => boolean): number =>
    rows.filter(fits).reduce((total, { n }) => total + n, 0);
  return {
    copies: sum((row) => row.fate === 'used' && row.kind === 'V'),
    signatures: sum((row) => row.fate === 'used' && row.kind === 'L'),
    cancelled: sum((row) => row.fate === 'cancelled'),
    lost: sum((row) => row.fate === 'lost'),
  };
}

/** Who certified in a year. */
export const certifiersOf = (tx: Reader, { series, year }: Year): string[] => {
  const names = clerkNames(tx);
  return tx
    .all<{ clerk_id: string }>(
      `SELECT DISTINCT l.clerk_id FROM numbers AS n JOIN journal_leaves AS l ON l.act_id = n.act_id
       WHERE n.series = ? AND n.year = ?`,
      [series, year],
    )
    .map(({ clerk_id }) => names.get(clerk_id) ?? clerk_id)
    .sort((a, b) => a.localeCompare(b, 'cs'));
};

/** Years of which a series has numbers, with the last one, the newest first. */
export const yearsOf = (tx: Reader, series: string): { year: number; last: number }[] =>
  tx.all<{ year: number; last: number }>(
    'SELECT year, next - 1 AS last FROM series WHERE series = ? ORDER BY year DESC',
    [series],
  );

export const lastOf = (tx: Reader, { series, year }: Year): number =>
  yearsOf(tx, series).find((of) => of.year === year)?.last ?? 0;

export const isClosed = (tx: Reader, series: string, year: number): boolean =>
  tx.get('SELECT 1 AS closed FROM book_closings WHERE series = ? AND year = ?', [series, year]) !== undefined;

export function closingOf(tx: Reader, { series, year }: Year): BookClosing | null {
  const row = tx.get<ClosingRow>('SELECT * FROM book_closings WHERE series = ? AND year = ?', [series, year]);
  return row
    ? {
        id: row.id,
        last: row.last,
        closedAt: row.closed_at,
        closedBy: clerkNames(tx).get(row.closed_by) ?? '',
        documentId: row.document_id,
        prints: printsOf(tx, row.document_id),
      }
    : null;
}

export const insertClosing = (tx: Tx, of: Closing): void =>
  void tx.run(
    `INSERT INTO book_closings (id, series, year, last, closed_at, closed_by, document_id)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [of.id, of.series, of.year, of.last, of.closedAt, of.closedBy, of.documentId],
  );
