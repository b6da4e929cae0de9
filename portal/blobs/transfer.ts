import type { Readable } from 'node:stream';
import { err, ok, type Result } from '../../electron/values/result.ts';
import type { Desk, DeskHandler } from '../api.ts';
import { inTransaction } from '../database.ts';
import type { Refusal } from '../errors.ts';
import { settleWaiting } from '../intake/effects.ts';
import type { Portal } from '../portal.ts';

/** HEAD /blobs/{sha256}: only what this desk sent itself; another desk's contents are none of its business. */
export function hasBlob({ db }: Portal): DeskHandler<'hasBlob'> {
  return ({ path: { sha256 } }, desk) =>
    db.prepare('SELECT 1 FROM blob_senders WHERE desk_id = ? AND sha256 = ?').get(desk.id, sha256) ===
    undefined
      ? err({ code: 'blob.unknown' })
      : ok({ status: 200, body: undefined });
}

/** Keeps a content this desk brought, when it is what its hash says; effects that waited for it are looked at. */
export async function takeBlob(
  portal: Portal,
  desk: Desk,
  sha256: string,
  content: Readable,
): Promise<Result<{ isNew: boolean; size: number }, Refusal>> {
  const { result, size } = await portal.blobFiles.receive(sha256, content);
  if (result === 'too-large') return err({ code: 'blob.too-large' });
  if (result === 'differs') return err({ code: 'blob.hash-differs' });
  return ok({ isNew: storeBlob(portal, desk, sha256, size), size });
}

/** PUT /blobs/{sha256} */
export function putBlob(portal: Portal): DeskHandler<'putBlob'> {
  return async ({ path: { sha256 }, stream }, desk) => {
    if (stream === undefined) return err({ code: 'request.media-type' });
    const taken = await takeBlob(portal, desk, sha256, stream);
    if (!taken.ok) return taken;
    return ok({ status: taken.value.isNew ? 201 : 200, body: { sha256, size: taken.value.size } });
  };
}

/** Notes a content that is durably there as sent by the desk. True when the desk had not sent it before. */
export function storeBlob(portal: Portal, desk: Desk, sha256: string, size: number): boolean {
  const { db } = portal;
  return inTransaction(db, () => {
    db.prepare('INSERT INTO blobs (sha256, size) VALUES (?, ?) ON CONFLICT DO NOTHING').run(sha256, size);
    const { changes } = db
      .prepare('INSERT INTO blob_senders (desk_id, sha256) VALUES (?, ?) ON CONFLICT DO NOTHING')
      .run(desk.id, sha256);
    if (changes === 1) settleWaiting(portal, desk, sha256);
    return changes === 1;
  });
}
