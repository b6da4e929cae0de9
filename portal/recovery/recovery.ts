import { err, ok } from '../../electron/values/result.ts';
import type { DeskHandler, Schemas } from '../api.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { type Database, instanceOf, inTransaction } from '../database.ts';
import { announcedEpochs, lastCheckpoint } from '../log/known.ts';
import type { Portal } from '../portal.ts';
import { hashSecret } from '../secrets.ts';

/** What a desk asks whose disk is gone, and how a machine takes its place or leaves it. */

const logSize = (db: Database, deskId: string): number =>
  db
    .prepare<[string], { last: number | null }>(
      'SELECT max(sequence) AS last FROM log_leaves WHERE desk_id = ?',
    )
    .get(deskId)?.last ?? 0;

/** GET /desks/self */
export function readDesk({ db }: Portal): DeskHandler<'readDesk'> {
  return (_call, desk) => {
    const row = db.prepare<[string], { name: string }>('SELECT name FROM desks WHERE id = ?').get(desk.id);
    const epoch = announcedEpochs(db, desk.id).at(-1);
    const checkpoint = lastCheckpoint(db, desk.id);
    return ok({
      status: 200,
      body: {
        deskId: desk.id,
        deskName: row?.name ?? '',
        officeId: desk.officeId,
        logSize: logSize(db, desk.id),
        epoch: epoch ? { number: epoch.epoch, firstSequence: epoch.first_sequence } : null,
        checkpoint: checkpoint && {
          size: checkpoint.size,
          rootHash: checkpoint.root_hash.toString('base64'),
        },
      },
    });
  };
}

/** GET /log */
export function readLog({ db }: Portal): DeskHandler<'readLog'> {
  return ({ query: { from, limit = 200 } }, desk) => {
    const rows = db
      .prepare<[string, number, number], { sequence: number; bytes: Buffer }>(
        'SELECT sequence, bytes FROM log_leaves WHERE desk_id = ? AND sequence >= ? ORDER BY sequence LIMIT ?',
      )
      .all(desk.id, from, limit);
    const last = rows.at(-1)?.sequence ?? from - 1;
    return ok({
      status: 200,
      body: {
        from,
        leaves: rows.map(({ bytes }) => bytes.toString('base64')),
        more: last < logSize(db, desk.id),
      },
    });
  };
}

type EffectRow = {
  position: number;
  id: string;
  visit_id: string;
  ordinal: number;
  kind: Schemas['EffectKind'];
  content: string;
  state: Schemas['KnownEffect']['state'];
};

/** The number an effect uses up: of a register book or of a series of receipts. */
function numberOf(kind: Schemas['EffectKind'], content: Schemas['Effect']): Schemas['UsedNumber'] | null {
  if (content.kind === 'certification' && kind === 'certification') {
    const { book, state } = content.payload;
    return book === undefined ? null : { ...book, cancelled: state === 'cancelled' };
  }
  if (content.kind === 'receipt' && kind === 'receipt') {
    const parts = /(\d+)\/(\d{4})$/.exec(content.payload.receiptNumber);
    if (parts === null) return null;
    return {
      series: 'receipt',
      year: Number(parts[2]),
      number: Number(parts[1]),
      cancelled: content.payload.state !== 'issued',
    };
  }
  return null;
}

function knownEffect(row: EffectRow): Schemas['KnownEffect'] {
  const content: Schemas['Effect'] = JSON.parse(row.content);
  const number = numberOf(row.kind, content);
  return {
    id: row.id,
    visitId: row.visit_id,
    ordinal: row.ordinal,
    kind: row.kind,
    leafSequence: content.leafSequence,
    madeAt: content.madeAt,
    state: row.state,
    ...(number && { number }),
  };
}

/** GET /effects */
export function readKnownEffects({ db }: Portal): DeskHandler<'readKnownEffects'> {
  return ({ query: { cursor, limit = 200 } }, desk) => {
    const list = `effects:${desk.id}`;
    const instance = instanceOf(db);
    const newest =
      db
        .prepare<[string], { last: number | null }>(
          'SELECT max(rowid) AS last FROM effects WHERE desk_id = ?',
        )
        .get(desk.id)?.last ?? 0;
    const after = cursor === undefined ? 0 : readCursor(cursor, list, instance, newest);
    if (after === null) return err({ code: 'inbox.cursor-unknown' });
    const rows = db
      .prepare<[string, number, number], EffectRow>(
        `SELECT rowid AS position, id, visit_id, ordinal, kind, content, state FROM effects
         WHERE desk_id = ? AND rowid > ? ORDER BY rowid LIMIT ?`,
      )
      .all(desk.id, after, limit);
    const last = rows.at(-1)?.position ?? after;
    return ok({
      status: 200,
      body: {
        effects: rows.map(knownEffect),
        cursor: writeCursor(list, instance, last),
        more: last < newest,
      },
    });
  };
}

/** PUT /desks/self/token */
export function changeToken({ db, clock, log }: Portal): DeskHandler<'changeToken'> {
  return ({ body: { newToken, reason } }, desk) =>
    inTransaction(db, () => {
      const tokenHash = hashSecret(newToken);
      const taken = db
        .prepare<[string], { id: string }>('SELECT id FROM desks WHERE token_hash = ?')
        .get(tokenHash);
      if (taken !== undefined && taken.id !== desk.id) return err({ code: 'request.invalid' });
      if (taken === undefined) {
        db.prepare('UPDATE desks SET token_hash = ?, new_key_permitted = 1 WHERE id = ?').run(
          tokenHash,
          desk.id,
        );
        db.prepare('INSERT INTO desk_changes (desk_id, at, what) VALUES (?, ?, ?)').run(
          desk.id,
          clock.now().getTime(),
          reason,
        );
        log.warn({ desk: desk.id, reason }, 'a desk has a new token; the one before is void');
      }
      return ok({ status: 200, body: { deskId: desk.id } });
    });
}

/** POST /desks/self/removal */
export function removeDesk({ db, clock, log }: Portal): DeskHandler<'removeDesk'> {
  return ({ body }, desk) =>
    inTransaction(db, () => {
      const size = logSize(db, desk.id);
      const incomplete =
        db
          .prepare<[string], { n: number }>(
            "SELECT count(*) AS n FROM effects WHERE desk_id = ? AND state = 'incomplete'",
          )
          .get(desk.id)?.n ?? 0;
      if (size !== body.logSize || incomplete > 0)
        return err({ code: 'desk.unsent', details: { logSize: size, incomplete } });
      const now = clock.now().getTime();
      db.prepare('UPDATE desks SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?').run(now, desk.id);
      db.prepare("INSERT INTO desk_changes (desk_id, at, what) VALUES (?, ?, 'removal')").run(desk.id, now);
      log.warn({ desk: desk.id }, 'a desk was taken out of service');
      return ok({ status: 200, body: { removedAt: new Date(now).toISOString() } });
    });
}
