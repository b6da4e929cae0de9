import { z } from 'zod';
import { define } from './call.ts';
import { instant, nothing } from './shared.ts';

export const evidenceView = z.strictObject({
  entries: z.int(),
  epoch: z.int(),
  /** The desk's signing key and the portal's, as the verifier takes them (docs/log-format.md); null before they are known. */
  deskKey: z.string().nullable(),
  portalKey: z.string().nullable(),
  /** A new key of the desk waits for the portal. */
  replacing: z.boolean(),
  /** The newest checkpoint. */
  last: z
    .strictObject({
      size: z.int(),
      rootHash: z.string(),
      madeAt: instant,
      countersignedAt: instant.nullable(),
    })
    .nullable(),
  /** The newest one the portal has countersigned. */
  countersigned: z.strictObject({ size: z.int(), at: instant }).nullable(),
});
export type EvidenceView = z.output<typeof evidenceView>;

const who = ['supervisor', 'administrator'] as const;

export const evidenceCalls = {
  'evidence.get': define({ kind: 'query', who, input: nothing, output: evidenceView }),
  /** Signs the log as it is now; with a line the portal countersigns it at once. */
  'evidence.sign': define({ kind: 'command', who, input: nothing, output: evidenceView }),
  /** Makes a new signing key, which takes the old one's place as soon as the portal has it from the old one's hand. */
  'evidence.replace-key': define({
    kind: 'command',
    who: ['administrator'],
    input: nothing,
    output: evidenceView,
  }),
};
