import { z } from 'zod';
import type { AddresseeRule } from '../values/forms/addressee.ts';
import type { DeadlineRule } from '../values/forms/deadlines.ts';
import type { Condition, Expression } from '../values/forms/definition.ts';
import { define } from './call.ts';
import { text } from './shared.ts';

/** The form language as it comes in definitions (electron/values/forms; docs/adding-a-form.md). */

const fieldName = z.string().regex(/^[a-z][A-Za-z0-9]{0,62}$/);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ field: fieldName, is: scalar }),
    z.strictObject({ field: fieldName, in: z.array(scalar).min(1) }),
    z.strictObject({ field: fieldName, filled: z.boolean() }),
    z.strictObject({ field: fieldName, atLeast: z.number() }),
    z.strictObject({ field: fieldName, atMost: z.number() }),
    z.strictObject({ all: z.array(condition).min(1) }),
    z.strictObject({ any: z.array(condition).min(1) }),
    z.strictObject({ not: condition }),
  ]),
);

const expression: z.ZodType<Expression> = z.lazy(() =>
  z.union([
    z.number(),
    z.strictObject({ field: fieldName }),
    z.strictObject({ each: fieldName, sum: expression, when: condition.exactOptional() }),
    z.strictObject({ each: fieldName, count: z.literal(true), when: condition.exactOptional() }),
    z.strictObject({ sum: z.array(expression).min(1) }),
    z.strictObject({ product: z.array(expression).min(1) }),
    z.strictObject({ difference: z.tuple([expression, expression]) }),
  ]),
);

const simpleWidgets = [
  'text',
  'multiline',
  'number',
  'date',
  'partial-date',
  'select',
  'checkbox',
  'radio',
  'code',
  'person',
  'organisation',
  'party',
  'computed',
  'note',
] as const;

const simpleField = {
  name: fieldName,
  label: text,
  hint: text.exactOptional(),
  when: condition.exactOptional(),
  options: z.array(z.strictObject({ value: z.string(), label: text })).exactOptional(),
  prefill: z.enum(['applicant.name', 'applicant.address', 'applicant.birthDate']).exactOptional(),
  list: z.string().exactOptional(),
  within: fieldName.exactOptional(),
  parts: z.array(z.enum(['birthDate', 'address', 'ico', 'seat'])).exactOptional(),
  compute: expression.exactOptional(),
  total: z.literal(true).exactOptional(),
};
const innerField = z.strictObject({ ...simpleField, widget: z.enum(simpleWidgets) });

export const fieldUi = z.strictObject({
  ...simpleField,
  widget: z.enum([...simpleWidgets, 'group', 'table']),
  item: text.exactOptional(),
  fields: z.array(innerField).min(1).exactOptional(),
});
export type FieldUi = z.output<typeof fieldUi>;

export const serviceForm = z.strictObject({
  schema: z.record(z.string(), z.json()),
  ui: z.strictObject({
    sections: z.array(
      z.strictObject({
        id: z.string(),
        title: text,
        when: condition.exactOptional(),
        fields: z.array(fieldUi),
      }),
    ),
  }),
});

export const addresseeRule: z.ZodType<AddresseeRule> = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('choose') }),
  z.strictObject({ rule: z.literal('own-office') }),
  z.strictObject({ rule: z.literal('fixed'), officeId: z.string() }),
  z.strictObject({
    rule: z.literal('by-municipality'),
    field: fieldName,
    level: z.enum(['own', 'delegated', 'extended']),
  }),
]);

const count = z.int().min(1).max(400);
export const deadlineRule: z.ZodType<DeadlineRule> = z.strictObject({
  id: z.string(),
  title: text,
  when: condition.exactOptional(),
  field: fieldName,
  period: z.union([
    z.strictObject({ days: count }),
    z.strictObject({ workingDays: count }),
    z.strictObject({ months: count }),
  ]),
  before: z.literal(true).exactOptional(),
  keptBy: z.enum(['addressed-office', 'any-desk']),
  paragraph: z.string(),
  toBeConfirmed: z.literal(true).exactOptional(),
});

/** Which fields of the form say what a paper that was handed in is, where nobody's identity is asked. */
export const handedInPaper = z.strictObject({
  /** Of a person, and the organisation where it is one. */
  givenNames: fieldName.exactOptional(),
  surname: fieldName,
  organisation: fieldName.exactOptional(),
  subject: fieldName,
  sheets: fieldName,
  attachments: fieldName.exactOptional(),
  attachmentSheets: fieldName.exactOptional(),
});

/** Values of a form as they travel. */
export const formData = z.record(z.string().max(60), z.json());

export const codeItem = z.strictObject({ code: z.string(), name: text, note: text.nullable() });
export type CodeItem = z.output<typeof codeItem>;

export const formCalls = {
  /** Items of a code list that begin with what was typed; `within`: those of one item of another list. */
  'services.codes': define({
    kind: 'query',
    who: ['clerk', 'supervisor'],
    input: z.strictObject({
      list: z.string().max(40),
      within: z.string().max(40).nullable(),
      search: z.string().max(100),
    }),
    output: z.array(codeItem),
  }),
};
