import { createHash } from 'node:crypto';
import { displayName } from '../../electron/values/person-name.ts';
import { err, ok, type Result } from '../../electron/values/result.ts';
import { formatDate, legalDate } from '../../electron/values/time.ts';
import type { Desk, DeskHandler, Schemas } from '../api.ts';
import { canonicalForm } from '../catalogue/master.ts';
import { type Database, inTransaction, statement } from '../database.ts';
import type { Refusal } from '../errors.ts';
import { serialOf } from '../pki/certificates.ts';
import { registerSeal, timestampUnit } from '../pki/training.ts';
import type { Trust } from '../pki/trust.ts';
import type { Portal } from '../portal.ts';
import { sealReference } from '../seals/seals.ts';
import { newCode } from '../secrets.ts';
import {
  caseOf,
  loadRegisters,
  type Register,
  type RegisterCase,
  type RegisterSubject,
  suffices,
  type TrainingRegisters,
} from './cases.ts';
import { type Fonts, loadFonts, renderExtract } from './document.ts';
import { breakSeal, sealPdf } from './seal.ts';

type Answer = Schemas['ExtractAnswer'];
type Name = Schemas['RegisterName'];
type Row = {
  id: string;
  office_id: string;
  content_hash: string;
  register: Name;
  variant: string;
  case_id: string | null;
  subject: string | null;
  ticket: string | null;
  state: 'asked' | 'manual' | 'answered' | 'refused';
  times_asked: number;
  asked_at: number;
  expected_on: string | null;
  reason: string | null;
  document: Buffer | null;
  sha256: string | null;
  size: number | null;
  pages: number | null;
  answered_at: number | null;
  seal: string | null;
};

const MINUTE_MS = 60_000;
/** A slow register answers when it is asked so many times. */
const SLOW_TIMES = 3;

const REFUSALS = {
  unsupported: {
    cs: 'Rejstřík tento druh výpisu nevydává.',
    en: 'The register does not give this kind of extract.',
  },
  insufficient: {
    cs: 'Zadané údaje k vyhledání nestačí. Doplňte je a položte dotaz znovu.',
    en: 'What was entered does not suffice to find anything. Complete it and ask again.',
  },
  ticket: {
    cs: 'Tiket k tomuto rejstříku a této osobě nepatří. Zkontrolujte jeho číslo.',
    en: 'The ticket does not belong to this register and person. Check its number.',
  },
} as const satisfies Record<string, Schemas['Text']>;

/** What the training registers answer from. */
export type Registers = { data: TrainingRegisters; fonts: Fonts };
export const trainingRegisters = (resources: string): Registers => ({
  data: loadRegisters(resources),
  fonts: loadFonts(resources),
});

const rowOf = (db: Database, id: string): Row | undefined =>
  statement<[string], Row>(db, 'SELECT * FROM extracts WHERE id = ?').get(id);

/** POST /extracts */
export function askRegister(portal: Portal, registers: Registers): DeskHandler<'askRegister'> {
  const { db, clock } = portal;
  return async ({ body: { id, register: name, variant, subject, ticket: typed } }, desk) => {
    // Typed from a paper: case and spaces do not make it another ticket.
    const ticket = typed?.toUpperCase().replace(/\s+/g, '');
    const trust = portal.trust();
    if (trust === null) return err({ code: 'register.unavailable' });
    // Who asks, at which visit and how fresh the role is may differ when a question is asked again; what is asked may not.
    const { hash } = canonicalForm({ name, variant, subject, ticket });
    const written = inTransaction(db, (): Result<Row, Refusal> => {
      const known = rowOf(db, id);
      if (known !== undefined)
        return known.content_hash === hash && known.office_id === desk.officeId
          ? ok(known)
          : err({ code: 'register.content-differs' });
      return ok(writeDown(portal, registers, desk, { id, name, variant, subject, ticket, hash }));
    });
    if (!written.ok) return written;
    const answer = await advance(portal, registers, trust, written.value);
    return answer.ok ? ok({ status: 200, body: answer.value }) : answer;
  };

  function writeDown(
    { random }: Portal,
    { data }: Registers,
    desk: Desk,
    asked: {
      id: string;
      name: Name;
      variant: string | undefined;
      subject: RegisterSubject;
      ticket: string | undefined;
      hash: string;
    },
  ): Row {
    const register = data.registers[asked.name];
    const variant = asked.variant ?? Object.keys(register.variants)[0] ?? '';
    const found = caseOf(register, asked.subject);
    const refusal = whyRefused(register, variant, found, asked.subject);
    const earlier = asked.ticket === undefined ? undefined : ofTicket(db, asked.ticket);
    const isWrongTicket =
      asked.ticket !== undefined &&
      (earlier === undefined || earlier.register !== asked.name || earlier.case_id !== (found?.id ?? null));
    const reason = refusal ?? (isWrongTicket ? REFUSALS.ticket : null);
    const isManual = found?.behaviour === 'manual' && asked.ticket === undefined && reason === null;
    const now = clock.now().getTime();
    const expected = (earlier?.asked_at ?? now) + data.manualAnswerAfterMinutes * MINUTE_MS;
    statement(
      db,
      `INSERT INTO extracts (id, desk_id, office_id, content_hash, register, variant, case_id, subject, ticket, state, asked_at,
         expected_at, expected_on, reason, charged)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      asked.id,
      desk.id,
      desk.officeId,
      asked.hash,
      asked.name,
      variant,
      found?.id ?? null,
      // Needed until it is answered, and not longer.
      reason === null && !isManual ? JSON.stringify(asked.subject) : null,
      isManual ? newCode(random) : (asked.ticket ?? null),
      reason !== null ? 'refused' : isManual ? 'manual' : 'asked',
      now,
      expected,
      legalDate(new Date(expected)),
      reason === null ? null : JSON.stringify(reason),
      // The register is owed for a question once: not for a refusal, and not again for what a ticket was given for.
      reason === null && asked.ticket === undefined ? 1 : 0,
    );
    const row = rowOf(db, asked.id);
    if (row === undefined) throw new Error('A question that was just written is not there.');
    return row;
  }
}

const ofTicket = (db: Database, ticket: string): Row | undefined =>
  statement<[string], Row>(
    db,
    'SELECT * FROM extracts WHERE ticket = ? AND charged = 1 ORDER BY asked_at LIMIT 1',
  ).get(ticket);

function whyRefused(
  register: Register,
  variant: string,
  found: RegisterCase | null,
  subject: RegisterSubject,
): Schemas['Text'] | null {
  const rules = register.variants[variant];
  if (rules === undefined) return REFUSALS.unsupported;
  const enough =
    suffices(rules.needs, subject) &&
    (found?.alsoNeeds === undefined || suffices([found.alsoNeeds], subject));
  return enough ? null : REFUSALS.insufficient;
}

/** GET /extracts/{id} */
export function readExtract(portal: Portal, registers: Registers): DeskHandler<'readExtract'> {
  return async ({ path: { id } }, desk) => {
    const row = ofOffice(portal.db, id, desk);
    if (!row.ok) return row;
    const trust = portal.trust();
    if (trust === null) return err({ code: 'register.unavailable' });
    const answer = await advance(portal, registers, trust, row.value);
    return answer.ok ? ok({ status: 200, body: answer.value }) : answer;
  };
}

/** GET /extracts/{id}/document */
export function readExtractDocument({ db }: Portal): DeskHandler<'readExtractDocument'> {
  return ({ path: { id } }, desk) => {
    const row = ofOffice(db, id, desk);
    if (!row.ok) return row;
    const { state, document } = row.value;
    if (state !== 'answered') return err({ code: 'extract.not-answered' });
    if (document === null) return err({ code: 'extract.forgotten' });
    return ok({ status: 200, body: document, headers: { 'content-type': 'application/pdf' } });
  };
}

function ofOffice(db: Database, id: string, desk: Desk): Result<Row, Refusal> {
  const row = rowOf(db, id);
  return row === undefined || row.office_id !== desk.officeId ? err({ code: 'extract.unknown' }) : ok(row);
}

/** Asks the register once more, when it has not answered yet. */
async function advance(
  portal: Portal,
  { data, fonts }: Registers,
  trust: Trust,
  row: Row,
): Promise<Result<Answer, Refusal>> {
  const { db, clock, environment } = portal;
  if (row.state !== 'asked') return ok(answerOf(row));
  const { times_asked: times } = statement<[string], { times_asked: number }>(
    db,
    'UPDATE extracts SET times_asked = times_asked + 1 WHERE id = ? RETURNING times_asked',
  ).get(row.id) ?? { times_asked: 1 };
  const register = data.registers[row.register];
  const found = register.cases.find((one) => one.id === row.case_id) ?? null;
  const behaviour = found?.behaviour ?? 'answers';
  if (behaviour === 'fails-once' && times === 1) return err({ code: 'register.unavailable' });
  if (behaviour === 'slow' && times < SLOW_TIMES)
    return ok({ state: 'waiting', askAgainAfterSeconds: data.askAgainAfterSeconds });
  const now = clock.now();
  const expected = expectedAt(db, row.id);
  if (behaviour === 'manual' && expected > now.getTime()) return ok(manual(row));

  const subject: RegisterSubject = JSON.parse(row.subject ?? '{}');
  const { pdf, pages } = await renderExtract(
    {
      title: register.variants[row.variant]?.title ?? '',
      administrator: trust.data.registerAdministrators[row.register],
      subject: subjectRows(subject),
      sections: found?.sections ?? [],
      noEntry: register.noEntry,
      at: now,
      reference: row.id,
      isTraining: environment === 'training',
    },
    fonts,
  );
  const identity = trust.pki.identity(registerSeal(row.register));
  const unit = {
    identity: trust.pki.identity(timestampUnit(1)),
    policy: trust.data.timestampPolicies[0] ?? '',
    random: portal.random,
  };
  const sealed = await sealPdf(pdf, identity, unit, now);
  const document = behaviour === 'breaks-seal' ? breakSeal(sealed) : sealed;
  // Asked twice at once, the first answer stays.
  statement(
    db,
    `UPDATE extracts SET state = 'answered', document = ?, sha256 = ?, size = ?, pages = ?, answered_at = ?, seal = ?,
       seal_certificate = ?, subject = NULL WHERE id = ? AND state = 'asked'`,
  ).run(
    document,
    createHash('sha256').update(document).digest('hex'),
    document.length,
    pages,
    now.getTime(),
    JSON.stringify(sealReference(identity)),
    serialOf(identity.holder.certificate),
    row.id,
  );
  const answered = rowOf(db, row.id);
  if (answered === undefined) throw new Error('An answer that was just written is not there.');
  return ok(answerOf(answered));
}

const expectedAt = (db: Database, id: string): number =>
  statement<[string], { expected_at: number }>(db, 'SELECT expected_at FROM extracts WHERE id = ?').get(id)
    ?.expected_at ?? 0;

const manual = ({ ticket, expected_on }: Row): Answer => ({
  state: 'manual',
  ticket: ticket ?? '',
  expectedOn: expected_on ?? '',
});

function answerOf(row: Row): Answer {
  switch (row.state) {
    case 'refused':
      return { state: 'refused', reason: JSON.parse(row.reason ?? 'null') };
    case 'manual':
      return manual(row);
    default:
      return {
        state: 'answered',
        document: { sha256: row.sha256 ?? '', size: row.size ?? 0, pages: row.pages ?? 1 },
        answeredAt: new Date(row.answered_at ?? 0).toISOString(),
        seal: JSON.parse(row.seal ?? 'null'),
      };
  }
}

function subjectRows(subject: RegisterSubject): [string, string][] {
  const { person } = subject;
  const birth = person?.birthDate;
  const rows: [string, string | undefined][] = [
    ['Osoba', person && displayName(person.name)],
    ['Datum narození', birth && partialDate(birth)],
    ['IČO', subject.ico],
    ['Číslo řidičského průkazu', subject.licenceNumber],
    ['Katastrální území', subject.cadastralArea],
    ['List vlastnictví', subject.ownershipSheet],
    ['Parcela', subject.parcel],
    ['Budova', subject.building],
    ['Jednotka', subject.unit],
    ['Od', subject.from && formatDate(subject.from)],
    ['Do', subject.to && formatDate(subject.to)],
  ];
  return rows.flatMap(([label, value]): [string, string][] => (value ? [[label, value]] : []));
}

const partialDate = ({ year, month, day }: Schemas['PartialDate']): string =>
  [day, month, year]
    .filter((part) => part !== undefined)
    .map((part, at, all) => (at < all.length - 1 ? `${part}.` : String(part)))
    .join(' ');
