/**
 * The form language: what a definition says beside its JSON Schema. Conditions and computations look only at what stands
 * before them in the form, so that one pass in the order of the fields settles everything (docs/adding-a-form.md).
 */

type Text = { cs: string; en: string };
export type Scalar = string | number | boolean;

/** On the value of a field: of the same item, where it has one of that name, else of the form. A hidden field has none. */
export type Condition =
  | { field: string; is: Scalar }
  | { field: string; in: Scalar[] }
  | { field: string; filled: boolean }
  | { field: string; atLeast: number }
  | { field: string; atMost: number }
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition };

/** A number out of other numbers; text and code cannot be computed. */
export type Expression =
  | number
  | { field: string }
  | { sum: Expression[] }
  | { product: Expression[] }
  | { difference: [Expression, Expression] }
  /** Over the items of a group or table: the sum of what each gives, or how many there are. */
  | { each: string; sum: Expression; when?: Condition }
  | { each: string; count: true; when?: Condition };

export type Widget =
  | 'text'
  | 'multiline'
  | 'number'
  | 'date'
  | 'partial-date'
  | 'select'
  | 'checkbox'
  | 'radio'
  | 'code'
  | 'person'
  | 'organisation'
  | 'party'
  | 'computed'
  | 'note'
  | 'group'
  | 'table';

/** What is asked of a person or organisation beside the name. */
export type PartyPart = 'birthDate' | 'address' | 'ico' | 'seat';

export type FieldDefinition = {
  name: string;
  label: Text;
  hint?: Text;
  widget: Widget;
  when?: Condition;
  options?: { value: string; label: Text }[];
  prefill?: string;
  /** Code list of a `code`; `within` names the field whose code its items belong to (streets of a municipality). */
  list?: string;
  within?: string;
  parts?: PartyPart[];
  compute?: Expression;
  /** The column's total stands under the table. */
  total?: true;
  /** Fields of each item of a group or table; an item has no groups of its own. */
  fields?: FieldDefinition[];
  /** What one item is called: „Podepsaný“. */
  item?: Text;
};

export type SectionDefinition = { id: string; title: Text; when?: Condition; fields: FieldDefinition[] };

export type FormDefinition = { schema: object; ui: { sections: SectionDefinition[] } };

export type FormData = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isRepeated = ({ widget }: FieldDefinition): boolean => widget === 'group' || widget === 'table';

/** Items of a group as they stand in the data; none when there is something else. */
export const itemsOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.map((item) => (isRecord(item) ? item : {})) : [];

export const fieldsOf = ({ ui }: FormDefinition): FieldDefinition[] =>
  ui.sections.flatMap(({ fields }) => fields);

/**
 * An item as what stands in it is looked up: a name of its group is the item's own also while the item has no value of it, so
 * that it never means a field of the same name outside.
 */
export const scopeOf = ({ fields = [] }: Pick<FieldDefinition, 'fields'>, item: FormData): FormData => ({
  ...Object.fromEntries(fields.map(({ name }) => [name, undefined])),
  ...item,
});

/** The value a name means: in the item it stands in (a `scopeOf` it), or in the form. */
export const valueIn = (name: string, form: FormData, scope?: FormData): unknown =>
  scope !== undefined && Object.hasOwn(scope, name)
    ? scope[name]
    : Object.hasOwn(form, name)
      ? form[name]
      : undefined;
