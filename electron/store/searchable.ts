import { folded } from '../values/words.ts';

/** The texts and numbers inside a JSON value, without the names of its members. */
function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(leaves);
}

/** SQL function: what can be searched in a column of JSON (as text or bytes), folded; NULL for NULL. */
export function searchable(json: unknown): string | null {
  if (json === null) return null;
  const text = json instanceof Uint8Array ? Buffer.from(json).toString('utf8') : String(json);
  return folded(leaves(JSON.parse(text)).join('\n'));
}
