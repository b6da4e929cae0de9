import { z } from 'zod';
import { define } from './call.ts';
import { instant, nothing } from './shared.ts';

/** The clerk's own certificate for signing, as far as the desk knows it before anything is signed. */
export const ownCertificate = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  validTo: instant,
  state: z.enum(['not-yet-valid', 'valid', 'expires-soon', 'expired']),
  daysLeft: z.int().nullable(),
  /** The organisation it names is not the office of this desk. */
  ofAnotherOffice: z.boolean(),
  /** What the card says of its PIN; a file says nothing. */
  pin: z.enum(['usual', 'was-wrong', 'last-try', 'locked']),
  /** A card shows its certificates to anybody; a file only with its password, so that it is known from its last use. */
  seen: z.enum(['now', 'last-use']),
});
export type OwnCertificate = z.output<typeof ownCertificate>;

export const certificateCalls = {
  /** Looks for the clerk's certificate on the card that is in the reader; null where nothing is known of it yet. */
  'certificates.own': define({
    kind: 'query',
    who: ['clerk', 'supervisor'],
    input: nothing,
    output: z.strictObject({ certificate: ownCertificate.nullable() }),
  }),
};
