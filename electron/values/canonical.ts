/**
 * The text of a JSON value by RFC 8785: keys in the order of their code units, numbers and texts as `JSON.stringify` writes
 * them. A field that is undefined is not there. Throws for what JSON cannot hold (I-JSON, RFC 7493): halves of characters,
 * numbers that are none, anything else than objects, arrays, texts, numbers, booleans and null.
 */
export function canonical(value: unknown): string {
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
      return Array.isArray(value) ? `[${value.map(canonical).join(',')}]` : canonicalObject(value);
    default:
      throw new TypeError(`A ${typeof value} is no JSON.`);
  }
}

function canonicalObject(value: object): string {
  const fields: { [key: string]: unknown } = { ...value };
  let text = '';
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field !== undefined) text += `${text === '' ? '' : ','}${canonical(key)}:${canonical(field)}`;
  }
  return `{${text}}`;
}
