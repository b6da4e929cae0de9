import { type FieldDefinition, type FormDefinition, fieldsOf, isRecord } from './definition.ts';
import { type PatternFault, patternFault } from './patterns.ts';
import { SHAPES } from './shapes.ts';

/**
 * What in a definition would stop whoever judges a form by it, the window, the desk and the portal alike: found before it is
 * given out, and looked for again by a desk that got it nevertheless.
 */
export type Unsound = { at: string; cs: string; en: string };

/** More takes longer to judge than a person waits for. */
const MOST_ITEMS = 1000;

const PATTERN_WORDS: Readonly<Record<PatternFault, { cs: string; en: string }>> = {
  'not-an-expression': {
    cs: 'není platný regulární výraz.',
    en: 'is no regular expression.',
  },
  'not-understood': {
    cs: 'je příliš dlouhý nebo používá „(?=“, „(?<=“ či „\\1“; napište jej jednodušeji.',
    en: 'is too long or uses “(?=”, “(?<=” or “\\1”; write it in a simpler way.',
  },
  'several-ways': {
    cs: 'dovoluje rozebrat týž text více způsoby, takže by formulář mohl stát i hodiny; opakování musí na sebe navazovat znakem, který v nich není.',
    en: 'can take one text apart in several ways, so that the form could stand still for hours; between repetitions there must be a character that is in neither.',
  },
};

export function unsoundIn(form: FormDefinition): Unsound[] {
  const found: Unsound[] = [];
  const say = (at: string, cs: string, en: string): void => void found.push({ at, cs, en });
  for (const name of fieldsOf(form).flatMap(namesOf).filter(isOfEveryObject))
    say(
      'form.ui',
      `Pole se nemůže jmenovat „${name}“: tak se jmenuje něco v programu.`,
      `No field can be called “${name}”: something in the program is.`,
    );
  const schema: unknown = form.schema;
  lookThrough(schema, 'form.schema', [], {
    shapes: { ...SHAPES, ...(isRecord(schema) && isRecord(schema['$defs']) ? schema['$defs'] : {}) },
    say,
  });
  return found;
}

const namesOf = ({ name, fields = [] }: FieldDefinition): string[] => [
  name,
  ...fields.map((one) => one.name),
];
const isOfEveryObject = (name: string): boolean => name in {};

/** `through`: references on the way here; one that comes again would be followed for ever. */
function lookThrough(
  node: unknown,
  at: string,
  through: readonly string[],
  of: { shapes: Record<string, unknown>; say: (at: string, cs: string, en: string) => void },
): void {
  if (Array.isArray(node)) {
    for (const [index, one] of node.entries()) lookThrough(one, `${at}[${index}]`, through, of);
    return;
  }
  if (!isRecord(node)) return;
  const { pattern, maxItems, $ref } = node;
  if (typeof pattern === 'string') {
    const fault = patternFault(pattern);
    const words = fault && PATTERN_WORDS[fault];
    if (words)
      of.say(`${at}.pattern`, `Vzor „${pattern}“ ${words.cs}`, `The pattern “${pattern}” ${words.en}`);
  }
  if (typeof maxItems === 'number' && maxItems > MOST_ITEMS)
    of.say(
      `${at}.maxItems`,
      `Položek smí být nejvýše ${MOST_ITEMS}.`,
      `There may be ${MOST_ITEMS} items at most.`,
    );
  if (typeof $ref === 'string') {
    const name = /^#\/\$defs\/([A-Za-z][A-Za-z0-9]*)$/.exec($ref)?.[1];
    if (name === undefined || !Object.hasOwn(of.shapes, name) || through.includes(name))
      of.say(
        `${at}.$ref`,
        `Odkaz „${$ref}“ nevede k žádnému tvaru, nebo vede sám k sobě.`,
        `The reference “${$ref}” leads to no shape, or back to itself.`,
      );
    else lookThrough(of.shapes[name], `${at} → ${name}`, [...through, name], of);
  }
  for (const [name, one] of Object.entries(node))
    if (name !== '$defs' && name !== 'enum' && name !== 'const' && name !== 'default' && name !== 'examples')
      lookThrough(one, `${at}.${name}`, through, of);
}
