/** JSON as the contract lets it through. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** One line per value, with its way through the document: `['applicant', 'name', 'surname']`; places of a list from 1. */
export function flatten(
  value: Json,
  path: readonly string[] = [],
): { path: readonly string[]; value: string | number | boolean | null }[] {
  if (value === null || typeof value !== 'object') return [{ path, value }];
  const parts: [string, Json][] = Array.isArray(value)
    ? value.map((part, index): [string, Json] => [String(index + 1), part])
    : Object.entries(value);
  return parts.flatMap(([key, part]) => flatten(part, [...path, key]));
}
