import { z } from 'zod';
import { define } from './call.ts';
import { failure, instant, nothing } from './shared.ts';

// The states' authorities that documents' chips are judged by, and their lists of signers that hold no more.

const ofState = z.strictObject({
  /** Two letters; null: the certificate names no state. */
  country: z.string().nullable(),
  count: z.int(),
});
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/);

export const authoritiesView = z.strictObject({
  /** The training environment judges by the authority of training documents alone. */
  isTraining: z.boolean(),
  list: z
    .strictObject({
      importedAt: instant,
      kind: z.enum(['master-list', 'unsigned']),
      /** The state whose authority appointed the list's signer. */
      country: z.string().nullable(),
      fingerprint,
      signedAt: instant.nullable(),
      states: z.array(ofState),
      /** Certificates of the list that cannot be read, and by which no document is judged. */
      unreadable: z.int(),
    })
    .nullable(),
  revocations: z.array(
    z.strictObject({
      country: z.string().nullable(),
      from: instant,
      /** When the next one is due. */
      to: instant.nullable(),
      isDue: z.boolean(),
      count: z.int(),
    }),
  ),
});
export type AuthoritiesView = z.output<typeof authoritiesView>;

/** What is in a chosen file. Nothing of it is used before somebody confirms it. */
export const authorityFile = z.strictObject({
  lists: z.array(
    z.strictObject({
      kind: z.enum(['master-list', 'unsigned']),
      country: z.string().nullable(),
      signedAt: instant.nullable(),
      states: z.array(ofState),
      unreadable: z.int(),
      /** Why it cannot be used at all. */
      trouble: failure.nullable(),
    }),
  ),
  revocations: z.strictObject({
    count: z.int(),
    /** Those an authority of the desk's list made. */
    proven: z.int(),
  }),
  passedOver: z.int(),
  /** Entries that are in no list because they cannot be read. */
  unreadable: z.int(),
});
export type AuthorityFileView = z.output<typeof authorityFile>;

const administrator = ['administrator'] as const;

export const authorityCalls = {
  'authorities.get': define({ kind: 'query', who: 'signed-in', input: nothing, output: authoritiesView }),
  /** Reads a file that the person chooses; null: they chose none. */
  'authorities.choose': define({
    kind: 'query',
    who: administrator,
    input: nothing,
    output: authorityFile.nullable(),
  }),
  /**
   * Uses a list of the chosen file from now on, in place of the one before. `fingerprint`: SHA-256 as the person knows it from
   * elsewhere, of the authority behind the list's signer, or of the file where nobody signed it; 16 digits at least.
   */
  'authorities.import': define({
    kind: 'command',
    who: administrator,
    input: z.strictObject({ list: z.int().min(0).max(1_000), fingerprint: z.string().max(200) }),
    output: nothing,
  }),
  /** Takes the revocation lists of the chosen file that authorities of the desk's list made. */
  'authorities.import-revocations': define({
    kind: 'command',
    who: administrator,
    input: nothing,
    output: nothing,
  }),
};
