import type { AddresseeRule } from './addressee.ts';
import { namesIn } from './compute.ts';
import { fieldsIn } from './conditions.ts';
import type { DeadlineRule } from './deadlines.ts';
import {
  type Condition,
  type FieldDefinition,
  type FormDefinition,
  fieldsOf,
  isRecord,
  isRepeated,
  type Widget,
} from './definition.ts';
import { unsoundIn } from './soundness.ts';

/** What the linter looks at of a service's definition; its shape was checked before. */
export type LintedService = {
  kind: string;
  steps: readonly string[];
  source?: string;
  addressee: AddresseeRule;
  form?: FormDefinition;
  attachments?: { slots: { id: string; when?: Condition }[] };
  deadlines?: DeadlineRule[];
  paper?: Record<string, string>;
};

/** One fault, where it is and what to do, in both languages. */
export type Fault = { at: string; cs: string; en: string };

type Place = {
  at: string;
  fault: (at: string, cs: string, en: string) => void;
  /** Fields that stand before, by name: of the item first. */
  before: Map<string, FieldDefinition>;
  properties: Record<string, unknown>;
};

/** The shape a widget's property has, as the schema writes it. */
const SHAPE: Partial<Record<Widget, (property: Record<string, unknown>) => boolean>> = {
  text: ({ type }) => type === 'string',
  multiline: ({ type }) => type === 'string',
  number: ({ type }) => type === 'number' || type === 'integer',
  computed: ({ type }) => type === 'number' || type === 'integer',
  date: ({ type, format }) => type === 'string' && format === 'date',
  'partial-date': ({ $ref }) => $ref === '#/$defs/partialDate',
  checkbox: (property) => property['type'] === 'boolean' || property['const'] === true,
  code: ({ $ref }) => $ref === '#/$defs/code',
  person: ({ $ref }) => $ref === '#/$defs/person',
  organisation: ({ $ref }) => $ref === '#/$defs/organisation',
  party: ({ $ref }) => $ref === '#/$defs/party',
  group: ({ type, items }) => type === 'array' && isRecord(items) && items['type'] === 'object',
  table: ({ type, items }) => type === 'array' && isRecord(items) && items['type'] === 'object',
};
const SHAPE_WORDS: Partial<Record<Widget, string>> = {
  text: '"type": "string"',
  multiline: '"type": "string"',
  number: '"type": "number"',
  computed: '"type": "number"',
  date: '"type": "string", "format": "date"',
  'partial-date': '"$ref": "#/$defs/partialDate"',
  checkbox: '"type": "boolean"',
  code: '"$ref": "#/$defs/code"',
  person: '"$ref": "#/$defs/person"',
  organisation: '"$ref": "#/$defs/organisation"',
  party: '"$ref": "#/$defs/party"',
  group: '"type": "array", "items": { "type": "object", … }',
  table: '"type": "array", "items": { "type": "object", … }',
};

/** What fits a cell. */
const COLUMNS: readonly Widget[] = [
  ...(['text', 'number', 'date', 'partial-date', 'select', 'checkbox', 'computed'] as const),
];

/** Finds what a definition's shape does not show: names that lead nowhere, rules nobody can meet. */
export function lintService(service: LintedService): Fault[] {
  const faults: Fault[] = [];
  const fault = (at: string, cs: string, en: string): void => void faults.push({ at, cs, en });
  const { form, attachments, steps } = service;

  for (const [step, part] of [
    ['form', form],
    ['attachments', attachments],
  ] as const)
    if (steps.includes(step) !== (part !== undefined))
      fault(
        'steps',
        `Krok „${step}“ a část „${step}“ patří k sobě: buď obojí, nebo nic.`,
        `The step “${step}” and the part “${step}” belong together: both or none.`,
      );
  if (service.kind === 'submission' && !service.source)
    fault(
      'source',
      'Uveďte, odkud jsou údaje, přílohy a lhůty převzaty.',
      'Say where fields, attachments and periods were taken from.',
    );
  if (form !== undefined) lintForm(form, fault);

  const known = new Map(form === undefined ? [] : fieldsOf(form).map((field) => [field.name, field]));
  const mustBe = (at: string, name: string, widgets: readonly Widget[]): void => {
    const field = known.get(name);
    if (field === undefined || !widgets.includes(field.widget))
      fault(
        at,
        `Pole „${name}“ formulář nemá, nebo není druhu ${widgets.join(', ')}.`,
        `The form has no field “${name}” of the kind ${widgets.join(', ')}.`,
      );
  };
  for (const [index, rule] of (service.deadlines ?? []).entries()) {
    mustBe(`deadlines[${index}].field`, rule.field, ['date']);
    lintCondition(rule.when, `deadlines[${index}].when`, known, fault);
  }
  for (const [index, slot] of (attachments?.slots ?? []).entries())
    lintCondition(slot.when, `attachments.slots[${index}].when`, known, fault);
  for (const id of repeated((attachments?.slots ?? []).map((slot) => slot.id)))
    fault('attachments.slots', `Příloha „${id}“ je tu dvakrát.`, `The attachment “${id}” is there twice.`);
  if (service.addressee.rule === 'by-municipality') {
    mustBe('addressee.field', service.addressee.field, ['code']);
    if (known.get(service.addressee.field)?.list !== 'municipalities')
      fault(
        'addressee.field',
        'Úřad se určuje podle obce: pole musí mít číselník „municipalities“.',
        'The office follows from a municipality: the field needs the list “municipalities”.',
      );
    if (form !== undefined && !requiredIn(form.schema).includes(service.addressee.field))
      fault(
        'addressee.field',
        'Pole, podle něhož se úřad určuje, musí být povinné.',
        'The field the office follows from must be required.',
      );
  }
  for (const [what, name] of Object.entries(service.paper ?? {}))
    mustBe(`paper.${what}`, name, ['text', 'multiline', 'number']);
  return faults;
}

const requiredIn = (schema: unknown): string[] =>
  isRecord(schema) && Array.isArray(schema['required']) ? schema['required'].map(String) : [];

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

function lintForm(form: FormDefinition, fault: Place['fault']): void {
  for (const { at, cs, en } of unsoundIn(form)) fault(at, cs, en);
  const schema: unknown = form.schema;
  const properties = isRecord(schema) && isRecord(schema['properties']) ? schema['properties'] : {};
  if (!isRecord(schema) || schema['type'] !== 'object' || schema['additionalProperties'] !== false)
    fault(
      'form.schema',
      'Schéma formuláře začíná "type": "object" a má "additionalProperties": false.',
      'The schema of a form begins with "type": "object" and has "additionalProperties": false.',
    );
  for (const id of repeated(form.ui.sections.map((section) => section.id)))
    fault('form.ui.sections', `Oddíl „${id}“ je tu dvakrát.`, `The section “${id}” is there twice.`);
  const place: Place = { at: '', fault, before: new Map(), properties };
  for (const [index, section] of form.ui.sections.entries()) {
    const at = `form.ui.sections[${index}]`;
    lintCondition(section.when, `${at}.when`, place.before, fault);
    lintFields(section.fields, { ...place, at: `${at}.fields` });
  }
  lintNames(fieldsOf(form), schema, 'form.schema', fault);
}

/** What the schema has and the fields have not, and the other way round. */
function lintNames(
  fields: readonly FieldDefinition[],
  schema: unknown,
  at: string,
  fault: Place['fault'],
): void {
  const properties = isRecord(schema) && isRecord(schema['properties']) ? schema['properties'] : {};
  const required = requiredIn(schema);
  const names = fields.map(({ name }) => name);
  for (const name of repeated(names))
    fault(at, `Pole „${name}“ je ve formuláři dvakrát.`, `The field “${name}” is there twice.`);
  for (const name of Object.keys(properties).filter((name) => !names.includes(name)))
    fault(
      `${at}.properties.${name}`,
      'Tento údaj nemá ve formuláři pole, takže jej nikdo nevyplní.',
      'No field shows this property, so nobody can fill it in.',
    );
  for (const name of required.filter((name) => !Object.hasOwn(properties, name)))
    fault(
      `${at}.required`,
      `Povinný údaj „${name}“ schéma nezná.`,
      `The required property “${name}” is not in the schema.`,
    );
}

function lintFields(fields: readonly FieldDefinition[], place: Place): void {
  for (const [index, field] of fields.entries()) {
    lintField(field, { ...place, at: `${place.at}[${index}] (${field.name})` });
    place.before.set(field.name, field);
  }
}

function lintField(field: FieldDefinition, place: Place): void {
  const { at, before } = place;
  const say = (cs: string, en: string): void => place.fault(at, cs, en);
  const property = place.properties[field.name];
  lintCondition(field.when, `${at}.when`, before, place.fault);
  if (field.widget === 'note') {
    if (property !== undefined)
      say('Text bez údaje nemá být ve schématu.', 'A note has no value: take it out of the schema.');
    return;
  }
  if (!isRecord(property)) {
    say(
      `Schéma nemá údaj „${field.name}“: doplňte jej do „properties“.`,
      `The schema has no property “${field.name}”: add it to “properties”.`,
    );
    return;
  }
  if (SHAPE[field.widget]?.(property) === false)
    say(
      `Pole druhu „${field.widget}“ má ve schématu být ${SHAPE_WORDS[field.widget] ?? ''}.`,
      `A field of the kind “${field.widget}” is ${SHAPE_WORDS[field.widget] ?? ''} in the schema.`,
    );
  const isBounded = property['maxLength'] !== undefined || property['pattern'] !== undefined;
  if ((field.widget === 'text' || field.widget === 'multiline') && !isBounded)
    say('Chybí největší délka „maxLength“.', 'The longest length “maxLength” is missing.');
  if (field.widget === 'select' || field.widget === 'radio') lintOptions(field, property, say);
  if (field.widget === 'code') lintCode(field, before, say);
  else if (field.list !== undefined || field.within !== undefined)
    say('Číselník má jen pole druhu „code“.', 'Only a field of the kind “code” has a list.');
  if ((field.widget === 'computed') !== (field.compute !== undefined))
    say(
      'Vypočtené pole má druh „computed“ a výpočet „compute“.',
      'A computed field has the kind “computed” and a computation “compute”.',
    );
  if (field.compute !== undefined) lintExpression(field, before, say);
  if (isRepeated(field)) lintRepeated(field, property, place, say);
  else if (field.fields !== undefined)
    say('Vnitřní pole má jen skupina nebo tabulka.', 'Only a group or table has fields inside.');
}

function lintOptions(
  { options = [] }: FieldDefinition,
  property: Record<string, unknown>,
  say: (cs: string, en: string) => void,
): void {
  const values = options.map(({ value }) => value);
  const allowed = Array.isArray(property['enum']) ? property['enum'].map(String) : [];
  for (const value of repeated(values))
    say(`Možnost „${value}“ je tu dvakrát.`, `The option “${value}” is there twice.`);
  if ([...values].sort().join('\n') !== [...allowed].sort().join('\n'))
    say(
      `Možnosti pole (${values.join(', ')}) nejsou tytéž jako „enum“ ve schématu (${allowed.join(', ')}).`,
      `The options (${values.join(', ')}) are not those of “enum” in the schema (${allowed.join(', ')}).`,
    );
}

function lintCode(
  field: FieldDefinition,
  before: Place['before'],
  say: (cs: string, en: string) => void,
): void {
  if (field.list === undefined) say('Uveďte číselník „list“.', 'Name the code list in “list”.');
  if (field.within !== undefined && before.get(field.within)?.widget !== 'code')
    say(
      `Pole „${field.within}“, podle něhož se vybírá, musí stát před tímto a mít číselník.`,
      `The field “${field.within}” it chooses within must stand before it and have a code list.`,
    );
}

function lintExpression(
  field: FieldDefinition,
  before: Place['before'],
  say: (cs: string, en: string) => void,
): void {
  const { here, within } = namesIn(field.compute ?? 0);
  const lists = within.map(({ each }) => each);
  for (const name of here) {
    const used = before.get(name);
    const fits = lists.includes(name)
      ? used !== undefined && isRepeated(used)
      : used?.widget === 'number' || used?.widget === 'computed';
    if (!fits)
      say(
        `Výpočet používá „${name}“: takové číslo, skupina nebo tabulka před tímto polem není.`,
        `The computation uses “${name}”: there is no such number, group or table before this field.`,
      );
  }
  for (const { each, names } of within)
    for (const name of names)
      if (!before.get(each)?.fields?.some((inner) => inner.name === name) && !before.has(name))
        say(
          `Výpočet používá „${each}.${name}“, které v „${each}“ není.`,
          `The computation uses “${each}.${name}”, which “${each}” has not.`,
        );
}

function lintRepeated(
  field: FieldDefinition,
  property: Record<string, unknown>,
  place: Place,
  say: (cs: string, en: string) => void,
): void {
  const { fields = [] } = field;
  if (fields.length === 0) say('Skupina nebo tabulka nemá žádné pole.', 'The group or table has no fields.');
  if (typeof property['maxItems'] !== 'number')
    say('Chybí největší počet položek „maxItems“.', 'The largest number of items “maxItems” is missing.');
  if (field.item === undefined)
    say('Pojmenujte jednu položku v „item“.', 'Say what one item is called in “item”.');
  for (const { name, widget } of fields)
    if (field.widget === 'table' && !COLUMNS.includes(widget))
      say(
        `Pole „${name}“ druhu „${widget}“ se do sloupce tabulky nevejde; použijte skupinu.`,
        `The field “${name}” of the kind “${widget}” does not fit a column; use a group.`,
      );
  for (const { name, total, widget } of fields)
    if (total !== undefined && (field.widget !== 'table' || (widget !== 'number' && widget !== 'computed')))
      say(
        `Součet „total“ má jen číselný sloupec tabulky („${name}“ jím není).`,
        `Only a column of numbers in a table has a “total” (“${name}” is none).`,
      );
  const { items } = property;
  const properties = isRecord(items) && isRecord(items['properties']) ? items['properties'] : {};
  lintFields(fields, {
    ...place,
    at: `${place.at}.fields`,
    // A name of the item means the item's own field, also before it stands.
    before: new Map([...place.before].filter(([name]) => !fields.some((inner) => inner.name === name))),
    properties,
  });
  lintNames(fields, items, `${place.at}: items`, place.fault);
}

function lintCondition(
  condition: Condition | undefined,
  at: string,
  before: ReadonlyMap<string, FieldDefinition>,
  fault: Place['fault'],
): void {
  if (condition === undefined) return;
  for (const name of fieldsIn(condition))
    if (!before.has(name) || before.get(name)?.widget === 'note')
      fault(
        at,
        `Podmínka se ptá na „${name}“: takové pole před tímto místem není.`,
        `The condition asks about “${name}”: there is no such field before this place.`,
      );
  for (const { name, value } of comparedIn(condition)) {
    const options = before.get(name)?.options;
    if (options !== undefined && !options.some((option) => option.value === value))
      fault(
        at,
        `Podmínka čeká, že „${name}“ bude „${String(value)}“, a to pole nenabízí.`,
        `The condition waits for “${name}” to be “${String(value)}”, which the field does not offer.`,
      );
  }
}

function comparedIn(condition: Condition): { name: string; value: unknown }[] {
  if ('all' in condition) return condition.all.flatMap(comparedIn);
  if ('any' in condition) return condition.any.flatMap(comparedIn);
  if ('not' in condition) return comparedIn(condition.not);
  if ('is' in condition) return [{ name: condition.field, value: condition.is }];
  return 'in' in condition ? condition.in.map((value) => ({ name: condition.field, value })) : [];
}
