import type { Condition, FormDefinition } from '../../electron/values/forms/definition.ts';
import type { Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';

/** Every form that was ever out, by its version: a desk may send what it took in with one that is no more. */

export function noteVersion(
  db: Database,
  { id, version, form, attachments }: Schemas['ServiceDefinition'],
): void {
  if (form === undefined) return;
  statement(
    db,
    `INSERT INTO form_versions (id, version, form, slots) VALUES (?, ?, ?, ?)
     ON CONFLICT (id, version) DO UPDATE SET form = excluded.form, slots = excluded.slots`,
  ).run(id, version, JSON.stringify(form), JSON.stringify(attachments?.slots ?? []));
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

/** What may be attached to a form: under which kind, whether it must be, and when it is asked for. */
export type Slot = { id: string; required: boolean; when?: Condition };

/** Null for a version this portal never gave out, or gave out before it kept them. */
export function slotsOf(db: Database, id: string, version: number): Slot[] | null {
  const text = statement<[string, number], { slots: string | null }>(
    db,
    'SELECT slots FROM form_versions WHERE id = ? AND version = ?',
  ).get(id, version)?.slots;
  return text === undefined || text === null ? null : JSON.parse(text);
}
