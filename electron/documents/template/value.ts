/** What a template can be filled with: plain data, so that it travels to the worker and can be stored. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly TemplateValue[]
  | { readonly [name: string]: TemplateValue };

export type TemplateData = { readonly [name: string]: TemplateValue };

function isRecord(value: TemplateValue): value is { readonly [name: string]: TemplateValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a dotted path, undefined when any part is missing. Own properties only: data never reaches prototypes. */
export function valueAt(scope: TemplateData, path: string): TemplateValue {
  let value: TemplateValue = scope;
  for (const name of path.split('.')) {
    if (!isRecord(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Whether something is there: not missing, null, false, empty text or empty list. */
export function isPresent(value: TemplateValue): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return !(Array.isArray(value) && value.length === 0);
}
