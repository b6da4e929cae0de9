import { z } from 'zod';
import * as deskValues from '../store/desk-values.ts';
import type { Reader, Tx } from '../store/open.ts';
import { type KeyStep, keyAfter } from '../values/master-package.ts';
import type { PortalKeys } from './answers.ts';

const NAME = 'portal-keys';
const kept = z.object({ signing: z.string(), sealing: z.string(), master: z.string() });

/**
 * The portal's keys (base64 of 32 bytes), kept from the desk's enrolment: what it signs media with, what media for it are
 * sealed to, what it signs master data with. Null for a desk that was enrolled before desks kept them.
 */
export function pinnedKeys(tx: Reader): PortalKeys | null {
  const found = kept.safeParse(deskValues.get(tx, NAME));
  return found.success ? found.data : null;
}

export const pinKeys = (tx: Tx, keys: PortalKeys): void => deskValues.set(tx, NAME, { ...keys });

/** Takes the key for master data that follows from the one kept. False when none does. */
export function followMasterKeys(tx: Tx, steps: readonly KeyStep[]): boolean {
  const pinned = pinnedKeys(tx);
  if (pinned === null) return false;
  const next = keyAfter(pinned.master, steps);
  if (next === pinned.master) return false;
  pinKeys(tx, { ...pinned, master: next });
  return true;
}
