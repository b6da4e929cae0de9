import { type Condition, type FormData, isRecord, valueIn } from './definition.ts';

const isFilled = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && value !== false && !isEmptyList(value);

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** What a condition compares: of a code list's item its code. */
const comparable = (value: unknown): unknown => (isRecord(value) && 'code' in value ? value['code'] : value);

/** Whether the condition holds for a form's data, or within the scope of one item of a group. No condition always holds. */
export function holds(condition: Condition | undefined, form: FormData, scope?: FormData): boolean {
  if (condition === undefined) return true;
  if ('all' in condition) return condition.all.every((one) => holds(one, form, scope));
  if ('any' in condition) return condition.any.some((one) => holds(one, form, scope));
  if ('not' in condition) return !holds(condition.not, form, scope);
  const value = comparable(valueIn(condition.field, form, scope));
  if ('filled' in condition) return isFilled(value) === condition.filled;
  // A box that was not ticked is not ticked, whether it says so or says nothing.
  if ('is' in condition) return condition.is === false ? value !== true : value === condition.is;
  if ('in' in condition) return condition.in.some((one) => one === value);
  if (typeof value !== 'number') return false;
  return 'atLeast' in condition ? value >= condition.atLeast : value <= condition.atMost;
}

/** Names the condition looks at. */
export function fieldsIn(condition: Condition): string[] {
  if ('all' in condition) return condition.all.flatMap(fieldsIn);
  if ('any' in condition) return condition.any.flatMap(fieldsIn);
  return 'not' in condition ? fieldsIn(condition.not) : [condition.field];
}
