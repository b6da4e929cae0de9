import type { FieldDefinition } from '../../../../electron/values/forms/definition.ts';
import { freshItem, type ItemDraft, itemRule } from '../form-values.ts';
import type { FormState } from './form-state.svelte.ts';

/** Items of a group or table as they are added, removed and put in order. */
export function createItems(form: FormState, field: FieldDefinition) {
  const list = (): ItemDraft[] => {
    const value = form.values[field.name];
    return Array.isArray(value) ? value : [];
  };
  const set = (next: ItemDraft[]): void => {
    form.values[field.name] = next;
    form.changed();
  };
  return {
    get all(): ItemDraft[] {
      return list();
    },
    insert: (at: number, item: ItemDraft): void => set(list().toSpliced(at, 0, item)),
    remove: (at: number): void => set(list().toSpliced(at, 1)),
    move(at: number, by: number): void {
      const item = list()[at];
      if (item !== undefined)
        set(
          list()
            .toSpliced(at, 1)
            .toSpliced(at + by, 0, item),
        );
    },
  };
}

/** As many items as there must be stand there from the beginning. */
export function withLeastItems(
  fields: readonly FieldDefinition[],
  schema: Readonly<Record<string, unknown>>,
): Record<string, ItemDraft[]> {
  return Object.fromEntries(
    fields
      .filter(({ widget }) => widget === 'group' || widget === 'table')
      .map((field) => [
        field.name,
        Array.from({ length: itemRule(schema, field.name).min }, () => freshItem(field)),
      ]),
  );
}
