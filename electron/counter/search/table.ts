import { z } from 'zod';
import { type partialDate, text } from '../../contract/shared.ts';
import { parseJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { isOneSlipFrom, wordsOf } from '../../values/words.ts';
import type { Index } from '../indexer.ts';
import type { IdentityRecord } from '../visits/record.ts';
import { findVisit } from '../visits/table.ts';
import { asked, compact, matchOf, slipsOf } from './words.ts';

/** So many visits at a time: a slice takes some milliseconds and nothing waits longer for the store. */
const SLICE = 100;

/** How many visits the index has to take in. */
export const due = (tx: Reader): number =>
  tx.get<{ n: number }>('SELECT count(*) AS n FROM search_due')?.n ?? 0;

/** Takes the next visits in. */
export function takeInDue(tx: Tx, atMost = SLICE): void {
  for (const { visit_id } of tx.all<{ visit_id: string }>('SELECT visit_id FROM search_due LIMIT ?', [
    atMost,
  ]))
    takeIn(tx, visit_id);
}

/** Makes the index say of a visit what the store holds of it now: nothing any more of what was erased. */
export function takeIn(tx: Tx, visitId: string): void {
  forget(tx, visitId);
  tx.run('DELETE FROM search_due WHERE visit_id = ?', [visitId]);
  const row = rowOf(tx, visitId);
  if (row === null) return;
  tx.run('INSERT INTO search_visits (visit_id, people, matters, numbers) VALUES (?, ?, ?, ?)', [
    visitId,
    row.people.join(' '),
    row.matters.join(' '),
    row.numbers.join(' '),
  ]);
  for (const word of new Set(row.people)) {
    const isNew =
      tx.run('UPDATE search_words SET uses = uses + 1 WHERE word = ?', [word]) === 0 &&
      tx.run('INSERT INTO search_words (word, uses) VALUES (?, 1)', [word]) === 1;
    if (isNew)
      for (const slip of slipsOf(word))
        tx.run('INSERT INTO search_slips (slip, word) VALUES (?, ?)', [slip, word]);
  }
}

function forget(tx: Tx, visitId: string): void {
  const known = tx.get<{ people: string }>('SELECT people FROM search_visits WHERE visit_id = ?', [visitId]);
  if (!known) return;
  tx.run('DELETE FROM search_visits WHERE visit_id = ?', [visitId]);
  for (const word of new Set(known.people.split(' ').filter(Boolean))) {
    if (tx.run('UPDATE search_words SET uses = uses - 1 WHERE word = ? AND uses > 1', [word]) === 1) continue;
    tx.run('DELETE FROM search_words WHERE word = ?', [word]);
    tx.run('DELETE FROM search_slips WHERE word = ?', [word]);
  }
}

type Row = { people: string[]; matters: string[]; numbers: string[] };

function rowOf(tx: Reader, visitId: string): Row | null {
  const visit = findVisit(tx, visitId);
  if (!visit) return null;
  const services = servicesOf(tx, visitId);
  return {
    people: partiesOf(visit.identity).flatMap(({ name }) => wordsOf(name)),
    matters: services.flatMap(({ title, subject }) => wordsOf(`${title.cs} ${title.en} ${subject ?? ''}`)),
    numbers: [
      ...partiesOf(visit.identity).flatMap(({ numbers }) => numbers),
      ...numbersOf(tx, visitId, services).flatMap((number) => [compact(number), ...wordsOf(number)]),
    ],
  };
}

type PartyFound = { name: string; birthDate: z.output<typeof partialDate> | null; ico: string | null };

/** Who was at the desk and for whom. A birth number is not looked for. */
function partiesOf({
  applicant,
  concerns,
}: Pick<IdentityRecord, 'applicant' | 'concerns'>): (PartyFound & { numbers: string[] })[] {
  return [applicant, concerns].flatMap((party): (PartyFound & { numbers: string[] })[] => {
    if (!party) return [];
    if (party.kind === 'organisation')
      return [{ name: party.title, birthDate: null, ico: party.ico, numbers: [party.ico] }];
    const { givenNames, surname } = party.name;
    const { year, month, day } = party.birthDate ?? {};
    return [
      {
        name: [givenNames, surname].filter(Boolean).join(' '),
        birthDate: party.birthDate ?? null,
        ico: null,
        // As it is typed: 1. 4. 1975, 01.04.1975, 1975.
        numbers: [
          ...(year === undefined ? [] : [`${year}`]),
          ...(day === undefined || month === undefined
            ? []
            : [`${day}${month}${year}`, `${two(day)}${two(month)}${year}`]),
        ],
      },
    ];
  });
}
const two = (n: number): string => String(n).padStart(2, '0');

type ServiceFound = { title: z.output<typeof text>; subject: string | null; certified: string | null };
const serviceRow = z.object({
  title: text,
  subject: z.string().nullable(),
  certified: z.string().nullable(),
});

const servicesOf = (tx: Reader, visitId: string): ServiceFound[] =>
  tx
    .all<{ title: string; subject: string | null; certified: string | null }>(
      `SELECT json_extract(definition, '$.title') AS title, json_extract(record, '$.form.subject') AS subject,
         json_extract(record, '$.certification.printed') AS certified
       FROM services WHERE visit_id = ? ORDER BY ordinal`,
      [visitId],
    )
    .map((row) => serviceRow.parse({ ...row, title: parseJson(row.title) }));

/** Numbers of certifications and receipts, and those offices gave. */
const numbersOf = (tx: Reader, visitId: string, services: readonly ServiceFound[]): string[] => [
  ...services.flatMap(({ certified }) => certified ?? []),
  ...tx
    .all<{ number: string }>(
      `SELECT number FROM receipts WHERE visit_id = :visitId
       UNION ALL
       SELECT json_extract(a.body, '$.referenceNumber') FROM inbox_answers AS a JOIN outbox AS o ON o.id = a.effect_id
       WHERE o.visit_id = :visitId AND a.kind = 'reference-number'
         AND json_extract(a.body, '$.referenceNumber') IS NOT NULL`,
      { visitId },
    )
    .map(({ number }) => number),
];

/** The known words of names one slip from a typed one. */
const nearTo = (tx: Reader, typed: string): string[] => {
  const slips = slipsOf(typed);
  if (slips.length === 0) return [];
  const found = tx.all<{ word: string }>(
    `SELECT DISTINCT word FROM search_slips WHERE slip IN (${slips.map(() => '?').join(', ')}) LIMIT 200`,
    slips,
  );
  return found.map(({ word }) => word).filter((word) => isOneSlipFrom(typed, word));
};

/** The ids of the visits that have every part of what was typed, the newest first. */
export function findVisits(tx: Reader, typed: string, limit: number): string[] {
  const parts = asked(typed);
  if (parts.length === 0) return [];
  return tx
    .all<{ visit_id: string }>(
      `SELECT v.visit_id FROM search_text AS t JOIN search_visits AS v ON v.n = t.rowid
       WHERE search_text MATCH ? ORDER BY t.rowid DESC LIMIT ?`,
      [matchOf(parts, (word) => nearTo(tx, word)), limit],
    )
    .map(({ visit_id }) => visit_id);
}

/** What is shown of a visit that was found. */
export function foundOf(tx: Reader, visitId: string) {
  const visit = findVisit(tx, visitId);
  if (!visit) return null;
  const services = servicesOf(tx, visitId);
  return {
    visitId,
    ticket: visit.ticket,
    legalDate: visit.legalDate,
    state: visit.state,
    clerkId: visit.clerkId,
    people: partiesOf(visit.identity).map(({ numbers: _, ...party }) => party),
    services: services.map(({ title }) => title),
    numbers: numbersOf(tx, visitId, services),
  };
}

/** The index, as it is kept behind the visits. */
export const VISIT_INDEX: Index = {
  name: 'visit-index',
  pending: due,
  takeIn: takeInDue,
  waitedFor: 5_000,
  notYet: 'search.index-in-the-making',
};
