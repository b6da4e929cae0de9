import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import * as deskValues from '../../store/desk-values.ts';
import type { Reader, Tx } from '../../store/open.ts';
import type { Desk } from '../desk.ts';

const LIST = 'state-authorities';
const REVOCATIONS = 'state-revocations';

const list = z.strictObject({
  importedAt: z.string(),
  kind: z.enum(['master-list', 'unsigned']),
  country: z.string().nullable(),
  fingerprint: z.string(),
  signedAt: z.string().nullable(),
  /** DER in base64. */
  certificates: z.array(z.string()),
});
export type KeptList = z.output<typeof list>;

export function keptList(tx: Reader): KeptList | null {
  const stored = deskValues.get(tx, LIST);
  return stored === undefined ? null : list.parse(stored);
}
export const keepList = (tx: Tx, of: KeptList): void => deskValues.set(tx, LIST, of);

/** Revocation lists, one of each authority, in base64. */
export const keptRevocations = (tx: Reader): readonly string[] =>
  z.array(z.string()).parse(deskValues.get(tx, REVOCATIONS) ?? []);
export const keepRevocations = (tx: Tx, lists: readonly string[]): void =>
  deskValues.set(tx, REVOCATIONS, [...lists]);

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

const CERTIFICATE = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g;

/**
 * What documents are judged by, in DER. The training environment has an authority of its own, which is never one of production's, and no
 * training document is genuine there.
 */
export function authoritiesOf(
  { environment, resources }: Pick<Desk, 'environment' | 'resources'>,
  tx: Reader,
): { authorities: Uint8Array[]; revocations: Uint8Array[] } {
  const revocations = keptRevocations(tx).map(bytesOf);
  if (environment !== 'training') {
    return { authorities: (keptList(tx)?.certificates ?? []).map(bytesOf), revocations };
  }
  const pem = readFileSync(join(resources, 'training', 'chip-authorities.pem'), 'utf8');
  return {
    authorities: [...pem.matchAll(CERTIFICATE)].map(([, text = '']) => bytesOf(text)),
    revocations,
  };
}
