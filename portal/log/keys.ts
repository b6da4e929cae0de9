import { err, ok } from '../../electron/values/result.ts';
import { isSignedBy, keyStatement, witnessText } from '../../electron/values/signed-note.ts';
import type { DeskHandler } from '../api.ts';
import { type Database, instanceOf, inTransaction } from '../database.ts';
import type { Portal } from '../portal.ts';
import { raiseDeskException } from './exceptions.ts';
import { currentEpoch, deskKey } from './known.ts';

/** The name under which the portal countersigns. */
export const witnessName = (db: Database): string => `virtuos-portal/${instanceOf(db)}`;

/** The key the portal countersigns with, as text. */
export const witnessOf = ({ db, keys }: Pick<Portal, 'db' | 'keys'>): string =>
  witnessText({ name: witnessName(db), publicKey: keys.signing.publicKey });

/**
 * Lets a desk bring a new signing key once: it lost the one it had. The portal's administrator permits it, and so does what
 * gives another machine the desk's place. False when there is no such desk.
 */
export const permitNewKey = (db: Database, deskId: string): boolean =>
  db.prepare('UPDATE desks SET new_key_permitted = 1 WHERE id = ?').run(deskId).changes === 1;

/** PUT /desks/self/key */
export function registerKey(portal: Portal): DeskHandler<'registerKey'> {
  const { db, clock, log } = portal;
  return ({ body }, desk) => {
    const publicKey = Buffer.from(body.publicKey, 'base64');
    const answer = () =>
      ok({
        status: 200 as const,
        body: {
          publicKey: body.publicKey,
          witness: witnessOf(portal),
          epoch: currentEpoch(db, desk.id),
        },
      });
    const refuse = (reason: string) => {
      raiseDeskException(portal, { deskId: desk.id, kind: 'key-refused', details: { reason } });
      return err({ code: 'desk.key-refused' as const, details: { reason } });
    };
    const statement = keyStatement(desk.id, publicKey);
    const refusal = inTransaction(db, (): string | null => {
      if (!isSignedBy(publicKey, statement, Buffer.from(body.proof, 'base64'))) return 'proof';
      const current = deskKey(db, desk.id);
      if (current?.equals(publicKey)) {
        // Nothing was lost: what was permitted is not needed.
        db.prepare('UPDATE desks SET new_key_permitted = 0 WHERE id = ?').run(desk.id);
        return null;
      }
      const now = clock.now().getTime();
      if (current !== null) {
        const signed =
          body.replaces !== undefined && isSignedBy(current, statement, Buffer.from(body.replaces, 'base64'));
        const permitted =
          db
            .prepare('UPDATE desks SET new_key_permitted = 0 WHERE id = ? AND new_key_permitted = 1')
            .run(desk.id).changes === 1;
        if (!signed && !permitted) return 'not-permitted';
        const known = db
          .prepare('SELECT 1 AS one FROM desk_keys WHERE desk_id = ? AND public_key = ?')
          .get(desk.id, publicKey);
        // A key that was given up stays given up.
        if (known !== undefined) return 'retired';
        db.prepare('UPDATE desk_keys SET retired_at = ? WHERE desk_id = ? AND retired_at IS NULL').run(
          now,
          desk.id,
        );
        log.warn({ desk: desk.id, signed }, 'a desk has a new signing key');
      }
      db.prepare('INSERT INTO desk_keys (desk_id, public_key, registered_at) VALUES (?, ?, ?)').run(
        desk.id,
        publicKey,
        now,
      );
      return null;
    });
    return refusal === null ? answer() : refuse(refusal);
  };
}
