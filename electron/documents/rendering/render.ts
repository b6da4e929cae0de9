import { err, ok, type Result } from '../../values/result.ts';
import { type DocumentFailure, failure } from '../failures.ts';
import { type Content, type Expanded, expand, type Run } from '../template/expand.ts';
import { templateSchema } from '../template/schema.ts';
import type { TemplateData } from '../template/value.ts';
import { drawPdf, openPdf, pageGeometry } from './draw.ts';
import { flow, type Node } from './flow.ts';
import { type Fonts, firstMissing } from './fonts.ts';
import { layout } from './layout.ts';
import type { OfficeMetadata } from './office-metadata.ts';

export type Environment = 'training' | 'production';

export type RenderRequest = {
  /** A template as it was read from its JSON; checked here, because templates also come by sync. */
  template: unknown;
  data: TemplateData;
  /** Training puts the mark on every page; it depends on nothing else. */
  environment: Environment;
  /** The instant written as the document's creation. */
  createdAt: Date;
  language: 'cs';
};

export type RenderedDocument = { bytes: Uint8Array; pages: number };

/**
 * Renders a template with its data to PDF/A-2b, or PDF/A-3b where it carries metadata of an office's document or an act wants that. The same request gives the same bytes. Fails with what is missing
 * or cannot be printed; never leaves out or replaces anything.
 */
export async function renderDocument(
  request: RenderRequest,
  fonts: Fonts,
): Promise<Result<RenderedDocument, DocumentFailure>> {
  const template = templateSchema.safeParse(request.template);
  if (!template.success) {
    const issue = template.error.issues[0];
    return err(failure('documents.template-invalid', { where: issue?.path.join('.') ?? '' }));
  }
  const expanded = expand(template.data, request.data);
  if (!expanded.ok) return expanded;
  const unprintable = missingGlyph(expanded.value, fonts);
  if (unprintable !== undefined) return err(unprintable);

  const { title, page, header, footer, officeMetadata, archival, body } = expanded.value;
  const geometry = pageGeometry(page.size, page.orientation);
  const open = openPdf({ title, createdAt: request.createdAt, geometry, fonts, officeMetadata, archival });
  const root: Node = { role: 'Document', children: [] };
  const slices = layout(body, geometry.right - geometry.left, root, open.measure);
  const pages = flow(slices, geometry.contentHeight);
  if (!pages.ok) return pages;
  const training = request.environment === 'training';
  const bytes = await drawPdf(open, pages.value, root, geometry, { header, footer, training });
  return ok({ bytes, pages: pages.value.length });
}

function missingGlyph(document: Expanded, fonts: Fonts): DocumentFailure | undefined {
  const runs = [
    ...(document.header?.left ?? []),
    ...(document.header?.right ?? []),
    ...document.footer,
    ...document.body.flatMap(runsOf),
    ...plainRuns(document.officeMetadata),
  ];
  for (const run of runs) {
    const character = firstMissing(run.text, run.strong ? fonts.bold : fonts.regular);
    if (character === undefined) continue;
    const code = character.codePointAt(0) ?? 0;
    return failure('documents.missing-glyph', {
      character,
      code: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`,
    });
  }
  return undefined;
}

/** What machines read must be printable too: that keeps everything out of the XML that may not stand in it. */
const plainRuns = (metadata: OfficeMetadata | undefined): Run[] => {
  if (metadata === undefined) return [];
  const { sender, ...own } = metadata;
  return [...Object.values(own), ...Object.values(sender)].map((text) => ({
    text,
    strong: false,
    struck: false,
  }));
};

/** All text that will be drawn. Headings and table heads are set bold whatever their runs say. */
function runsOf(block: Content): Run[] {
  const bold = (runs: readonly Run[]) => runs.map((run) => ({ ...run, strong: true }));
  switch (block.type) {
    case 'heading':
      return bold(block.runs);
    case 'paragraph':
    case 'checkbox':
      return block.runs;
    case 'keyValues':
      return block.rows.flatMap((row) => [...row.label, ...row.value]);
    case 'table':
      return [...block.columns.flatMap((column) => bold(column.title)), ...block.rows.flat(2)];
    case 'list':
      return block.items.flatMap((item) => item.runs);
    case 'signature':
      return [...block.label, ...block.name];
    case 'symbol':
      return block.caption;
    case 'rule':
    case 'spacer':
    case 'pageBreak':
      return [];
    case 'keepTogether':
    case 'box':
      return block.blocks.flatMap(runsOf);
    case 'columns':
      return block.columns.flatMap((column) => column.blocks.flatMap(runsOf));
  }
}
