/**
 * A place in a list that only grows, as the portal hands it out. It names the list and the database, so that a
 * place of another one is recognised and not taken for an own.
 */
export function writeCursor(list: string, instance: string, position: number): string {
  return Buffer.from(JSON.stringify([list, instance, position])).toString('base64url');
}

/** The position a cursor stands for; null when this list of this database never gave it. */
export function readCursor(cursor: string, list: string, instance: string, newest: number): number | null {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== 3) return null;
  const [ofList, ofInstance, position]: unknown[] = parts;
  if (ofList !== list || ofInstance !== instance) return null;
  if (typeof position !== 'number' || !Number.isSafeInteger(position)) return null;
  return position >= 0 && position <= newest ? position : null;
}
