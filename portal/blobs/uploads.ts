import type { Readable } from 'node:stream';
import { err, ok } from '../../electron/values/result.ts';
import type { Call, Desk, DeskHandler } from '../api.ts';
import { inTransaction, statement } from '../database.ts';
import type { Portal } from '../portal.ts';
import { BLOB_MAX } from './files.ts';
import { storeBlob } from './transfer.ts';

// tus 1.0.0 (https://tus.io/protocols/resumable-upload), core and creation. How much has arrived is the length of the
// part's file, so that a restart of the portal loses nothing but what the operating system had not written.

const TUS = { 'tus-resumable': '1.0.0' } as const;
/** An upload nobody has gone on with for so long is forgotten; the desk then begins it again. */
const FORGET_AFTER_MS = 7 * 24 * 3_600_000;

type Headers = Call<'createUpload'>['headers'];
type Upload = { id: string; sha256: string; size: number };

const header = (headers: Headers, name: string): string => {
  const value = headers?.[name];
  return typeof value === 'string' ? value : '';
};
const number = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null);
const speaksTus = (headers: Headers): boolean => header(headers, 'tus-resumable') === TUS['tus-resumable'];

/** The `sha256` of `Upload-Metadata`: pairs of a key and a value in Base64, separated by commas. */
function announcedHash(metadata: string): string | null {
  for (const pair of metadata.split(',')) {
    const [key, value = ''] = pair.trim().split(/\s+/);
    const text = Buffer.from(value, 'base64').toString('latin1');
    if (key === 'sha256' && /^[0-9a-f]{64}$/.test(text)) return text;
  }
  return null;
}

const find = ({ db }: Portal, desk: Desk, id: string): Upload | undefined =>
  statement<[string, string], Upload>(
    db,
    'SELECT id, sha256, size FROM uploads WHERE id = ? AND desk_id = ?',
  ).get(id, desk.id);

/** POST /uploads */
export function createUpload(portal: Portal, base: string): DeskHandler<'createUpload'> {
  const { db, clock, random, blobFiles } = portal;

  async function forgetOld(): Promise<void> {
    const old = statement<[number], { id: string }>(
      db,
      'DELETE FROM uploads WHERE made_at < ? RETURNING id',
    ).all(clock.now().getTime() - FORGET_AFTER_MS);
    for (const { id } of old) await blobFiles.parts.remove(id);
  }

  return async ({ headers }, desk) => {
    if (!speaksTus(headers)) return err({ code: 'upload.protocol' });
    const size = number(header(headers, 'upload-length'));
    const sha256 = announcedHash(header(headers, 'upload-metadata'));
    if (size === null || size === 0 || sha256 === null) return err({ code: 'request.invalid' });
    if (size > BLOB_MAX) return err({ code: 'blob.too-large' });
    await forgetOld();
    const id = Buffer.from(random(16)).toString('hex');
    const upload = inTransaction(db, () => {
      statement(
        db,
        `INSERT INTO uploads (id, desk_id, sha256, size, made_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (desk_id, sha256) DO NOTHING`,
      ).run(id, desk.id, sha256, size, clock.now().getTime());
      return statement<[string, string], Upload>(
        db,
        'SELECT id, sha256, size FROM uploads WHERE desk_id = ? AND sha256 = ?',
      ).get(desk.id, sha256);
    });
    // Two lengths for one content: one of them is wrong, and the hash at the end would say so.
    if (upload === undefined || upload.size !== size) return err({ code: 'request.invalid' });
    const offset = await blobFiles.parts.size(upload.id);
    return ok({
      status: 201,
      body: undefined,
      headers: { ...TUS, location: `${base}/${upload.id}`, 'upload-offset': String(offset) },
    });
  };
}

/** HEAD /uploads/{uploadId} */
export function uploadOffset(portal: Portal): DeskHandler<'uploadOffset'> {
  return async ({ path: { uploadId } }, desk) => {
    const upload = find(portal, desk, uploadId);
    if (upload === undefined) return err({ code: 'upload.unknown' });
    const offset = await portal.blobFiles.parts.size(upload.id);
    return ok({
      status: 200,
      body: undefined,
      headers: { ...TUS, 'upload-offset': String(offset), 'upload-length': String(upload.size) },
    });
  };
}

/** PATCH /uploads/{uploadId} */
export function patchUpload(portal: Portal): DeskHandler<'patchUpload'> {
  const { db, blobFiles } = portal;
  // A line that was cut may leave a request here that only waits; the newer one ends it and goes on where it stood.
  const writing = new Map<string, { stream: Readable; done: Promise<void> }>();

  async function alone(id: string): Promise<void> {
    for (let other = writing.get(id); other !== undefined; other = writing.get(id)) {
      other.stream.destroy();
      await other.done;
    }
  }

  return async ({ path: { uploadId }, headers, stream }, desk) => {
    if (!speaksTus(headers)) return err({ code: 'upload.protocol' });
    if (stream === undefined) return err({ code: 'request.media-type' });
    const upload = find(portal, desk, uploadId);
    if (upload === undefined) return err({ code: 'upload.unknown' });
    const { id, sha256, size } = upload;
    await alone(id);
    const from = number(header(headers, 'upload-offset'));
    const there = await blobFiles.parts.size(id);
    if (from !== there) return err({ code: 'upload.offset-differs', details: { offset: there } });

    let isCut = false;
    const done = blobFiles.parts.append(id, stream, size).catch(() => {
      isCut = true;
    });
    writing.set(id, { stream, done });
    await done;
    writing.delete(id);
    // Nobody waits for the answer to a request that was cut.
    const arrived = await blobFiles.parts.size(id);
    if (isCut) return err({ code: 'upload.offset-differs', details: { offset: arrived } });
    if (arrived === size) {
      const result = await blobFiles.parts.finish(id, sha256);
      statement(db, 'DELETE FROM uploads WHERE id = ?').run(id);
      if (result !== 'kept') return err({ code: 'blob.hash-differs' });
      storeBlob(portal, desk, sha256, size);
    }
    return ok({ status: 204, body: undefined, headers: { ...TUS, 'upload-offset': String(arrived) } });
  };
}
