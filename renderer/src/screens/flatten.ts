import { formatPartialDate } from '../../../electron/values/partial-date.ts';

/** JSON as the contract lets it through. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** One line per value, with its way through the document: `['applicant', 'name', 'surname']`; places of a list from 1. */
export function flatten(
  value: Json,
  path: readonly string[] = [],
): { path: readonly string[]; value: string | number | boolean | null }[] {
  if (value === null || typeof value !== 'object') return [{ path, value }];
  const date = dateOf(value);
  if (date !== null) return [{ path, value: date }];
  const parts: [string, Json][] = Array.isArray(value)
    ? value.map((part, index): [string, Json] => [String(index + 1), part])
    : Object.entries(value);
  return parts.flatMap(([key, part]) => flatten(part, [...path, key]));
}

/** A date of which perhaps only the year is known: one value, as people write it. */
function dateOf(value: Json[] | { [key: string]: Json }): string | null {
  if (Array.isArray(value)) return null;
  const { year, month, day, ...rest } = value;
  if (typeof year !== 'number' || Object.keys(rest).length > 0) return null;
  return formatPartialDate({
    year,
    ...(typeof month === 'number' && { month }),
    ...(typeof day === 'number' && { day }),
  });
}
