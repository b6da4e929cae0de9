import { type FormProblem, validateForm } from '../form-rules.ts';
import { parsePartialDate } from '../partial-date.ts';
import { computed } from './compute.ts';
import { holds } from './conditions.ts';
import {
  type FieldDefinition,
  type FormData,
  type FormDefinition,
  fieldsOf,
  isRecord,
  isRepeated,
  itemsOf,
  scopeOf,
  valueIn,
} from './definition.ts';

/** A form's data after its own rules: without what is hidden, with what is computed. */
export type SettledForm = {
  data: Record<string, unknown>;
  /** Fields that are not asked now, by their path (`dogs.2.chip`). */
  hidden: ReadonlySet<string>;
  /** Computed fields that came with another value than they have. */
  differing: string[];
};

const NOTHING_SENT: ReadonlySet<string> = new Set(['note']);

/** One pass over the fields in their order: each sees only what stands before it. */
export function settleForm(form: FormDefinition, data: FormData): SettledForm {
  const hidden = new Set<string>();
  const differing: string[] = [];
  const fields = fieldsOf(form);
  const groups = fields.filter(isRepeated);
  const known = new Set(fields.map(({ name }) => name));
  // What no field shows is left as it is; the schema says what it thinks of it.
  const settled: Record<string, unknown> = Object.fromEntries(
    Object.entries(data).filter(([name]) => !known.has(name)),
  );

  const settleFields = (
    fields: readonly FieldDefinition[],
    from: FormData,
    into: Record<string, unknown>,
    path: string,
    group: FieldDefinition | null,
    isShown: boolean,
  ): void => {
    for (const field of fields) {
      const at = `${path}${field.name}`;
      const scope = group === null ? undefined : scopeOf(group, into);
      if (!isShown || !holds(field.when, settled, scope)) {
        hidden.add(at);
        continue;
      }
      const sent = Object.hasOwn(from, field.name) ? from[field.name] : undefined;
      if (NOTHING_SENT.has(field.widget)) continue;
      if (field.compute !== undefined) {
        const value = computed(field.compute, { form: settled, scope, groups });
        if (value !== undefined) into[field.name] = value;
        if (sent !== undefined && sent !== value) differing.push(at);
      } else if (isRepeated(field) && Array.isArray(sent)) {
        into[field.name] = itemsOf(sent).map((one, index) => {
          const inner: Record<string, unknown> = {};
          settleFields(field.fields ?? [], one, inner, `${at}.${index}.`, field, true);
          for (const [name, value] of Object.entries(one))
            if (!field.fields?.some((known) => known.name === name)) inner[name] = value;
          return inner;
        });
      } else if (sent !== undefined) into[field.name] = sent;
    }
  };
  for (const section of form.ui.sections)
    settleFields(section.fields, data, settled, '', null, holds(section.when, settled));
  return { data: settled, hidden, differing };
}

export type JudgedForm = SettledForm & { problems: FormProblem[] };

/** Settles a form and says everything that is wrong with it, in the order of its fields. */
export function judgeForm(form: FormDefinition, data: FormData): JudgedForm {
  const settled = settleForm(form, data);
  const found: FormProblem[] = [
    ...settled.differing.map((field): FormProblem => ({ field, code: 'form.computed-differs' })),
    ...eachShown(form, settled, ownProblems),
    ...validateForm(form.schema, settled.data).filter(
      ({ field, code }) => code !== 'form.required' || !settled.hidden.has(field),
    ),
  ];
  return { ...settled, problems: inOrder(form, found) };
}

/** A code that was chosen, for whoever has the lists. */
export type ChosenCode = {
  field: string;
  list: string;
  within: string | null;
  value: Record<string, unknown>;
};

export const codesIn = (form: FormDefinition, settled: SettledForm): ChosenCode[] =>
  eachShown(form, settled, (field, value, path, scope) => {
    if (field.list === undefined || !isRecord(value)) return [];
    const outer = field.within === undefined ? null : scope(field.within);
    const within = isRecord(outer) && typeof outer['code'] === 'string' ? outer['code'] : null;
    return [{ field: path, list: field.list, within, value }];
  });

/** What `look` says of each field that is shown and has a value, those in items among them. */
function eachShown<T>(
  form: FormDefinition,
  { data, hidden }: SettledForm,
  look: (field: FieldDefinition, value: unknown, path: string, scope: (name: string) => unknown) => T[],
): T[] {
  return fieldsOf(form).flatMap((field) => {
    const value = data[field.name];
    if (value === undefined || hidden.has(field.name)) return [];
    const own = look(field, value, field.name, (name) => data[name]);
    if (!isRepeated(field)) return own;
    const inner = itemsOf(value).flatMap((item, index) =>
      (field.fields ?? []).flatMap((one) =>
        item[one.name] === undefined
          ? []
          : look(one, item[one.name], `${field.name}.${index}.${one.name}`, (name) =>
              valueIn(name, data, scopeOf(field, item)),
            ),
      ),
    );
    return [...own, ...inner];
  });
}

/** What no schema can say of a value. */
function ownProblems(field: FieldDefinition, value: unknown, path: string): FormProblem[] {
  switch (field.widget) {
    case 'partial-date':
      return typeof value === 'string' && parsePartialDate(value).ok
        ? []
        : [{ field: path, code: 'form.date' }];
    case 'person':
    case 'organisation':
    case 'party':
      return isRecord(value) ? partyProblems(field, value, path) : [];
    case 'group':
    case 'table':
      return itemsOf(value).flatMap((item, index): FormProblem[] =>
        isEmptyItem(field, item) ? [{ field: `${path}.${index}`, code: 'form.empty-item' }] : [],
      );
    default:
      return [];
  }
}

// What is computed of nothing does not fill an item.
const isEmptyItem = ({ fields = [] }: FieldDefinition, item: FormData): boolean =>
  !fields.some(({ name, compute }) => compute === undefined && item[name] !== undefined);

function partyProblems(field: FieldDefinition, value: Record<string, unknown>, path: string): FormProblem[] {
  const isOrganisation =
    field.widget === 'organisation' || (field.widget === 'party' && value['kind'] === 'organisation');
  const mine: readonly string[] = isOrganisation ? ['ico', 'seat'] : ['birthDate', 'address'];
  const problems: FormProblem[] = (field.parts ?? [])
    .filter((part) => mine.includes(part) && value[part] === undefined)
    .map((part) => ({ field: `${path}.${part}`, code: 'form.required' }));
  const { birthDate } = value;
  if (typeof birthDate === 'string' && !parsePartialDate(birthDate).ok)
    problems.push({ field: `${path}.birthDate`, code: 'form.date' });
  return problems;
}

/** By the place in the form; of several of one field the first is told. */
function inOrder(form: FormDefinition, problems: readonly FormProblem[]): FormProblem[] {
  const fields = fieldsOf(form);
  const rank = ({ field }: FormProblem): number[] => {
    const [name = '', index = '', inner = ''] = field.split('.');
    const place = fields.findIndex((one) => one.name === name);
    const one = fields[place];
    const innerPlace = one?.fields?.findIndex((field) => field.name === inner) ?? 0;
    return [place < 0 ? fields.length : place, one && isRepeated(one) ? Number(index || -1) : 0, innerPlace];
  };
  const seen = new Set<string>();
  // What is wrong in an item says more than that it is empty.
  const isToldInside = ({ field, code }: FormProblem): boolean =>
    code === 'form.empty-item' && problems.some((other) => other.field.startsWith(`${field}.`));
  return problems
    .filter((problem) => !isToldInside(problem))
    .filter(({ field }) => !seen.has(field) && seen.add(field))
    .map((problem) => ({ problem, rank: rank(problem) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ problem }) => problem);
}

const compare = (a: readonly number[], b: readonly number[]): number => {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};
