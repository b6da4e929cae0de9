import { type KeyStep, signNextKey } from '../electron/values/master-package.ts';
import { sealingPublicKey } from '../electron/values/medium-file.ts';
import { ok } from '../electron/values/result.ts';
import { type SigningKey, signingKey } from '../electron/values/signed-note.ts';
import type { DeskHandler } from './api.ts';
import { type Database, statement } from './database.ts';
import type { Random } from './secrets.ts';

/**
 * The portal's own keys. One signs as the witness of logs and on media, one is what media for it are sealed to; both are made
 * once per database. Packages of master data have keys of their own, each signed by the one before.
 */
export type PortalKeys = {
  signing: SigningKey;
  sealing: { seed: Buffer; publicKey: Buffer };
};

export function portalKeys(db: Database, random: Random): PortalKeys {
  const secret = (purpose: 'signing' | 'sealing'): Buffer => {
    db.prepare('INSERT INTO portal_keys (purpose, secret) VALUES (?, ?) ON CONFLICT DO NOTHING').run(
      purpose,
      Buffer.from(random(32)),
    );
    const row = db
      .prepare<[string], { secret: Buffer }>('SELECT secret FROM portal_keys WHERE purpose = ?')
      .get(purpose);
    if (row === undefined) throw new Error('A key that was just written is not there.');
    return row.secret;
  };
  if (masterKeySecret(db) === undefined)
    db.prepare('INSERT INTO master_keys (secret) VALUES (?)').run(Buffer.from(random(32)));
  const seed = secret('sealing');
  return { signing: signingKey(secret('signing')), sealing: { seed, publicKey: sealingPublicKey(seed) } };
}

const masterKeySecret = (db: Database): Buffer | undefined =>
  statement<[], { secret: Buffer }>(db, 'SELECT secret FROM master_keys ORDER BY n DESC LIMIT 1').get()
    ?.secret;

const made = new WeakMap<Database, { secret: Buffer; key: SigningKey }>();

/** What packages of master data are signed with now. */
export function masterKey(db: Database): SigningKey {
  const secret = masterKeySecret(db);
  if (secret === undefined) throw new Error('The portal has no key for its master data.');
  const known = made.get(db);
  if (known?.secret.equals(secret)) return known.key;
  const key = signingKey(secret);
  made.set(db, { secret, key });
  return key;
}

/** Puts a new key in the present one's place, signed by it. To be called within a transaction. */
export function rotateMasterKey(db: Database, random: Random): void {
  const secret = Buffer.from(random(32));
  const signature = signNextKey(masterKey(db), signingKey(secret).publicKey);
  db.prepare('INSERT INTO master_keys (secret, signature) VALUES (?, ?)').run(secret, signature);
}

/** All keys packages were ever signed with, so that a desk that has an old one finds the present one. */
export const masterKeySteps = (db: Database): KeyStep[] =>
  statement<[], { secret: Buffer; signature: string | null }>(
    db,
    'SELECT secret, signature FROM master_keys ORDER BY n',
  )
    .all()
    .map(({ secret, signature }) => ({
      publicKey: signingKey(secret).publicKey.toString('base64'),
      signature,
    }));

/** GET /master-keys */
export const readMasterKeys =
  (db: Database): DeskHandler<'readMasterKeys'> =>
  () =>
    ok({ status: 200, body: { keys: masterKeySteps(db) } });

/** The public halves, as desks get and keep them. */
export const publicKeys = (
  db: Database,
  keys: PortalKeys,
): { signing: string; sealing: string; master: string } => ({
  signing: keys.signing.publicKey.toString('base64'),
  sealing: keys.sealing.publicKey.toString('base64'),
  master: masterKey(db).publicKey.toString('base64'),
});
