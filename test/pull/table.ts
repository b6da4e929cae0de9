import { type Case, isNeeded, visits } from './cases.ts';
import type { Outcome } from './run.ts';

const BEGIN = '<!-- Written by `npm run pull`. -->';
const END = '<!-- End of what `npm run pull` wrote. -->';

const steps: Readonly<Record<Case['step'], string>> = {
  identify: 'finding out who stands here',
  form: 'form',
  scan: 'scanning',
  print: 'printing the request',
  certify: 'printing a clause',
  sign: 'signing an electronic document',
  pay: 'printing the receipt',
  close: 'handing over',
};
const devices: Readonly<Record<Case['device'], string>> = {
  reader: 'Reader',
  card: 'Document on the card reader',
  scanner: 'Scanner',
  printer: 'Printer',
  token: 'Card with the signing key',
};
const went: Readonly<Record<Outcome['went'], string>> = {
  'without it': 'nothing of the step needs it',
  'by hand': 'done by hand',
  'when it was put right': 'goes on when it is put right',
};

type Row = { device: string; what: string; steps: string[]; said: string; went: string };

/** Cases that went the same way at several steps are one row. */
export function tableOf(outcomes: ReadonlyMap<Case, Outcome>): string {
  const rows = new Map<string, Row>();
  for (const [of, outcome] of outcomes) {
    const row = {
      device: devices[of.device],
      what: of.what,
      said: `\`${outcome.said}\``,
      went: went[outcome.went],
    };
    const key = Object.values(row).join('|');
    const known = rows.get(key) ?? { ...row, steps: [] };
    known.steps.push(steps[of.step]);
    rows.set(key, known);
  }
  return [
    '| Device | What happens | At | The desk says | The step |',
    '| --- | --- | --- | --- | --- |',
    ...[...rows.values()].map(
      (row) => `| ${[row.device, row.what, row.steps.join(', '), row.said, row.went].join(' | ')} |`,
    ),
  ].join('\n');
}

export function withTable(document: string, table: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('the place of the table is not in the document');
  return `${document.slice(0, begin)}${BEGIN}\n${table}\n${document.slice(end)}`;
}

/** What the table must say without a run: which cases there are, and the code of each. */
export const expectedTable = (): string =>
  tableOf(
    new Map(
      visits.flat().map((of) => [
        of,
        {
          said: of.says,
          went: !isNeeded(of)
            ? 'without it'
            : of.device === 'printer' || of.device === 'token'
              ? 'when it was put right'
              : 'by hand',
        },
      ]),
    ),
  );
