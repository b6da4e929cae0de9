import type { FormDefinition } from '../../electron/values/forms/definition.ts';
import type { Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';

/** Every form that was ever out, by its version: a desk may send what it took in with one that is no more. */

export function noteVersion(db: Database, { id, version, form }: Schemas['ServiceDefinition']): void {
  if (form === undefined) return;
  statement(
    db,
    `INSERT INTO form_versions (id, version, form) VALUES (?, ?, ?)
     ON CONFLICT (id, version) DO UPDATE SET form = excluded.form`,
  ).run(id, version, JSON.stringify(form));
}

/** The highest version a form ever had; 0 when there was none. */
export const lastVersionOf = (db: Database, id: string): number =>
  statement<[string], { last: number | null }>(
    db,
    'SELECT max(version) AS last FROM form_versions WHERE id = ?',
  ).get(id)?.last ?? 0;

/** How many readings are kept: what is judged again and again is read once. */
const KEPT_READINGS = 500;
const readings = new Map<string, FormDefinition>();

/** Null for a version this portal never gave out. */
export function formOf(db: Database, id: string, version: number): FormDefinition | null {
  const text = statement<[string, number], { form: string }>(
    db,
    'SELECT form FROM form_versions WHERE id = ? AND version = ?',
  ).get(id, version)?.form;
  if (text === undefined) return null;
  const known = readings.get(text);
  if (known !== undefined) return known;
  if (readings.size >= KEPT_READINGS) readings.clear();
  const read: FormDefinition = JSON.parse(text);
  readings.set(text, read);
  return read;
}
