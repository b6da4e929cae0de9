import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { err, ok, type Result } from '../../electron/values/result.ts';
import { addDays, legalDate } from '../../electron/values/time.ts';
import type { Desk, DeskHandler, Schemas } from '../api.ts';
import { type Database, inTransaction, statement } from '../database.ts';
import type { Refusal } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { newCode } from '../secrets.ts';

/** A file in the depot: one that bears a number, for a citizen, or an input a citizen brings to a desk. */
export type Deposit = {
  token: string;
  direction: 'output' | 'input';
  sha256: string;
  size: number;
  file_name: string;
  conversion_number: string | null;
  book_number: number | null;
  book_year: number | null;
  expires_on: string;
};
type Row = Deposit & { id: string | null; desk_id: string | null; book_series: string | null };
type BookNumber = Pick<NonNullable<Schemas['Deposit']['book']>, 'series' | 'year' | 'number'>;

const ofBook = (book: BookNumber | undefined) => ({
  book_series: book?.series ?? null,
  book_year: book?.year ?? null,
  book_number: book?.number ?? null,
});

/** Groups of the token: with so many it cannot be guessed, and it can still be typed. */
const TOKEN_GROUPS = 5;
/** What citizens may fill the depot with altogether. */
const MOST_HELD = 2 * 1024 ** 3;
const LONGEST_NAME = 200;

/** As somebody typed it: case, spaces and missing dashes do not make it another token. */
export const readToken = (written: string): string =>
  (
    written
      .slice(0, 60)
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[^A-Z0-9]/gu, '')
      .match(/.{1,4}/g) ?? []
  ).join('-');

/** A name to show and save under: without folders, signs that steer and what is too long. */
export const plainFileName = (name: string): string => {
  const last = name.normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  const clean = last
    .replace(/[\p{C}"<>:|?*]/gu, '')
    .trim()
    .replace(/^\.+/, '');
  return clean === '' ? 'dokument' : clean.slice(-LONGEST_NAME);
};

/** POST /depot */
export function depositDocument(portal: Portal): DeskHandler<'depositDocument'> {
  const { db, depotRules } = portal;
  return ({ body: { id, sha256, fileName, conversionNumber = null, book } }, desk) =>
    inTransaction(db, () => {
      const known = statement<[string], Row>(db, 'SELECT * FROM deposits WHERE id = ?').get(id);
      if (known !== undefined) {
        const same =
          known.desk_id === desk.id &&
          known.sha256 === sha256 &&
          known.conversion_number === conversionNumber &&
          known.book_series === (book?.series ?? null) &&
          known.book_year === (book?.year ?? null) &&
          known.book_number === (book?.number ?? null) &&
          known.file_name === plainFileName(fileName);
        return same
          ? ok({ status: 200, body: { token: known.token, expiresOn: known.expires_on } })
          : err({ code: 'depot.content-differs' });
      }
      const blob = statement<[string, string], { size: number }>(
        db,
        'SELECT b.size FROM blobs b JOIN blob_senders s USING (sha256) WHERE s.desk_id = ? AND b.sha256 = ?',
      ).get(desk.id, sha256);
      if (blob === undefined) return err({ code: 'blob.unknown' });
      if (blob.size > depotRules.largestBytes) return err({ code: 'depot.too-large' });
      if (conversionNumber !== null && !isOpenConversion(db, conversionNumber, desk))
        return err({ code: 'depot.number-unknown' });
      if (book !== undefined && isCancelledInBook(db, desk, book))
        return err({ code: 'depot.number-unknown' });
      const { token, expires_on } = store(portal, {
        direction: 'output',
        sha256,
        size: blob.size,
        file_name: plainFileName(fileName),
        conversion_number: conversionNumber,
        ...ofBook(book),
        id,
        desk_id: desk.id,
      });
      return ok({ status: 200, body: { token, expiresOn: expires_on } });
    });
}

const isOpenConversion = (db: Database, number: string, desk: Desk): boolean =>
  statement<[string, string], unknown>(
    db,
    `SELECT 1 FROM evidence_numbers
     WHERE number = ? AND office_id = ? AND series = 'conversions' AND cancelled_by IS NULL`,
  ).get(number, desk.officeId) !== undefined;

/** Whether the desk told of a number of its register book that it was cancelled. */
const isCancelledInBook = (db: Database, desk: Desk, { series, year, number }: BookNumber): boolean =>
  statement<[string, string, number, number], unknown>(
    db,
    `SELECT 1 FROM effects WHERE desk_id = ? AND kind = 'certification' AND content ->> '$.payload.state' = 'cancelled'
       AND content ->> '$.payload.book.series' = ? AND content ->> '$.payload.book.year' = ?
       AND content ->> '$.payload.book.number' = ?`,
  ).get(desk.id, series, year, number) !== undefined;

/** A cancelled number of a desk's register book takes the file that bears it out of the depot. */
export function withdrawDeposit(db: Database, desk: Desk, book: BookNumber, effectId: string): void {
  statement(
    db,
    `UPDATE deposits SET cancelled_by = :effect_id WHERE desk_id = :desk_id
       AND book_series = :book_series AND book_year = :book_year AND book_number = :book_number`,
  ).run({ ...ofBook(book), desk_id: desk.id, effect_id: effectId });
}

function store(
  { db, clock, random, depotRules }: Portal,
  of: Omit<Row, 'token' | 'expires_on'>,
): { token: string; expires_on: string } {
  const token = newCode(random, TOKEN_GROUPS);
  const now = clock.now();
  const expires_on = addDays(legalDate(now), depotRules.keptDays);
  statement(
    db,
    `INSERT INTO deposits (token, direction, sha256, size, file_name, conversion_number, book_series, book_year, book_number,
       id, desk_id, made_at, expires_on)
     VALUES (:token, :direction, :sha256, :size, :file_name, :conversion_number, :book_series, :book_year, :book_number,
       :id, :desk_id, :made_at, :expires_on)`,
  ).run({ ...of, token, expires_on, made_at: now.getTime() });
  return { token, expires_on };
}

/** What lies under a token; null also when its time is over, or its number was cancelled. */
export function findDeposit({ db, clock }: Portal, written: string): Deposit | null {
  const row = statement<[string, string], Deposit>(
    db,
    `SELECT d.* FROM deposits AS d LEFT JOIN evidence_numbers AS n ON n.number = d.conversion_number
     WHERE d.token = ? AND d.expires_on >= ? AND n.cancelled_by IS NULL AND d.cancelled_by IS NULL`,
  ).get(readToken(written), legalDate(clock.now()));
  return row ?? null;
}

/** Whether a desk could take it in: a PDF, or a message of a data box (CMS). What is in it the desk checks. */
const isPossibleInput = (content: Uint8Array): boolean =>
  Buffer.from(content.subarray(0, 1024)).includes('%PDF-') || content[0] === 0x30;

/** Takes in what a citizen brings for a desk. */
export async function takeInput(
  portal: Portal,
  file: { name: string; content: Uint8Array },
): Promise<Result<Deposit['token'], Refusal>> {
  const { db, blobFiles, depotRules } = portal;
  const { content } = file;
  if (content.length > depotRules.largestBytes) return err({ code: 'depot.too-large' });
  if (!isPossibleInput(content)) return err({ code: 'depot.kind' });
  if (held(db) + content.length > MOST_HELD) return err({ code: 'depot.full' });
  const sha256 = createHash('sha256').update(content).digest('hex');
  await blobFiles.receive(sha256, Readable.from([content]));
  return inTransaction(db, () => {
    statement(db, 'INSERT INTO blobs (sha256, size) VALUES (?, ?) ON CONFLICT DO NOTHING').run(
      sha256,
      content.length,
    );
    const { token } = store(portal, {
      direction: 'input',
      sha256,
      size: content.length,
      file_name: plainFileName(file.name),
      conversion_number: null,
      ...ofBook(undefined),
      id: null,
      desk_id: null,
    });
    return ok(token);
  });
}

const held = (db: Database): number =>
  statement<[], { bytes: number | null }>(
    db,
    "SELECT sum(size) AS bytes FROM deposits WHERE direction = 'input'",
  ).get()?.bytes ?? 0;

/** GET /depot/{token}: what a citizen brought, at any desk and as often as needed. */
export function readDeposit(portal: Portal): DeskHandler<'readDeposit'> {
  return async ({ path: { token } }) => {
    const deposit = findDeposit(portal, token);
    const content = deposit?.direction === 'input' ? await portal.blobFiles.read(deposit.sha256) : null;
    if (deposit === null || content === null) return err({ code: 'depot.unknown' });
    return ok({ status: 200, body: content, headers: asAttachment(deposit.file_name) });
  };
}

/** Headers of a file that is saved, never shown: it came from outside. */
export const asAttachment = (fileName: string): Record<string, string> => ({
  'content-type': 'application/octet-stream',
  'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`,
  'x-content-type-options': 'nosniff',
});

/** Takes out what is past its time, with its content where nothing else needs it. */
export async function forgetOldDeposits({ db, blobFiles }: Portal, today: string): Promise<void> {
  const unneeded = inTransaction(db, () => {
    const gone = statement<[string], { sha256: string }>(
      db,
      'DELETE FROM deposits WHERE expires_on < ? RETURNING sha256',
    ).all(today);
    return [...new Set(gone.map(({ sha256 }) => sha256))].filter((sha256) => {
      const needed = statement<[string, string], unknown>(
        db,
        'SELECT 1 FROM deposits WHERE sha256 = ? UNION SELECT 1 FROM effect_blobs WHERE sha256 = ?',
      ).get(sha256, sha256);
      if (needed !== undefined) return false;
      statement(db, 'DELETE FROM blob_senders WHERE sha256 = ?').run(sha256);
      statement(db, 'DELETE FROM blobs WHERE sha256 = ?').run(sha256);
      return true;
    });
  });
  for (const sha256 of unneeded) await blobFiles.remove(sha256);
}
