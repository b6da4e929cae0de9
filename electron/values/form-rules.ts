import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import { SHAPES } from './forms/shapes.ts';

/** A JSON Schema (2020-12) of an object, as service definitions carry it. */
export type FormSchema = object;

export type FormProblemCode =
  | 'form.required'
  | 'form.too-long'
  | 'form.too-short'
  | 'form.pattern'
  | 'form.number-range'
  | 'form.number-step'
  | 'form.not-integer'
  | 'form.date'
  | 'form.choice'
  | 'form.item-count'
  | 'form.type'
  | 'form.unknown-field'
  | 'form.empty-item'
  | 'form.computed-differs';

/**
 * What is wrong with one field. `field` is the property's name; inside of a value the path goes on with dots
 * (`address.city`), and the whole form is the empty text. Params by code: `too-long` {max}, `too-short` {min},
 * `number-range` and `item-count` {min?, max?}, `number-step` {step}, `type` {expected}.
 */
export type FormProblem = { field: string; code: FormProblemCode; params?: Record<string, string | number> };

const validators = new WeakMap<FormSchema, { schema: Schema; validator: Validator }>();

// The validator writes into the schema it gets, and definitions are hashed: it gets a copy.
function prepared(definition: FormSchema): { schema: Schema; validator: Validator } {
  const known = validators.get(definition);
  if (known !== undefined) return known;
  const schema: unknown = structuredClone(definition);
  if (!isObject(schema)) throw new TypeError('A form has a schema that is an object.');
  const own = isObject(schema['$defs']) ? schema['$defs'] : {};
  schema['$defs'] = { ...structuredClone(SHAPES), ...own };
  const fresh = { schema, validator: new Validator(schema, '2020-12', false) };
  validators.set(definition, fresh);
  return fresh;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEmptyText = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';

/**
 * Data as a form keeps them: texts in NFC without spaces around, and fields left empty not there at all. The window
 * applies it before it sends, the counter before it stores. Items of a group keep their places, so that a problem finds its own.
 */
export function cleanFormData(data: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return value.normalize('NFC').trim();
    if (depth >= MOST_DEPTH) return value;
    if (Array.isArray(value))
      return value.map((item) => (isObject(item) ? cleanFormData(item, depth + 1) : item));
    if (!isObject(value)) return value;
    const inside = cleanFormData(value, depth + 1);
    return Object.keys(inside).length === 0 ? undefined : inside;
  };
  const entries = Object.entries(data)
    .map(([name, value]) => [name, clean(value)] as const)
    .filter(([, value]) => value !== '' && value !== undefined && value !== null && !isEmptyArray(value));
  return Object.fromEntries(entries);
}

/** A form has groups of items with persons in them, and no more. */
const MOST_DEPTH = 4;
const isEmptyArray = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/**
 * Checks a form's data against its schema; an empty list means they hold. Problems stand in the order of the
 * schema's properties, each once. A required text that is empty counts as missing. Needs no code generation, so it
 * runs in the window under its content policy as well as in the counter.
 */
export function validateForm(definition: FormSchema, data: unknown): FormProblem[] {
  const { schema, validator } = prepared(definition);
  const instance = plainJson(data);
  if (instance === undefined) return [{ field: '', code: 'form.type', params: { expected: 'object' } }];
  const { errors } = validator.validate(instance);
  const problems = [
    ...emptyRequired(schema, instance),
    ...errors.filter((unit) => !isInOtherBranch(unit)).flatMap((unit) => toProblems(unit, schema, instance)),
  ];
  if (problems.length === 0 && errors.length > 0) problems.push({ field: '', code: 'form.choice' });
  return inOrder(schema, problems);
}

// A name that is no Unicode text cannot be written as a location.
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A copy that is JSON and nothing else: absent values left out. Undefined when there is something JSON has not. */
function plainJson(value: unknown, depth = 0): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || depth > 16) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => plainJson(item, depth + 1));
    return items.includes(undefined) ? undefined : items;
  }
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const plain = LONE_SURROGATE.test(name) ? undefined : plainJson(item, depth + 1);
    if (plain === undefined) return undefined;
    copy[name] = plain;
  }
  return copy;
}

// A schema may forget minLength; a required field left blank is missing all the same.
function emptyRequired(schema: Schema, instance: unknown): FormProblem[] {
  if (!isObject(instance)) return [];
  return (schema.required ?? [])
    .filter((name) => isEmptyText(instance[name]))
    .map((field) => ({ field, code: 'form.required' }));
}

// Of alternatives the first is the one to tell a person about.
const isInOtherBranch = (unit: OutputUnit): boolean =>
  /\/(?:anyOf|oneOf)\/[1-9]\d*(?:\/|$)/.test(unit.keywordLocation);

const pointerTokens = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'));

/** The value in the schema a keyword's location leads to, references followed. */
function schemaAt(root: Schema, location: string): unknown {
  let node: unknown = root;
  for (const token of pointerTokens(location)) {
    const next: unknown = isObject(node) || Array.isArray(node) ? Reflect.get(node, token) : undefined;
    node = token === '$ref' && typeof next === 'string' ? schemaAt(root, next) : next;
  }
  return node;
}

function valueAt(instance: unknown, location: string): unknown {
  let node: unknown = instance;
  for (const token of pointerTokens(location)) {
    node = isObject(node) || Array.isArray(node) ? Reflect.get(node, token) : undefined;
  }
  return node;
}

function toProblems(unit: OutputUnit, schema: Schema, instance: unknown): FormProblem[] {
  const field = pointerTokens(unit.instanceLocation).join('.');
  const inside = (name: string): string => (field === '' ? name : `${field}.${name}`);
  const rule = schemaAt(schema, unit.keywordLocation);
  const owner = schemaAt(schema, unit.keywordLocation.slice(0, unit.keywordLocation.lastIndexOf('/')));
  const value = valueAt(instance, unit.instanceLocation);
  const limits = (min: string, max: string): Record<string, number> => {
    const params: Record<string, number> = {};
    const [low, high] = isObject(owner) ? [owner[min], owner[max]] : [];
    if (typeof low === 'number') params.min = low;
    if (typeof high === 'number') params.max = high;
    return params;
  };
  const number = (name: string): { params?: Record<string, number> } =>
    typeof rule === 'number' ? { params: { [name]: rule } } : {};
  switch (unit.keyword) {
    case 'required':
      return missing(Array.isArray(rule) ? rule : [], value).map((name) => ({
        field: inside(name),
        code: 'form.required',
      }));
    case 'dependentRequired':
      return missing(requiredBy(owner, value), value).map((name) => ({
        field: inside(name),
        code: 'form.required',
      }));
    case 'minLength':
      return isEmptyText(value)
        ? [{ field, code: 'form.required' }]
        : [{ field, code: 'form.too-short', ...number('min') }];
    case 'maxLength':
      return [{ field, code: 'form.too-long', ...number('max') }];
    case 'pattern':
      return [{ field, code: 'form.pattern' }];
    case 'format':
      return [{ field, code: rule === 'date' ? 'form.date' : 'form.pattern' }];
    case 'minimum':
    case 'maximum':
      return [{ field, code: 'form.number-range', params: limits('minimum', 'maximum') }];
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return [{ field, code: 'form.number-range', params: limits('exclusiveMinimum', 'exclusiveMaximum') }];
    case 'multipleOf':
      return [{ field, code: 'form.number-step', ...number('step') }];
    case 'type':
      return [typeProblem(field, rule, value)];
    case 'const':
      // A box that must be ticked.
      return [{ field, code: rule === true && value === false ? 'form.required' : 'form.choice' }];
    case 'enum':
    case 'not':
    case 'uniqueItems':
    case 'contains':
    case 'minContains':
    case 'maxContains':
      return [{ field, code: 'form.choice' }];
    case 'minItems':
    case 'maxItems':
      return [{ field, code: 'form.item-count', params: limits('minItems', 'maxItems') }];
    case 'false':
      return [{ field, code: 'form.unknown-field' }];
    default:
      // The others (properties, allOf, $ref …) only lead to one of those above.
      return [];
  }
}

function typeProblem(field: string, rule: unknown, value: unknown): FormProblem {
  const types: unknown[] = Array.isArray(rule) ? rule : [rule];
  if (types.includes('integer') && typeof value === 'number') return { field, code: 'form.not-integer' };
  return {
    field,
    code: 'form.type',
    params: { expected: types.filter((type) => type !== 'null').join(', ') },
  };
}

const missing = (names: readonly unknown[], value: unknown): string[] =>
  names.filter((name): name is string => typeof name === 'string' && isObject(value) && !(name in value));

const requiredBy = (owner: unknown, value: unknown): unknown[] => {
  const rule = isObject(owner) && isObject(owner.dependentRequired) ? owner.dependentRequired : {};
  return Object.entries(rule).flatMap(([name, needed]) =>
    isObject(value) && name in value && Array.isArray(needed) ? needed : [],
  );
};

function inOrder(schema: Schema, problems: readonly FormProblem[]): FormProblem[] {
  const names = Object.keys(schema.properties ?? {});
  const rank = ({ field }: FormProblem): number => {
    const index = names.indexOf(field.split('.')[0] ?? '');
    return index < 0 ? names.length : index;
  };
  const seen = new Set<string>();
  const once = problems.filter(({ field, code }) => {
    const key = `${code} ${field}`;
    return seen.has(key) ? false : seen.add(key);
  });
  // A missing value has no other fault worth telling.
  const required = new Set(once.filter(({ code }) => code === 'form.required').map(({ field }) => field));
  return once
    .filter(({ field, code }) => code === 'form.required' || !required.has(field))
    .sort((a, b) => rank(a) - rank(b));
}
