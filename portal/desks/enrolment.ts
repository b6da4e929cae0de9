import { uuidv7 } from '../../electron/values/ids.ts';
import { err, ok } from '../../electron/values/result.ts';
import type { Desk, OpenHandler, Schemas } from '../api.ts';
import { readItem } from '../catalogue/master.ts';
import { inTransaction } from '../database.ts';
import type { Refusal } from '../errors.ts';
import { publicKeys } from '../keys.ts';
import type { Portal } from '../portal.ts';
import { hashSecret, newToken } from '../secrets.ts';

/** How long an issued enrolment code waits for its desk. */
const CODE_VALID_MS = 14 * 24 * 3_600_000;

// A code is typed by hand: case, spaces and a dash of another kind do not make it another one.
const codeHash = (code: string): string =>
  hashSecret(
    code
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[\s\p{Pd}]+/gu, ''),
  );

/**
 * Makes a code good for enrolling one desk of an office. A code issued before stays as it is, used or not.
 * Throws when there is no such office.
 */
export function issueEnrolmentCode({ db, clock }: Portal, officeId: string, code: string): void {
  inTransaction(db, () => {
    if (readItem(db, 'offices', officeId) === undefined) throw new Error(`There is no office ${officeId}.`);
    db.prepare(
      'INSERT INTO enrolment_codes (code_hash, office_id, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ).run(codeHash(code), officeId, clock.now().getTime() + CODE_VALID_MS);
  });
}

/**
 * Makes a code good for letting one machine take the place of a desk, whose old token is void from then on. Throws when
 * there is no such desk.
 */
export function issueTakeOverCode({ db, clock }: Portal, deskId: string, code: string): void {
  inTransaction(db, () => {
    const desk = db
      .prepare<[string], { office_id: string }>('SELECT office_id FROM desks WHERE id = ?')
      .get(deskId);
    if (desk === undefined) throw new Error(`There is no desk ${deskId}.`);
    db.prepare(
      'INSERT INTO enrolment_codes (code_hash, office_id, expires_at, takes_over) VALUES (?, ?, ?, ?)',
    ).run(codeHash(code), desk.office_id, clock.now().getTime() + CODE_VALID_MS, deskId);
  });
}

/** Withdraws a desk's token at once and for good. False when there is no such desk. */
export function revokeDesk({ db, clock }: Portal, deskId: string): boolean {
  const { changes } = db
    .prepare('UPDATE desks SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?')
    .run(clock.now().getTime(), deskId);
  return changes === 1;
}

/** POST /desks/enrolments */
export function enrolDesk(portal: Portal): OpenHandler<'enrolDesk'> {
  const { db, clock, random, environment, checkOffice } = portal;
  return ({ body: { enrolmentCode, deskName, takesOver } }) =>
    inTransaction(db, () => {
      const now = clock.now();
      const code = db
        .prepare<
          [string],
          {
            code_hash: string;
            office_id: string;
            expires_at: number;
            desk_id: string | null;
            takes_over: string | null;
          }
        >(
          'SELECT code_hash, office_id, expires_at, desk_id, takes_over FROM enrolment_codes WHERE code_hash = ?',
        )
        .get(codeHash(enrolmentCode));
      const isMeant = takesOver === undefined || takesOver === code?.takes_over;
      if (code === undefined || !isMeant) return err({ code: 'desk.enrolment-code-unknown' });
      if (code.desk_id !== null) return err({ code: 'desk.enrolment-code-used' });
      if (code.expires_at <= now.getTime()) return err({ code: 'desk.enrolment-code-expired' });
      const office = checkOffice(readItem(db, 'offices', code.office_id));
      if (!office.ok) return err({ code: 'desk.enrolment-code-unknown' });

      const deskToken = newToken(random);
      if (code.takes_over !== null) {
        db.prepare(
          'UPDATE desks SET token_hash = ?, revoked_at = NULL, new_key_permitted = 1 WHERE id = ?',
        ).run(hashSecret(deskToken), code.takes_over);
        db.prepare("INSERT INTO desk_changes (desk_id, at, what) VALUES (?, ?, 'take-over')").run(
          code.takes_over,
          now.getTime(),
        );
        db.prepare('UPDATE enrolment_codes SET desk_id = ? WHERE code_hash = ?').run(
          code.takes_over,
          code.code_hash,
        );
        const taken: Schemas['Enrolment'] = {
          deskId: code.takes_over,
          deskToken,
          office: office.value,
          environment,
          keys: publicKeys(db, portal.keys),
          tookOver: true,
        };
        return ok({ status: 201, body: taken });
      }

      const deskId = uuidv7({ now: clock.now, random });
      db.prepare(
        'INSERT INTO desks (id, name, office_id, token_hash, enrolled_at) VALUES (?, ?, ?, ?, ?)',
      ).run(deskId, deskName.normalize('NFC').trim(), code.office_id, hashSecret(deskToken), now.getTime());
      db.prepare('UPDATE enrolment_codes SET desk_id = ? WHERE code_hash = ?').run(deskId, code.code_hash);
      const body: Schemas['Enrolment'] = {
        deskId,
        deskToken,
        office: office.value,
        environment,
        keys: publicKeys(db, portal.keys),
      };
      return ok({ status: 201, body });
    });
}

type DeskRow = { id: string; office_id: string; revoked_at: number | null };

/** The desk a request's Authorization header speaks for. */
export function authenticateDesk(
  { db }: Pick<Portal, 'db'>,
  authorization: string | undefined,
): { ok: true; value: Desk } | { ok: false; error: Refusal } {
  const token = /^Bearer ([A-Za-z0-9_-]{20,200})$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return err({ code: 'desk.token-missing' });
  const desk = db
    .prepare<[string], DeskRow>('SELECT id, office_id, revoked_at FROM desks WHERE token_hash = ?')
    .get(hashSecret(token));
  if (desk === undefined) return err({ code: 'desk.unknown' });
  if (desk.revoked_at !== null) return err({ code: 'desk.revoked' });
  return ok({ id: desk.id, officeId: desk.office_id });
}
