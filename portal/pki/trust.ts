import { createHash } from 'node:crypto';
import type { Clock } from '../../electron/values/clock.ts';
import type { Schemas } from '../api.ts';
import { putItem, readItem } from '../catalogue/master.ts';
import { type Database, inTransaction } from '../database.ts';
import type { Random } from '../secrets.ts';
import { type Pki, preparePki } from './authority.ts';
import { derOf } from './certificates.ts';
import type { KeyFiles } from './key-files.ts';
import { type TrainingPki, timestampUnit, trainingPki, trainingPlan } from './training.ts';
import { trustList } from './trust-list.ts';

export const TRUST_ITEM = 'trust-services';

/** The training environment's trust services, once it is known where the portal is reached. */
export type Trust = { pki: Pki; data: TrainingPki };

/** Makes what is missing of the certificates and tells the desks by master data where everything is. */
export async function prepareTrust(
  { db, clock, random }: { db: Database; clock: Clock; random: Random },
  files: KeyFiles,
  resources: string,
  base: string,
): Promise<Trust> {
  const data = trainingPki(resources);
  const pki = await preparePki({ db, files, clock, random, base, plan: trainingPlan(db, data) });
  const known = readItem(db, 'trust', TRUST_ITEM);
  const units = data.timestampPolicies.map((policy, at) => ({ url: `${base}/tsa/${at + 1}`, policy }));
  if (!isCurrent(known, pki, units, clock.now())) {
    const xml = await trustList(pki, data, clock.now());
    const item: Schemas['TrustServices'] = {
      timestampAuthorities: units,
      trustList: { sha256: createHash('sha256').update(xml, 'utf8').digest('hex'), xml },
      publicPages: { clauses: `${base}/overeni`, depot: `${base}/uschovna` },
    };
    inTransaction(db, () => putItem(db, 'trust', TRUST_ITEM, item));
  }
  return { pki, data };
}

/** A list that still names everything is not issued again at each start. */
function isCurrent(known: unknown, pki: Pki, units: readonly { url: string }[], now: Date): boolean {
  const text = JSON.stringify(known ?? null);
  const certificates = ['ca', 'trust-list', ...units.map((_unit, at) => timestampUnit(at + 1))].map((name) =>
    derOf(pki.identity(name).holder.certificate).toString('base64'),
  );
  const until = /<NextUpdate><dateTime>([^<]+)</.exec(text)?.[1];
  return (
    until !== undefined &&
    Date.parse(until) > now.getTime() + RENEWED_BEFORE_MS &&
    certificates.every((certificate) => text.includes(certificate)) &&
    units.every(({ url }) => text.includes(`"${url}"`))
  );
}

const RENEWED_BEFORE_MS = 30 * 86_400_000;
