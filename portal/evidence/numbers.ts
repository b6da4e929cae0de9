import { err, ok } from '../../electron/values/result.ts';
import { legalDate } from '../../electron/values/time.ts';
import type { DeskHandler } from '../api.ts';
import { type Database, inTransaction, statement } from '../database.ts';
import type { Portal } from '../portal.ts';
import { evidenceNumber } from './number.ts';
import type { EvidenceSeries } from './rules.ts';

type Row = {
  id: string;
  series: EvidenceSeries;
  year: number;
  sequence: number;
  number: string;
  desk_id: string;
  office_id: string;
  allotted_at: number;
};

const DAY_MS = 86_400_000;
const MOST_OPEN = 1000;

/** POST /evidence/{series}/numbers */
export function allotEvidenceNumber(portal: Portal): DeskHandler<'allotEvidenceNumber'> {
  const { db, clock, environment, evidenceRules } = portal;
  return ({ path: { series }, body: { id, officeId, year } }, desk) =>
    inTransaction(db, () => {
      if (officeId !== desk.officeId) return err({ code: 'evidence.not-your-office' });
      const known = statement<[string], Row>(db, 'SELECT * FROM evidence_numbers WHERE id = ?').get(id);
      if (known !== undefined) {
        if (known.series !== series || known.desk_id !== desk.id)
          return err({ code: 'evidence.content-differs' });
        // Whoever lost the answer around New Year asks for the wrong year and cannot know it.
        if (known.year !== year) return err({ code: 'evidence.year-differs', details: { year: known.year } });
        return ok({ status: 200, body: { number: known.number, sequence: known.sequence, year } });
      }
      const now = clock.now().getTime();
      // A desk's clock may be off around New Year by no more than a day.
      const yearAt = (ms: number): number => Number(legalDate(new Date(ms)).slice(0, 4));
      if (year < yearAt(now - DAY_MS) || year > yearAt(now + DAY_MS))
        return err({ code: 'evidence.year-differs', details: { year: yearAt(now) } });

      const sequence = nextSequence(db, series, year);
      const number = evidenceNumber(environment, evidenceRules[series].prefix, year, sequence);
      statement(
        db,
        `INSERT INTO evidence_numbers (id, series, year, sequence, number, desk_id, office_id, allotted_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(id, series, year, sequence, number, desk.id, officeId, now);
      return ok({ status: 200, body: { number, sequence, year } });
    });
}

const nextSequence = (db: Database, series: EvidenceSeries, year: number): number =>
  1 +
  (statement<[string, number], { last: number | null }>(
    db,
    'SELECT max(sequence) AS last FROM evidence_numbers WHERE series = ? AND year = ?',
  ).get(series, year)?.last ?? 0);

/** GET /evidence/{series}/numbers */
export function readOpenNumbers({ db }: Portal): DeskHandler<'readOpenNumbers'> {
  return ({ path: { series } }, desk) => {
    const rows = statement<[string, string, number], Row>(
      db,
      `SELECT * FROM evidence_numbers
       WHERE desk_id = ? AND series = ? AND issued_by IS NULL AND cancelled_by IS NULL
       ORDER BY year, sequence LIMIT ?`,
    ).all(desk.id, series, MOST_OPEN);
    return ok({
      status: 200,
      body: {
        numbers: rows.map(({ id, number, sequence, year, allotted_at }) => ({
          id,
          number,
          sequence,
          year,
          allottedAt: new Date(allotted_at).toISOString(),
        })),
      },
    });
  };
}
