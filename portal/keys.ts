import { sealingPublicKey } from '../electron/values/medium-file.ts';
import { type SigningKey, signingKey } from '../electron/values/signed-note.ts';
import type { Database } from './database.ts';
import type { Random } from './secrets.ts';

/** The portal's own keys, made once per database: what it signs with, and what media for it are sealed to. */
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
  const seed = secret('sealing');
  return { signing: signingKey(secret('signing')), sealing: { seed, publicKey: sealingPublicKey(seed) } };
}

/** The public halves, as desks get and keep them. */
export const publicKeys = (keys: PortalKeys): { signing: string; sealing: string } => ({
  signing: keys.signing.publicKey.toString('base64'),
  sealing: keys.sealing.publicKey.toString('base64'),
});
