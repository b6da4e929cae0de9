/** JSON as the contract lets it through. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** One line per value, named by its way through the document: `applicant.name.surname`. */
export function flatten(value: Json, path = ''): { label: string; value: string }[] {
  if (value === null || typeof value !== 'object')
    return [{ label: path, value: value === null ? '–' : String(value) }];
  const parts: [string, Json][] = Array.isArray(value)
    ? value.map((part, index): [string, Json] => [String(index + 1), part])
    : Object.entries(value);
  return parts.flatMap(([key, part]) => flatten(part, path === '' ? key : `${path}.${key}`));
}
