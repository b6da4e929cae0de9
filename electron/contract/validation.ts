import { z } from 'zod';
import { instant } from './shared.ts';

/** What a document that came in was judged to be (electron/values/validation-report.ts), as the window shows it. */

const outcome = z.enum(['valid', 'invalid', 'undecided']);
const finding = z.strictObject({
  code: z.string(),
  effect: z.enum(['invalid', 'undecided', 'note']),
  params: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
});

const certificate = z.strictObject({
  number: z.string(),
  subject: z.strictObject({
    commonName: z.string().exactOptional(),
    surname: z.string().exactOptional(),
    givenName: z.string().exactOptional(),
    organisation: z.string().exactOptional(),
    organisationNumber: z.string().exactOptional(),
    country: z.string().exactOptional(),
    serialNumber: z.string().exactOptional(),
  }),
  provider: z.string(),
  notBefore: instant,
  notAfter: instant,
});

const timestamp = z.strictObject({
  outcome,
  time: instant,
  number: z.string(),
  provider: z.string(),
  qualified: z.boolean(),
  certificate: certificate.nullable(),
  findings: z.array(finding),
});

const signature = z.strictObject({
  kind: z.enum(['signature', 'seal', 'timestamp']),
  outcome,
  findings: z.array(finding),
  field: z.string().nullable(),
  signer: z.string().nullable(),
  certificate: certificate.nullable(),
  qualified: z.boolean(),
  device: z.boolean(),
  recognised: z.boolean(),
  claimedAt: instant.nullable(),
  judgedAt: instant,
  timestamps: z.array(timestamp),
  integrity: z.strictObject({
    coversAll: z.boolean(),
    added: z.array(z.string()),
    digestAlgorithm: z.string().nullable(),
  }),
  revocation: z
    .strictObject({
      source: z.enum(['crl', 'ocsp']),
      origin: z.enum(['embedded', 'fetched']),
      issuedAt: instant,
    })
    .nullable(),
});
export type SignatureView = z.output<typeof signature>;

export const validationReport = z.strictObject({
  outcome,
  format: z.enum(['pdf', 'cades', 'data-message', 'unknown']),
  checkedAt: instant,
  findings: z.array(finding),
  signatures: z.array(signature),
  recognised: z.boolean(),
  trustLists: z.array(
    z.strictObject({
      territory: z.string(),
      number: z.number(),
      issuedAt: instant,
      nextUpdate: instant.nullable(),
    }),
  ),
  attachments: z.array(z.strictObject({ name: z.string(), mimeType: z.string(), size: z.number() })),
});
export type ReportView = z.output<typeof validationReport>;
