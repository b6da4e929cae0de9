// `npm run outputs-doc [-- --check]`: writes docs/outputs.md out of the templates, or says whether it is up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Template, templateSchema } from '../electron/documents/template/schema.ts';
import { projectRoot } from './places.ts';

const templates = join(projectRoot, 'resources', 'templates');
const target = join(projectRoot, 'docs', 'outputs.md');

const introduction = `# Outputs

What the desk prints and signs, generated from \`resources/templates\` by \`npm run outputs-doc\`; \`npm run check\` fails when it is older than they are.

Every output is PDF/A-2b with a structure tree, embedded fonts, sRGB, XMP, “n / N” on each page and, in training, the mark on each page; the same
input gives the same bytes. Level A (2a) is not claimed: preflight, the checker at hand, knows no tagging, so nothing could prove it.
Outputs marked 3b carry the metadata of a document of an office (open formal norm of 2024-12-10) where the office's data box is known; the clause of an
electronic signature is 3b because that is what its act is said to want. Clauses, rows of
books, records for the archive and papers of the cash desk do not: they are no documents of their own there, but parts of certified papers or
accounting documents.

*Not confirmed* means: nobody has compared the wording with the law in force. See to these before real use.
`;

type Source = Template['sources'][number];

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The data a template prints, what is in a list by the list's name: `attachments[].title`. */
function fieldsOf(template: Template): string[] {
  const found = new Set<string>();
  const walk = (value: unknown, lists: ReadonlyMap<string, string>): void => {
    const add = (path: string): void => {
      const [first = '', ...rest] = path.split('.');
      const list = lists.get(first);
      found.add(list === undefined ? path : [`${list}[]`, ...rest].join('.'));
    };
    if (typeof value === 'string') {
      for (const [, path = ''] of value.matchAll(/\{\{\s*([^{}|\s]+)/g)) if (path !== 'index') add(path);
    } else if (Array.isArray(value)) {
      for (const each of value) walk(each, lists);
    } else if (typeof value === 'object' && value !== null) {
      const part = new Map<string, unknown>(Object.entries(value));
      const list = part.get('type') === 'each' ? part.get('path') : part.get('each');
      const alternatives = part.get('alternatives');
      if (typeof alternatives === 'string') add(alternatives);
      const inner =
        typeof list === 'string' ? new Map([...lists, [String(part.get('as') ?? 'item'), list]]) : lists;
      for (const each of part.values()) walk(each, inner);
    }
  };
  walk([template.header, template.body, template.footer], new Map());
  return [...found].sort();
}

const actOf = ({ act, paragraph }: Source): string =>
  act === '–' ? 'no act' : [act, paragraph].filter(Boolean).join(', ');

const rowOf = (template: Template): string => {
  const name = `${template.title} (\`${template.name}\`, ${template.archival ?? (template.officeMetadata ? '3b' : '2b')})`;
  const acts = template.sources.map(actOf).join('<br>');
  const sources = template.sources.map(({ note }) => note ?? 'the act itself').join('<br>');
  const confirmed = template.sources
    .map(({ toBeConfirmed }) => (toBeConfirmed ? '**not confirmed**' : 'nothing to confirm'))
    .join('<br>');
  const fields = fieldsOf(template)
    .map((path) => `\`${path}\``)
    .join(', ');
  return `| ${[name, acts, fields, sources, confirmed].map(cell).join(' | ')} |`;
};

const page = `${introduction}
| Output | Act and paragraph | Fields | Source of the text | Confirmed |
| --- | --- | --- | --- | --- |
${readdirSync(templates)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => rowOf(templateSchema.parse(JSON.parse(readFileSync(join(templates, file), 'utf8')))))
  .join('\n')}
`;

if (!process.argv.includes('--check')) writeFileSync(target, page);
else if (readFileSync(target, 'utf8') !== page) {
  console.error('docs/outputs.md is older than the templates: npm run outputs-doc');
  process.exitCode = 1;
}
