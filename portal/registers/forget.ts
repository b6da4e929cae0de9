import type { Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';

const DAY_MS = 86_400_000;

/** Throws a document away whose fate was told. To be called in the transaction that takes the effect in. */
export function forgetExtract(db: Database, officeId: string, extractId: string): void {
  statement(
    db,
    "UPDATE extracts SET document = NULL, subject = NULL WHERE id = ? AND office_id = ? AND state = 'answered'",
  ).run(extractId, officeId);
}

/** What a question that nobody asked again became. */
const LAPSED: Schemas['Text'] = {
  cs: 'Dotaz propadl, protože se na odpověď nikdo včas nezeptal. Položte nový.',
  en: 'The question lapsed, because nobody asked for the answer in time. Ask a new one.',
};

/** Throws away documents nobody told a fate of, and what was asked in vain. */
export function forgetOldExtracts(db: Database, keptDays: number, now: Date): void {
  const before = now.getTime() - keptDays * DAY_MS;
  statement(db, 'UPDATE extracts SET document = NULL WHERE answered_at < ? AND document IS NOT NULL').run(
    before,
  );
  statement(
    db,
    "UPDATE extracts SET state = 'refused', reason = ?, subject = NULL WHERE state = 'asked' AND asked_at < ?",
  ).run(JSON.stringify(LAPSED), before);
}
