/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** The JSON of a column this program wrote itself. */
export function parseJson(text: string): JsonValue {
  return JSON.parse(text);
}
