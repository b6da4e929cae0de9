import { type Database, statement } from '../database.ts';

/** What an operator did to forms: it stands above the files that ship, also when the portal is started again. */

/** Null where the form was withdrawn. */
export function changedForms(db: Database): Map<string, string | null> {
  return new Map(
    statement<[], { id: string; definition: string | null }>(db, 'SELECT id, definition FROM changed_forms')
      .all()
      .map(({ id, definition }) => [id, definition]),
  );
}

export function noteChangedForm(db: Database, id: string, definition: object | null, at: Date): void {
  statement(
    db,
    `INSERT INTO changed_forms (id, definition, changed_at) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, changed_at = excluded.changed_at`,
  ).run(id, definition === null ? null : JSON.stringify(definition), at.getTime());
}
