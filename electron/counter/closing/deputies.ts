import type { Reader, Tx } from '../../store/open.ts';
import { addDays, type LegalDate } from '../../values/time.ts';
import { clerks } from '../catalogue/catalogue.ts';

/** Who stands in for a supervisor, both days included. */
export type Deputy = {
  id: string;
  clerkId: string;
  supervisorId: string;
  from: LegalDate;
  to: LegalDate;
};

type Row = { id: string; clerk_id: string; supervisor_id: string; from_date: string; to_date: string };

const toDeputy = (row: Row): Deputy => ({
  id: row.id,
  clerkId: row.clerk_id,
  supervisorId: row.supervisor_id,
  from: row.from_date,
  to: row.to_date,
});

const LONGEST_DAYS = 366;

/** A period somebody can stand in for: not over yet, and not for ever. */
export const isFitPeriod = (from: LegalDate, to: LegalDate, today: LegalDate): boolean =>
  from <= to && to >= today && to <= addDays(today, LONGEST_DAYS);

/** Those who stand in today or later and were not called off. */
export const deputiesFrom = (tx: Reader, today: LegalDate): Deputy[] =>
  tx
    .all<Row>(
      'SELECT * FROM deputies WHERE ended_at IS NULL AND to_date >= ? ORDER BY from_date, named_at, id',
      [today],
    )
    .map(toDeputy);

/**
 * The supervisor a clerk stands in for today; null when for nobody. What the supervisor gave ends with the supervisor:
 * without the role, or blocked, nobody stands in for them.
 */
export function deputyOf(tx: Reader, clerkId: string, today: LegalDate): Deputy | null {
  const directory = clerks.list(tx);
  const isSupervisor = (id: string): boolean =>
    directory.some((clerk) => clerk.id === id && !clerk.blocked && clerk.roles.includes('supervisor'));
  return (
    deputiesFrom(tx, today).find(
      (deputy) => deputy.clerkId === clerkId && deputy.from <= today && isSupervisor(deputy.supervisorId),
    ) ?? null
  );
}

export const insertDeputy = (tx: Tx, deputy: Deputy, namedAt: string): void =>
  void tx.run(
    `INSERT INTO deputies (id, clerk_id, supervisor_id, from_date, to_date, named_at) VALUES (?, ?, ?, ?, ?, ?)`,
    [deputy.id, deputy.clerkId, deputy.supervisorId, deputy.from, deputy.to, namedAt],
  );

/** False when it had ended before. */
export const endDeputy = (tx: Tx, id: string, at: string): boolean =>
  tx.run('UPDATE deputies SET ended_at = ? WHERE id = ? AND ended_at IS NULL', [at, id]) === 1;
