// `npm run forms-doc [-- --check]`: writes docs/forms.md out of the definitions of submissions, or says whether it is up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceDefinition, serviceDefinition } from '../electron/contract/services.ts';
import type { Condition, FieldDefinition } from '../electron/values/forms/definition.ts';
import { projectRoot } from './places.ts';

const services = join(projectRoot, 'resources', 'catalogue', 'services');
const target = join(projectRoot, 'docs', 'forms.md');

const introduction = `# Forms

The submissions a desk takes in, generated from \`resources/catalogue/services\` by \`npm run forms-doc\`; \`npm run check\` fails when it is older than
they are. How to add one: [adding a form](adding-a-form.md).

*Not confirmed* means: nobody has compared it with the law in force. See to these before real use. Fields in brackets are not required; after “when”
stands what they depend on.
`;

const tied = (text: string): string => text.replaceAll('\u00a0', ' ').replaceAll('|', '\\|');
const doubt = (is: true | undefined): string => (is ? ' (**not confirmed**)' : '');

function said(condition: Condition): string {
  if ('all' in condition) return condition.all.map(said).join(' and ');
  if ('any' in condition) return condition.any.map(said).join(' or ');
  if ('not' in condition) return `not (${said(condition.not)})`;
  const { field } = condition;
  if ('is' in condition) return `\`${field}\` is ${String(condition.is)}`;
  if ('in' in condition) return `\`${field}\` is one of ${condition.in.join(', ')}`;
  if ('filled' in condition) return `\`${field}\` is ${condition.filled ? 'filled in' : 'empty'}`;
  return 'atLeast' in condition
    ? `\`${field}\` is at least ${condition.atLeast}`
    : `\`${field}\` is at most ${condition.atMost}`;
}

const when = (condition: Condition | undefined): string => (condition ? `, when ${said(condition)}` : '');

const kinds: Partial<Record<FieldDefinition['widget'], string>> = {
  code: 'code list',
  computed: 'computed',
  date: 'date',
  'partial-date': 'date that may miss day or month',
  group: 'repeats',
  table: 'table',
  person: 'person',
  organisation: 'organisation',
  party: 'person or organisation',
};

type Schema = { required?: unknown; properties?: unknown; items?: unknown };
const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;
const requires = (schema: unknown, name: string): boolean =>
  isSchema(schema) && Array.isArray(schema.required) && schema.required.includes(name);
const within = (schema: unknown, name: string): unknown => {
  const properties = isSchema(schema) ? schema.properties : undefined;
  const property: unknown =
    typeof properties === 'object' && properties !== null ? Reflect.get(properties, name) : undefined;
  return isSchema(property) ? property.items : undefined;
};

function fieldLines(fields: readonly FieldDefinition[], schema: unknown, indent: string): string[] {
  return fields
    .filter(({ widget }) => widget !== 'note')
    .flatMap((field) => {
      const label = tied(field.label.cs);
      const isOptional = !requires(schema, field.name) && field.widget !== 'computed';
      const kind = [kinds[field.widget], field.list && `\`${field.list}\``].filter(Boolean).join(' ');
      const line = `${indent}- ${isOptional ? `[${label}]` : label}${kind === '' ? '' : ` – ${kind}`}${when(field.when)}`;
      return [line, ...fieldLines(field.fields ?? [], within(schema, field.name), `${indent}  `)];
    });
}

const addressees: Record<string, string> = {
  choose: 'the office the clerk chooses',
  'own-office': 'the desk’s own office',
  own: 'the municipality’s own office',
  delegated: 'the office with delegated powers',
  extended: 'the office with extended powers',
};
const addressee = ({ addressee: of }: ServiceDefinition): string =>
  of.rule === 'by-municipality'
    ? `${addressees[of.level]}, by \`${of.field}\``
    : of.rule === 'fixed'
      ? `\`${of.officeId}\``
      : (addressees[of.rule] ?? of.rule);

function period(rule: NonNullable<ServiceDefinition['deadlines']>[number]): string {
  const [[unit, count] = ['', 0]] = Object.entries(rule.period);
  const units: Record<string, string> = { days: 'days', workingDays: 'working days', months: 'months' };
  return `${count} ${units[unit] ?? unit} ${rule.before ? 'before' : 'from'} \`${rule.field}\``;
}

function chapter(service: ServiceDefinition): string {
  const { legalBasis, attachments, deadlines = [], form } = service;
  const laws = legalBasis.map(
    ({ act, paragraph, note, toBeConfirmed }) =>
      `${act}${paragraph ? `, ${tied(paragraph)}` : ''}${note ? `: ${tied(note.cs)}` : ''}${doubt(toBeConfirmed)}`,
  );
  const slots = (attachments?.slots ?? []).map(
    ({ title, required, when: asked }) =>
      `${required ? tied(title.cs) : `[${tied(title.cs)}]`}${when(asked)}`,
  );
  const times = deadlines.map(
    (rule) =>
      `${tied(rule.title.cs)}: ${period(rule)}${when(rule.when)}; ${rule.keptBy === 'any-desk' ? 'kept at any desk' : 'must be with the addressed office'}; ${tied(rule.paragraph)}${doubt(rule.toBeConfirmed)}`,
  );
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`**${title}**`, '', ...items.map((item) => `- ${item}`), ''];
  return [
    `## ${tied(service.title.cs)} (\`${service.id}\`, version ${service.version})`,
    '',
    tied(service.summary.cs),
    '',
    `Addressed to ${addressee(service)}. Identity ${service.identity === 'verified' ? 'verified' : 'not asked'}; offline: ${service.offline}. Source: ${tied(service.source ?? 'none')}.`,
    '',
    ...list('Law', laws),
    ...(form === undefined
      ? []
      : form.ui.sections.flatMap(({ title, fields, when: shown }) => [
          `**${tied(title.cs)}**${when(shown)}`,
          '',
          ...fieldLines(fields, form.schema, ''),
          '',
        ])),
    ...list('Attachments', slots),
    ...list('Deadlines', times),
  ].join('\n');
}

const definitions = readdirSync(services)
  .filter((file) => file.endsWith('.json'))
  .map((file) => serviceDefinition.parse(JSON.parse(readFileSync(join(services, file), 'utf8'))))
  .filter(({ kind }) => kind === 'submission')
  .sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));
const doubts = ({ legalBasis, deadlines = [] }: ServiceDefinition): number =>
  [...legalBasis, ...deadlines].filter(({ toBeConfirmed }) => toBeConfirmed).length;

const page = `${introduction}
| Form | Law | Not confirmed |
| --- | --- | --- |
${definitions
  .map(
    (one) =>
      `| ${tied(one.title.cs)} (\`${one.id}\`) | ${[...new Set(one.legalBasis.map(({ act }) => act))].join(', ')} | ${doubts(one)} |`,
  )
  .join('\n')}

${definitions.map(chapter).join('\n')}`;

if (!process.argv.includes('--check')) writeFileSync(target, page);
else if (readFileSync(target, 'utf8') !== page) {
  console.error('docs/forms.md is older than the definitions: npm run forms-doc');
  process.exitCode = 1;
}
