/** What is told about a document that came in: shared by who judges, who shows and who prints it. Instants are ISO 8601 in UTC. */

/** Whom a certificate speaks of, in the parts of a name it has. */
export type CertifiedName = {
  commonName?: string;
  surname?: string;
  givenName?: string;
  organisation?: string;
  organisationNumber?: string;
  country?: string;
  serialNumber?: string;
};

/** What may be added to a signed document without touching what was signed. */
export type HarmlessChange =
  | 'validation-data'
  | 'signature'
  /** A later signature that shows a picture of its own on a page. */
  | 'visible-signature'
  | 'timestamp'
  | 'metadata';

export type DocumentFormat = 'pdf' | 'cades' | 'data-message' | 'unknown';

/** A file within a data message. */
export type MessageAttachment = { name: string; mimeType: string; size: number };

export type Outcome = 'valid' | 'invalid' | 'undecided';

/**
 * Everything that can be found, with what it means for the result. Codes are stable; the window has a Czech and an
 * English sentence for each under `finding_…`.
 */
export const effects = {
  'document.no-signature': 'undecided',
  'document.unreadable': 'undecided',
  'document.encrypted': 'undecided',
  'document.unknown-format': 'undecided',
  'document.too-large': 'undecided',
  'document.ended': 'undecided',
  'document.timed-out': 'undecided',
  'document.cancelled': 'undecided',

  'range.malformed': 'invalid',
  'range.beyond-file': 'invalid',
  'range.hole-not-contents': 'invalid',
  'range.not-a-revision': 'invalid',
  'range.overlaps': 'invalid',
  'signature.ambiguous': 'invalid',
  'contents.unreadable': 'invalid',
  'contents.padding': 'invalid',
  'changes.harmless': 'note',
  'changes.picture': 'note',
  'changes.other': 'invalid',
  'changes.forbidden': 'invalid',

  'signature.unsupported-format': 'undecided',
  'signature.digest': 'invalid',
  'signature.value': 'invalid',
  'signature.no-certificate': 'undecided',
  'signature.other-certificate': 'invalid',
  'signature.no-reference': 'undecided',
  'signature.unsupported': 'undecided',
  'signature.weak': 'undecided',

  'chain.untrusted': 'undecided',
  'chain.unsupported': 'undecided',
  'chain.weak': 'undecided',
  'chain.not-an-authority': 'invalid',
  'chain.unknown-extension': 'undecided',
  'chain.not-valid-then': 'undecided',
  'certificate.not-yet-valid': 'invalid',
  'certificate.expired': 'undecided',
  'certificate.not-for-signing': 'undecided',

  'service.wrong-kind': 'undecided',
  'service.not-granted': 'undecided',
  'service.list-too-old': 'undecided',
  'service.unread-criteria': 'undecided',
  'service.not-qualified': 'note',

  'revocation.unknown': 'undecided',
  'revocation.too-old': 'undecided',
  'revocation.revoked': 'invalid',
  'revocation.revoked-without-timestamp': 'undecided',
  'revocation.revoked-later': 'note',

  'time.no-timestamp': 'note',
  'time.timestamp-unusable': 'note',
  'time.timestamp-broken': 'undecided',
  'time.in-future': 'undecided',
  'time.after-timestamp': 'invalid',
} as const satisfies Record<string, 'invalid' | 'undecided' | 'note'>;

export type FindingCode = keyof typeof effects;
export type Finding = {
  code: FindingCode;
  effect: 'invalid' | 'undecided' | 'note';
  params?: Record<string, string | number>;
};

export const finding = (code: FindingCode, params?: Finding['params']): Finding => ({
  code,
  effect: effects[code],
  ...(params ? { params } : {}),
});

/** An invalid finding weighs most, then an undecided one. */
export const outcomeOf = (found: Finding[]): Outcome =>
  found.some(({ effect }) => effect === 'invalid')
    ? 'invalid'
    : found.some(({ effect }) => effect === 'undecided')
      ? 'undecided'
      : 'valid';

export type CertificateReport = {
  number: string;
  /** Whom the certificate speaks of. */
  subject: CertifiedName;
  /** The provider of trust services as the trust list names it, else as the certificate does. */
  provider: string;
  notBefore: string;
  notAfter: string;
};

export type RevocationReport = {
  source: 'crl' | 'ocsp';
  origin: 'embedded' | 'fetched';
  issuedAt: string;
};

export type TimestampReport = {
  outcome: Outcome;
  time: string;
  number: string;
  provider: string;
  qualified: boolean;
  certificate: CertificateReport | null;
  findings: Finding[];
};

export type SignatureReport = {
  kind: 'signature' | 'seal' | 'timestamp';
  outcome: Outcome;
  findings: Finding[];
  /** Name of the field in a PDF. */
  field: string | null;
  /** Name to show: of the person, else of the organisation. */
  signer: string | null;
  certificate: CertificateReport | null;
  /** Made with a qualified certificate (EU 910/2014), as the trust list said at the time; a qualified timestamp. */
  qualified: boolean;
  /** The key was in a qualified device: a qualified signature or seal. */
  device: boolean;
  /** Uznávaný podpis or pečeť (297/2016, § 6 odst. 2, § 9 odst. 2), and valid. */
  recognised: boolean;
  claimedAt: string | null;
  /** The instant the signature was judged at: of the oldest timestamp that proves it, else of the check. */
  judgedAt: string;
  /** The timestamps within the signature; for a document timestamp, itself. */
  timestamps: TimestampReport[];
  integrity: {
    coversAll: boolean;
    /** What was added afterwards and does no harm. */
    added: HarmlessChange[];
    digestAlgorithm: string | null;
  };
  revocation: RevocationReport | null;
};

export type Report = {
  outcome: Outcome;
  format: DocumentFormat;
  checkedAt: string;
  findings: Finding[];
  signatures: SignatureReport[];
  /** Some signature or seal is valid and recognised by law. */
  recognised: boolean;
  /** The trust lists that were used. */
  trustLists: { territory: string; number: number; issuedAt: string; nextUpdate: string | null }[];
  /** What a data message carries. Their own signatures are not judged with it. */
  attachments: MessageAttachment[];
};
