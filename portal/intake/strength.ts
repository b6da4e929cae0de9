import { type IdentityStrength, isAsStrongAs } from '../../electron/values/identity-strength.ts';
import type { Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';

/**
 * Whether the person was verified as strongly as the service asks, by the record of the check that came before in the same visit. A
 * desk judges the same before anything begins; one whose catalogue is older may not know what is asked.
 */

type OfVisit = { deskId: string; visitId: string };
type Asked = { strength: IdentityStrength };

/** The last check of the visit; one that tells no strength is of an older desk. Null when nobody was verified. */
function verifiedStrength(db: Database, { deskId, visitId }: OfVisit): IdentityStrength | null {
  const check = statement<[string, string], { decision: string; strength: IdentityStrength | null }>(
    db,
    `SELECT content ->> '$.payload.decision' AS decision, content ->> '$.payload.strength' AS strength FROM effects
     WHERE desk_id = ? AND visit_id = ? AND kind = 'identity-check' ORDER BY ordinal DESC LIMIT 1`,
  ).get(deskId, visitId);
  return check === undefined || check.decision === 'refused' ? null : (check.strength ?? 'seen');
}

function isLess(db: Database, of: OfVisit, asked: Asked | undefined): boolean {
  if (asked === undefined) return false;
  const has = verifiedStrength(db, of);
  return has === null || !isAsStrongAs(has, asked.strength);
}

/** By the version the act names, while it is the one given out now. */
export const isTooWeakFor = (
  db: Database,
  of: OfVisit,
  { id, version }: Schemas['ServiceReference'],
): boolean =>
  isLess(
    db,
    of,
    statement<[string, number], Asked>(
      db,
      `SELECT data ->> '$.identityStrength' AS strength FROM master_items
       WHERE collection = 'services' AND id = ? AND data ->> '$.version' = ? AND strength IS NOT NULL`,
    ).get(id, version),
  );

/** An act about an account names no service: the one that does it says what it takes. */
export const isTooWeakForAccount = (db: Database, of: OfVisit, action: Schemas['AccountAction']): boolean =>
  isLess(
    db,
    of,
    statement<[string], Asked>(
      db,
      `SELECT data ->> '$.identityStrength' AS strength FROM master_items
       WHERE collection = 'services' AND strength IS NOT NULL
         AND EXISTS (SELECT 1 FROM json_each(data, '$.account.actions') WHERE value = ?)`,
    ).get(action),
  );
