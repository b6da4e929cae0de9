import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { canonical } from '../values/canonical.ts';

// A place of backups is a folder. In it lie
//   <instant>-<id>/manifest.json   what the backup is; readable without a key, nothing personal in it
//   <instant>-<id>/desk.db         the store's database under a key of its own (SQLCipher 4)
//   blobs/<name>                   the encrypted files its rows refer to, shared by all backups of the place
// A folder whose name ends in `.part` was never finished. The database's key stands in the manifest twice: sealed under
// the desk's own key and, when the office has one, to its recovery key.

const base64 = z.string().regex(/^[A-Za-z0-9_-]+$/);
const sealed = z.strictObject({ nonce: base64, sealed: base64 });

export const manifest = z.strictObject({
  format: z.literal('virtuos-backup'),
  version: z.literal(1),
  id: z.uuid(),
  at: z.iso.datetime(),
  reason: z.enum(['closing', 'timer', 'demand', 'retention', 'removal']),
  environment: z.enum(['training', 'production']),
  program: z.string().max(40),
  desk: z.strictObject({ id: z.string().max(64), name: z.string().max(200), officeId: z.string().max(64) }),
  schema: z.int().positive(),
  database: z.strictObject({ size: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  journal: z.strictObject({
    epoch: z.int().positive(),
    size: z.int().nonnegative(),
    /** The tree's root over all entries, base64url. */
    root: base64,
  }),
  blobs: z.array(z.strictObject({ name: z.string().regex(/^[0-9a-f]{32}$/), size: z.int().nonnegative() })),
  keys: z.strictObject({
    desk: sealed,
    recovery: sealed.extend({ ephemeral: base64, name: z.string().max(20) }).nullable(),
  }),
  /** HMAC-SHA-256 of the RFC 8785 form of the manifest without this member, under the database's key; base64url. */
  mac: base64,
});
export type Manifest = z.output<typeof manifest>;

const macOf = (content: Omit<Manifest, 'mac'>, key: Uint8Array): Buffer =>
  createHmac('sha256', createHash('sha256').update('virtuos backup manifest').update(key).digest())
    .update(canonical(content))
    .digest();

export const signManifest = (content: Omit<Manifest, 'mac'>, key: Uint8Array): Manifest => ({
  ...content,
  mac: macOf(content, key).toString('base64url'),
});

/** Whether the manifest is as it was written; needs the database's key. */
export function isAuthentic({ mac, ...content }: Manifest, key: Uint8Array): boolean {
  const told = Buffer.from(mac, 'base64url');
  const expected = macOf(content, key);
  return told.length === expected.length && timingSafeEqual(told, expected);
}

/** What the key of a backup is sealed for, so that a sealed key cannot be moved to another backup. */
export const keyContext = (of: { id: string; desk: { id: string } }): string =>
  `virtuos backup ${of.id} of ${of.desk.id}`;

/** The finished backups of a place, newest first; those with a manifest nobody can read are left out. */
export function backupsIn(place: string): { name: string; manifest: Manifest }[] {
  let names: string[];
  try {
    names = readdirSync(place);
  } catch {
    return [];
  }
  return names
    .filter((name) => /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[0-9a-f]{8}$/.test(name))
    .flatMap((name) => {
      const found = readManifest(join(place, name));
      return found ? [{ name, manifest: found }] : [];
    })
    .sort((a, b) => (a.name < b.name ? 1 : -1));
}

/** The manifest in a backup's folder; null when it is missing or of no known shape. */
export function readManifest(folder: string): Manifest | null {
  try {
    const parsed = manifest.safeParse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
