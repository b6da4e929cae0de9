/** An element; its attributes in the order canonical XML has them (no namespace first, then by name). */
export type Element = {
  name: string;
  attributes: readonly (readonly [name: string, value: string])[];
  children: readonly (Element | string)[];
};

export const element = (
  name: string,
  children: readonly (Element | string)[] = [],
  attributes: Readonly<Record<string, string>> = {},
): Element => ({ name, children, attributes: Object.entries(attributes) });

const textOf = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
const attributeOf = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;');

/**
 * Writes an element as exclusive canonical XML 1.0 has it: each namespace is declared where a name first uses it. So what is
 * written is what is hashed, and no canonicalisation of read XML is needed.
 */
export function canonicalXml(
  { name, attributes, children }: Element,
  namespaces: Readonly<Record<string, string>>,
  declared: ReadonlySet<string> = new Set(),
): string {
  const at = name.indexOf(':');
  const prefix = at < 0 ? '' : name.slice(0, at);
  const isNew = !declared.has(prefix);
  const uri = namespaces[prefix];
  if (uri === undefined) throw new Error(`Nobody named the namespace of ${name}.`);
  const declaration = isNew ? ` xmlns${prefix === '' ? '' : `:${prefix}`}="${attributeOf(uri)}"` : '';
  const written = attributes.map(([key, value]) => ` ${key}="${attributeOf(value)}"`).join('');
  const within = isNew ? new Set([...declared, prefix]) : declared;
  const content = children
    .map((child) => (typeof child === 'string' ? textOf(child) : canonicalXml(child, namespaces, within)))
    .join('');
  return `<${name}${declaration}${written}>${content}</${name}>`;
}
