import { fieldsIn, holds } from './conditions.ts';
import {
  type Expression,
  type FieldDefinition,
  type FormData,
  itemsOf,
  scopeOf,
  valueIn,
} from './definition.ts';

// Decimals as people write them do not add up in binary; six places are more than any form asks for.
const PLACES = 1e6;
const exact = (value: number): number => Math.round(value * PLACES) / PLACES;

/** What an expression is computed from. */
export type Given = {
  form: FormData;
  /** The item it stands in. */
  scope?: FormData | undefined;
  /** Groups and tables of the form, whose fields tell what a name means within their items. */
  groups: readonly FieldDefinition[];
};

/**
 * What an expression comes to. Sums pass over what is missing; a product or difference with something missing is not known
 * yet, and neither is what no computer can count to.
 */
export function computed(expression: Expression, given: Given): number | undefined {
  const value = raw(expression, given);
  return value !== undefined && Math.abs(value) <= Number.MAX_SAFE_INTEGER / PLACES
    ? exact(value)
    : undefined;
}

function raw(expression: Expression, given: Given): number | undefined {
  const { form, scope, groups } = given;
  if (typeof expression === 'number') return expression;
  if ('field' in expression) {
    const value = valueIn(expression.field, form, scope);
    return typeof value === 'number' ? value : undefined;
  }
  if ('each' in expression) {
    const group = groups.find(({ name }) => name === expression.each) ?? {};
    const items = itemsOf(valueIn(expression.each, form, scope))
      .map((item) => scopeOf(group, item))
      .filter((item) => holds(expression.when, form, item));
    return 'count' in expression
      ? items.length
      : total(items.map((item) => computed(expression.sum, { ...given, scope: item })));
  }
  if ('sum' in expression) return total(expression.sum.map((part) => raw(part, given)));
  const parts = 'product' in expression ? expression.product : expression.difference;
  const values: number[] = [];
  for (const part of parts) {
    const value = raw(part, given);
    if (value === undefined) return undefined;
    values.push(value);
  }
  const [first = 0, ...rest] = values;
  return 'product' in expression
    ? rest.reduce((so, value) => so * value, first)
    : rest.reduce((so, value) => so - value, first);
}

const total = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

/** The total of a column, as it stands under a table. */
export const columnTotal = (items: readonly FormData[], name: string): number =>
  exact(total(items.map((item) => (typeof item[name] === 'number' ? item[name] : undefined))));

/** Names an expression looks at, and those it looks at in the items of a group. */
export function namesIn(expression: Expression): {
  here: string[];
  within: { each: string; names: string[] }[];
} {
  if (typeof expression === 'number') return { here: [], within: [] };
  if ('field' in expression) return { here: [expression.field], within: [] };
  if ('each' in expression) {
    const names = [
      ...('sum' in expression ? namesIn(expression.sum).here : []),
      ...(expression.when ? fieldsIn(expression.when) : []),
    ];
    return { here: [expression.each], within: [{ each: expression.each, names }] };
  }
  const parts =
    'sum' in expression
      ? expression.sum
      : 'product' in expression
        ? expression.product
        : expression.difference;
  const all = parts.map(namesIn);
  return { here: all.flatMap(({ here }) => here), within: all.flatMap(({ within }) => within) };
}
