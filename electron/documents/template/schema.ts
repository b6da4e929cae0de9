import { z } from 'zod';

/**
 * The template language of printed documents. A template is data (JSON under `resources/templates`, later from the
 * catalogue by sync); this schema is its whole grammar, and nothing in a template can run code.
 *
 * - `{{path}}` in a text is replaced by the value at that dotted path of the data; a value that is not there fails the
 *   rendering (`documents.data-missing`), it is never printed as nothing.
 * - `{{path|filter}}` formats it: `date` ('2026-04-01' -> 1. 4. 2026), `dateTime` (ISO instant -> 1. 4. 2026 14:05:09 in
 *   Prague), `number` (1530 -> 1 530), `crowns` (1530 -> 1 530 Kč), `crownsInWords`, `groups` (a long code in groups
 *   of 8, four to a line), `plural:strana,strany,stran` (the word form for the number at the path, without the number), `or:neuvedeno`
 *   (the words printed when there is nothing; the only way to print something that is not there).
 * - `when` on a block or a row drops it unless the condition holds; `each` repeats over a list.
 */

const identifier = /^[A-Za-z][A-Za-z0-9]*$/;
const path = z.string().regex(/^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$/, 'a dotted path into the data');
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** A bare path holds when there is something at it: not missing, null, false, '' or an empty list (0 is something). */
export type Condition =
  | string
  | { not: Condition }
  | { path: string; is: string | number | boolean }
  | { all: Condition[] }
  | { any: Condition[] };

const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    path,
    z.strictObject({ not: condition }),
    z.strictObject({ path, is: scalar }),
    z.strictObject({ all: z.array(condition).min(1) }),
    z.strictObject({ any: z.array(condition).min(1) }),
  ]),
);

/** Alternatives of a legal text: the chosen one is printed plainly, the others struck through (nehodící se škrtněte). */
const span = z.union([
  z.string(),
  z.strictObject({ text: z.string(), strong: z.boolean().exactOptional(), when: condition.exactOptional() }),
  z.strictObject({
    alternatives: path,
    options: z.array(z.strictObject({ value: scalar, text: z.string() })).min(2),
    separator: z.string().exactOptional(),
  }),
]);
const text = z.union([z.string(), z.array(span).min(1)]);

const align = z.enum(['left', 'center', 'right']);
const width = z.number().positive().max(1);
const repeat = {
  when: condition.exactOptional(),
  each: path.exactOptional(),
  as: z.string().regex(identifier).exactOptional(),
};
const when = { when: condition.exactOptional() };

const heading = z.strictObject({
  type: z.literal('heading'),
  ...when,
  level: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  text,
});
const paragraph = z.strictObject({
  type: z.literal('paragraph'),
  ...when,
  text,
  style: z.enum(['normal', 'strong', 'small', 'large']).exactOptional(),
  align: align.exactOptional(),
});
const keyValues = z.strictObject({
  type: z.literal('keyValues'),
  ...when,
  labelWidth: width.exactOptional(),
  rows: z
    .array(z.strictObject({ ...repeat, label: text, value: text, strong: z.boolean().exactOptional() }))
    .min(1),
});
const table = z.strictObject({
  type: z.literal('table'),
  ...when,
  columns: z.array(z.strictObject({ title: text, width, align: align.exactOptional() })).min(1),
  rows: z
    .array(z.strictObject({ ...repeat, cells: z.array(text).min(1), strong: z.boolean().exactOptional() }))
    .min(1),
});
/** A table whose columns the data give: `{ columns: [{ title, width, align }], rows: [{ cells, strong }] }` at the path. */
const dataTable = z.strictObject({ type: z.literal('dataTable'), ...when, path });
const list = z.strictObject({
  type: z.literal('list'),
  ...when,
  ordered: z.boolean().exactOptional(),
  items: z.array(z.strictObject({ ...repeat, text })).min(1),
});
const signature = z.strictObject({
  type: z.literal('signature'),
  ...when,
  label: text,
  name: text.exactOptional(),
});
const checkbox = z.strictObject({ type: z.literal('checkbox'), ...when, checked: condition, text });
const qr = z.strictObject({
  type: z.literal('qr'),
  ...when,
  text: z.string(),
  alt: z.string(),
  sizeMm: z.number().min(15).max(80),
  align: align.exactOptional(),
  caption: text.exactOptional(),
});
const code128 = z.strictObject({
  type: z.literal('code128'),
  ...when,
  text: z.string(),
  heightMm: z.number().min(5).max(30),
  align: align.exactOptional(),
});
const rule = z.strictObject({ type: z.literal('rule'), ...when });
const spacer = z.strictObject({ type: z.literal('spacer'), ...when, mm: z.number().positive().max(100) });
const pageBreak = z.strictObject({ type: z.literal('pageBreak'), ...when });

const leaf = z.discriminatedUnion('type', [
  heading,
  paragraph,
  keyValues,
  table,
  dataTable,
  list,
  signature,
  checkbox,
  qr,
  code128,
  rule,
  spacer,
  pageBreak,
]);

export type Block =
  | z.infer<typeof leaf>
  | { type: 'each'; when?: Condition; path: string; as: string; blocks: Block[] }
  | { type: 'keepTogether'; when?: Condition; withPrevious?: boolean; blocks: Block[] }
  | { type: 'group'; when?: Condition; blocks: Block[] }
  | { type: 'box'; when?: Condition; blocks: Block[] }
  | { type: 'columns'; when?: Condition; columns: { width: number; blocks: Block[] }[] };

const blocks: z.ZodType<Block[]> = z.lazy(() =>
  z.array(
    z.discriminatedUnion('type', [
      ...leaf.options,
      z.strictObject({ type: z.literal('each'), ...when, path, as: z.string().regex(identifier), blocks }),
      z.strictObject({
        type: z.literal('keepTogether'),
        ...when,
        /** Takes the end of the block before along, so that a signature never stands alone on a sheet. */
        withPrevious: z.boolean().exactOptional(),
        blocks,
      }),
      z.strictObject({ type: z.literal('group'), ...when, blocks }),
      z.strictObject({ type: z.literal('box'), ...when, blocks }),
      z.strictObject({
        type: z.literal('columns'),
        ...when,
        columns: z.array(z.strictObject({ width, blocks })).min(2).max(3),
      }),
    ]),
  ),
);

/**
 * The description of a document of an office for machines, embedded in the file (which is PDF/A-3b then). Its texts are
 * filled as those on paper; numbers given by path are left out while they are not known.
 */
const officeMetadata = z.strictObject({
  ...when,
  jid: z.string(),
  evidenceNumber: path.exactOptional(),
  referenceNumber: path.exactOptional(),
  sender: z.strictObject({ name: z.string(), ico: z.string(), dataBoxId: z.string(), seat: z.string() }),
  subject: z.string(),
});

export const templateSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.number().int().positive(),
  /** The document's title: static and without personal data, because it stands in the file's metadata. */
  title: z.string().regex(/^[^<>&{}]+$/),
  /** Where the wording comes from. `toBeConfirmed` marks wording that no one has yet compared with the law in force. */
  sources: z.array(
    z.strictObject({
      act: z.string(),
      paragraph: z.string().exactOptional(),
      note: z.string().exactOptional(),
      toBeConfirmed: z.literal(true).exactOptional(),
    }),
  ),
  page: z.strictObject({
    size: z.enum(['A4', 'A5']),
    orientation: z.enum(['portrait', 'landscape']),
  }),
  /** Running lines: the header stands above the content of each page, the footer beside "n / N". */
  header: z.strictObject({ left: text, right: text.exactOptional() }).exactOptional(),
  footer: z.strictObject({ left: text }).exactOptional(),
  officeMetadata: officeMetadata.exactOptional(),
  /** Where an act wants PDF/A-3 whatever is in the file; a file with metadata in it is that anyway. */
  archival: z.literal('3b').exactOptional(),
  body: blocks,
});

export type Template = z.infer<typeof templateSchema>;
export type Text = z.infer<typeof text>;
export type Span = z.infer<typeof span>;
