import { z } from 'zod';
import { nonBreaking } from '../../values/czech-typography.ts';
import { formatCrowns } from '../../values/money.ts';
import { err, ok, type Result } from '../../values/result.ts';
import { formatDate, formatDateTime } from '../../values/time.ts';
import { crownsInWords, pluralForm } from '../czech-words.ts';
import { type DocumentFailure, failure } from '../failures.ts';
import type { OfficeMetadata } from '../rendering/office-metadata.ts';
import { code128Symbol, qrSymbol, type Symbol2d } from '../rendering/symbols.ts';
import type { Block, Condition, Template, Text } from './schema.ts';
import { isPresent, type TemplateData, type TemplateValue, valueAt } from './value.ts';

/** A stretch of text in one manner. `struck` is crossed out but stays readable, as on a filled official form. */
export type Run = { text: string; strong: boolean; struck: boolean };
export type Align = 'left' | 'center' | 'right';
export type ParagraphStyle = 'normal' | 'strong' | 'small' | 'large';

/** A document with its data filled in: nothing left to decide but where things stand on the page. */
export type Content =
  | { type: 'heading'; level: 1 | 2 | 3; runs: Run[] }
  | { type: 'paragraph'; runs: Run[]; style: ParagraphStyle; align: Align }
  | { type: 'keyValues'; labelWidth: number; rows: { label: Run[]; value: Run[] }[] }
  | { type: 'table'; columns: { title: Run[]; width: number; align: Align }[]; rows: Run[][][] }
  | { type: 'list'; items: { mark: string; runs: Run[] }[] }
  | { type: 'signature'; label: Run[]; name: Run[] }
  | { type: 'checkbox'; checked: boolean; runs: Run[] }
  | {
      type: 'symbol';
      symbol: Symbol2d;
      widthMm: number;
      heightMm: number;
      alt: string;
      align: Align;
      caption: Run[];
    }
  | { type: 'rule' }
  | { type: 'spacer'; mm: number }
  | { type: 'pageBreak' }
  | { type: 'keepTogether'; withPrevious: boolean; blocks: Content[] }
  | { type: 'box'; blocks: Content[] }
  | { type: 'columns'; columns: { width: number; blocks: Content[] }[] };

export type Expanded = {
  title: string;
  page: Template['page'];
  header: { left: Run[]; right: Run[] } | undefined;
  footer: Run[];
  officeMetadata: OfficeMetadata | undefined;
  archival: '2b' | '3b';
  body: Content[];
};

const tableData = z.object({
  columns: z
    .array(z.object({ title: z.string(), width: z.number(), align: z.enum(['left', 'center', 'right']) }))
    .min(1),
  rows: z.array(z.object({ cells: z.array(z.string()), strong: z.boolean() })),
});

const PLACEHOLDER = /\{\{([^{}|]*)(?:\|([^{}]*))?\}\}/g;
const QR_MAX_BYTES = 700;

/**
 * Fills a template with data. The first thing missing or of a wrong kind is the failure: a document with a hole is
 * never made.
 */
export function expand(template: Template, data: TemplateData): Result<Expanded, DocumentFailure> {
  const problems: DocumentFailure[] = [];
  const filler = createFiller(problems);
  const officeMetadata = filler.officeMetadata(template.officeMetadata, data);
  const expanded: Expanded = {
    title: template.title,
    page: template.page,
    header: template.header && {
      left: filler.runs(template.header.left, data),
      right: template.header.right === undefined ? [] : filler.runs(template.header.right, data),
    },
    footer: template.footer === undefined ? [] : filler.runs(template.footer.left, data),
    officeMetadata,
    archival: officeMetadata === undefined ? (template.archival ?? '2b') : '3b',
    body: filler.blocks(template.body, data),
  };
  const [first] = problems;
  return first === undefined ? ok(expanded) : err(first);
}

function holds(condition: Condition | undefined, scope: TemplateData): boolean {
  if (condition === undefined) return true;
  if (typeof condition === 'string') return isPresent(valueAt(scope, condition));
  if ('not' in condition) return !holds(condition.not, scope);
  if ('all' in condition) return condition.all.every((each) => holds(each, scope));
  if ('any' in condition) return condition.any.some((each) => holds(each, scope));
  return valueAt(scope, condition.path) === condition.is;
}

/** Text as it goes on paper: NFC (data may be decomposed), one kind of line end, no tabulators. */
function normalize(text: string): string {
  return text.normalize('NFC').replace(/\r\n?/g, '\n').replace(/\t/g, ' ');
}

function createFiller(problems: DocumentFailure[]) {
  const missing = (path: string) => {
    problems.push(failure('documents.data-missing', { path }));
    return '';
  };
  const wrong = (path: string) => {
    problems.push(failure('documents.data-wrong', { path }));
    return '';
  };

  function filtered(path: string, filter: string | undefined, value: TemplateValue): string {
    const [name, argument] = filter === undefined ? [undefined, undefined] : splitOnce(filter.trim(), ':');
    if (value === undefined || value === null || value === '')
      return name === 'or' ? (argument ?? '') : missing(path);
    if (typeof value !== 'string' && typeof value !== 'number') return wrong(path);
    try {
      switch (name) {
        case undefined:
        case 'or':
          return String(value);
        case 'date':
          return typeof value === 'string' ? formatDate(value) : wrong(path);
        case 'dateTime': {
          const instant = new Date(value);
          return Number.isNaN(instant.getTime()) ? wrong(path) : formatDateTime(instant);
        }
        case 'number':
          return Number.isInteger(value) ? formatInteger(Number(value)) : wrong(path);
        case 'crowns':
          return Number.isInteger(value) ? formatCrowns(Number(value)) : wrong(path);
        case 'crownsInWords':
          return typeof value === 'number' ? crownsInWords(value) : wrong(path);
        case 'groups':
          return (String(value).match(/.{1,32}/gsu) ?? [])
            .map((row) => (row.match(/.{1,8}/gsu) ?? []).join(' '))
            .join('\n');
        case 'plural': {
          const [one, few, many] = (argument ?? '').split(',');
          if (one === undefined || few === undefined || many === undefined || typeof value !== 'number') {
            return wrong(path);
          }
          return pluralForm(value, [one, few, many]);
        }
        default:
          problems.push(failure('documents.template-invalid', { where: `{{${path}|${filter}}}` }));
          return '';
      }
    } catch (error) {
      // The formatters throw RangeError for values they have no form for, such as a day that does not exist.
      if (error instanceof RangeError) return wrong(path);
      throw error;
    }
  }

  function fill(pattern: string, scope: TemplateData): string {
    return pattern.replace(PLACEHOLDER, (_whole, path: string, filter: string | undefined) =>
      normalize(filtered(path.trim(), filter, valueAt(scope, path.trim()))),
    );
  }

  function runs(text: Text, scope: TemplateData): Run[] {
    const spans = typeof text === 'string' ? [text] : text;
    const result: Run[] = [];
    const add = (content: string, strong: boolean, struck: boolean) => {
      if (content !== '') result.push({ text: nonBreaking(content), strong, struck });
    };
    for (const span of spans) {
      if (typeof span === 'string') add(fill(span, scope), false, false);
      else if ('alternatives' in span) {
        const chosen = valueAt(scope, span.alternatives);
        if (chosen === undefined || chosen === null) missing(span.alternatives);
        else if (!span.options.some((option) => option.value === chosen)) wrong(span.alternatives);
        span.options.forEach((option, index) => {
          if (index > 0) add(span.separator ?? ' – ', false, false);
          add(fill(option.text, scope), false, option.value !== chosen);
        });
      } else if (holds(span.when, scope)) add(fill(span.text, scope), span.strong === true, false);
    }
    return result;
  }

  function officeMetadata(
    wanted: Template['officeMetadata'],
    scope: TemplateData,
  ): OfficeMetadata | undefined {
    if (wanted === undefined || !holds(wanted.when, scope)) return undefined;
    const known = (path: string | undefined) =>
      path !== undefined && isPresent(valueAt(scope, path)) ? fill(`{{${path}}}`, scope) : undefined;
    const evidenceNumber = known(wanted.evidenceNumber);
    const referenceNumber = known(wanted.referenceNumber);
    const { name, ico, dataBoxId, seat } = wanted.sender;
    return {
      jid: fill(wanted.jid, scope),
      ...(evidenceNumber !== undefined && { evidenceNumber }),
      ...(referenceNumber !== undefined && { referenceNumber }),
      sender: {
        name: fill(name, scope),
        ico: fill(ico, scope),
        dataBoxId: fill(dataBoxId, scope),
        seat: fill(seat, scope),
      },
      subject: fill(wanted.subject, scope),
    };
  }

  const strong = (list: Run[], on: boolean | undefined) =>
    on === true ? list.map((run) => ({ ...run, strong: true })) : list;

  function repeated<Row extends { when?: Condition; each?: string; as?: string }, R>(
    rows: readonly Row[],
    scope: TemplateData,
    make: (row: Row, scope: TemplateData, index: number) => R,
  ): R[] {
    const result: R[] = [];
    for (const row of rows) {
      for (const inner of row.each === undefined ? [scope] : scopes(row.each, row.as ?? 'item', scope)) {
        if (holds(row.when, inner)) result.push(make(row, inner, result.length));
      }
    }
    return result;
  }

  function scopes(path: string, name: string, scope: TemplateData): TemplateData[] {
    const list = valueAt(scope, path);
    if (list === undefined || list === null) {
      missing(path);
      return [];
    }
    if (!Array.isArray(list)) {
      wrong(path);
      return [];
    }
    return list.map((item: TemplateValue, index) => ({ ...scope, [name]: item, index: index + 1 }));
  }

  function symbol(path: string, made: Result<Symbol2d, DocumentFailure>): Symbol2d {
    if (made.ok) return made.value;
    problems.push(made.error.params === undefined ? failure(made.error.code, { path }) : made.error);
    return { columns: 1, rows: 1, dark: [] };
  }

  function one(block: Block, scope: TemplateData): Content[] {
    if (!holds(block.when, scope)) return [];
    switch (block.type) {
      case 'heading':
        return [{ type: 'heading', level: block.level, runs: runs(block.text, scope) }];
      case 'paragraph':
        return [
          {
            type: 'paragraph',
            runs: strong(runs(block.text, scope), block.style === 'strong'),
            style: block.style ?? 'normal',
            align: block.align ?? 'left',
          },
        ];
      case 'keyValues': {
        const rows = repeated(block.rows, scope, (row, inner) => ({
          label: runs(row.label, inner),
          value: strong(runs(row.value, inner), row.strong),
        }));
        return rows.length === 0 ? [] : [{ type: 'keyValues', labelWidth: block.labelWidth ?? 0.34, rows }];
      }
      case 'table':
        return [
          {
            type: 'table',
            columns: block.columns.map((column) => ({
              title: runs(column.title, scope),
              width: column.width,
              align: column.align ?? 'left',
            })),
            rows: repeated(block.rows, scope, (row, inner) =>
              row.cells.map((cell) => strong(runs(cell, inner), row.strong)),
            ),
          },
        ];
      case 'dataTable':
        return dataTable(block.path, scope);
      case 'list': {
        const items = repeated(block.items, scope, (item, inner, index) => ({
          mark: block.ordered === true ? `${index + 1}.` : '–',
          runs: runs(item.text, inner),
        }));
        return items.length === 0 ? [] : [{ type: 'list', items }];
      }
      case 'signature':
        return [
          {
            type: 'signature',
            label: runs(block.label, scope),
            name: block.name === undefined ? [] : runs(block.name, scope),
          },
        ];
      case 'checkbox':
        return [{ type: 'checkbox', checked: holds(block.checked, scope), runs: runs(block.text, scope) }];
      case 'qr':
        return [
          {
            type: 'symbol',
            symbol: symbol(block.text, qrSymbol(fill(block.text, scope), QR_MAX_BYTES)),
            widthMm: block.sizeMm,
            heightMm: block.sizeMm,
            alt: fill(block.alt, scope),
            align: block.align ?? 'left',
            caption: block.caption === undefined ? [] : runs(block.caption, scope),
          },
        ];
      case 'code128': {
        const content = fill(block.text, scope);
        const bars = symbol(block.text, code128Symbol(content));
        return [
          {
            type: 'symbol',
            symbol: bars,
            // 0.33 mm a module is read by every hand-held reader from office paper.
            widthMm: bars.columns * 0.33,
            heightMm: block.heightMm,
            alt: content,
            align: block.align ?? 'left',
            caption: [{ text: content, strong: false, struck: false }],
          },
        ];
      }
      case 'rule':
        return [{ type: 'rule' }];
      case 'spacer':
        return [{ type: 'spacer', mm: block.mm }];
      case 'pageBreak':
        return [{ type: 'pageBreak' }];
      case 'each':
        return scopes(block.path, block.as, scope).flatMap((inner) => blocks(block.blocks, inner));
      case 'group':
        return blocks(block.blocks, scope);
      case 'keepTogether':
        return [
          {
            type: 'keepTogether',
            withPrevious: block.withPrevious === true,
            blocks: blocks(block.blocks, scope),
          },
        ];
      case 'box':
        return [{ type: 'box', blocks: blocks(block.blocks, scope) }];
      case 'columns':
        return [
          {
            type: 'columns',
            columns: block.columns.map((column) => ({
              width: column.width,
              blocks: blocks(column.blocks, scope),
            })),
          },
        ];
    }
  }

  function dataTable(path: string, scope: TemplateData): Content[] {
    const read = tableData.safeParse(valueAt(scope, path));
    if (!read.success) {
      wrong(path);
      return [];
    }
    const plain = (text: string): Run[] =>
      text === '' ? [] : [{ text: nonBreaking(normalize(text)), strong: false, struck: false }];
    return [
      {
        type: 'table',
        columns: read.data.columns.map(({ title, ...column }) => ({ title: plain(title), ...column })),
        rows: read.data.rows.map(({ cells, strong: isStrong }) =>
          cells.map((cell) => strong(plain(cell), isStrong)),
        ),
      },
    ];
  }

  function blocks(list: readonly Block[], scope: TemplateData): Content[] {
    return list.flatMap((block) => one(block, scope));
  }

  return { runs, blocks, officeMetadata };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function formatInteger(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u00a0');
}
