/** What `JSON.stringify` writes for half a character, or for a text about one. */
const HALF_CHARACTER = /\\ud[89a-f]/;

/**
 * Whether `JSON.stringify` writes all names of a value in the order of RFC 8785, and nothing that is no JSON. Most values
 * come from where they were written in this form, and the platform writes them down ten times as fast.
 */
function isInOrder(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value !== 'object') return false;
  if ('toJSON' in value) return false;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before: string | null = null;
  for (const [name, member] of Object.entries(value)) {
    if ((before !== null && name < before) || !isInOrder(member)) return false;
    before = name;
  }
  return true;
}

/**
 * The text of a JSON value by RFC 8785: keys in the order of their code units, numbers and texts as `JSON.stringify` writes
 * them. A field that is undefined is not there. Throws for what JSON cannot hold (I-JSON, RFC 7493): halves of characters,
 * numbers that are none, anything else than objects, arrays, texts, numbers, booleans and null.
 */
export function canonical(value: unknown): string {
  if (isInOrder(value)) {
    const text = JSON.stringify(value);
    if (!HALF_CHARACTER.test(text)) return text;
  }
  return written(value);
}

function written(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('A text holds half a character.');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('A number is none.');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if ('toJSON' in value && typeof value.toJSON === 'function') return written(value.toJSON());
      // As the platform writes them: what is not there keeps its place in a list.
      return Array.isArray(value)
        ? `[${value.map((member) => (member === undefined ? 'null' : written(member))).join(',')}]`
        : canonicalObject(value);
    default:
      throw new TypeError(`A ${typeof value} is no JSON.`);
  }
}

function canonicalObject(value: object): string {
  const fields: { [key: string]: unknown } = { ...value };
  let text = '';
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field !== undefined) text += `${text === '' ? '' : ','}${written(key)}:${written(field)}`;
  }
  return `{${text}}`;
}
