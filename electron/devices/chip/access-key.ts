import { createHash } from 'node:crypto';
import { checkDigit } from '../../values/mrz-layout.ts';

/**
 * What opens a chip: the six digits printed on the card (CAN), or what the machine-readable zone says. Dates are
 * `YYMMDD` as in the zone.
 */
export type AccessKey =
  | { kind: 'can'; can: string }
  | { kind: 'mrz'; documentNumber: string; birthDate: string; expiryDate: string };

/** SHA-1 over number, birth and expiry with their check digits (ICAO 9303-11, 4.3.2 and 9.7.3). */
export function mrzSecret({ documentNumber, birthDate, expiryDate }: AccessKey & { kind: 'mrz' }): Buffer {
  const number = documentNumber.padEnd(9, '<');
  const information = [number, birthDate, expiryDate].map((part) => part + (checkDigit(part) ?? '')).join('');
  return createHash('sha1').update(information, 'latin1').digest();
}

/** The password of PACE before its key is derived of it (9.7.3). */
export const paceSecret = (key: AccessKey): Uint8Array =>
  key.kind === 'can' ? Buffer.from(key.can, 'latin1') : mrzSecret(key);
