import type {
  CertifiedName,
  DocumentFormat,
  HarmlessChange,
  MessageAttachment,
} from '../../values/validation-report.ts';
import type { RangeFault } from './pdf/signatures.ts';

/**
 * What was found in a document, before anybody judges it: plain values that the process which reads hostile files
 * hands over. Times are milliseconds since 1970.
 */

export type CertificateFacts = {
  /** SHA-256 of the certificate. */
  id: string;
  /** Serial number, decimal as Czech authorities print it. */
  number: string;
  subject: CertifiedName;
  issuer: CertifiedName;
  notBefore: number;
  notAfter: number;
  isAuthority: boolean;
  keyUsage: number[] | undefined;
  purposes: string[] | undefined;
  unknownCritical: string[];
  policies: string[];
  qualified: { compliance: boolean; device: boolean; types: ('signature' | 'seal' | 'web')[] };
  ocspUrls: string[];
  crlUrls: string[];
};

/** A list or an answer whose own signature holds, as far as it speaks of one certificate. */
export type RevocationFacts = {
  source: 'crl' | 'ocsp';
  origin: 'embedded' | 'fetched';
  thisUpdate: number;
  nextUpdate: number | undefined;
  /** Since when the issuer keeps certificates on its lists after they expire. */
  keepsExpiredFrom: number | undefined;
  status: 'good' | 'revoked';
  revokedAt: number | undefined;
  /** Reason of RFC 5280, 5.3.1; undefined when none is said. */
  reason: number | undefined;
};

export type ServiceState = {
  from: number;
  status: string;
  /** What the service is for: `signatures`, `seals`, `web`; empty when the list does not say. */
  purposes: ('signature' | 'seal' | 'web')[];
  qualifiers: { names: string[]; criteria: Criteria }[];
};

/** Which certificates a qualifier speaks of (ETSI TS 119 612, 5.5.9.2). */
export type Criteria = {
  require: 'all' | 'atLeastOne' | 'none';
  policySets: string[][];
  keyUsages: { bit: number; isSet: boolean }[][];
  /** Criteria of a kind not read here: they can be said neither to hold nor not to. */
  unread: boolean;
  lists: Criteria[];
};

export type ServiceFacts = {
  type: string;
  provider: string;
  name: string;
  territory: string;
  /** Newest first. */
  states: ServiceState[];
};

export type PathStep = {
  certificate: CertificateFacts;
  revocations: RevocationFacts[];
  /** The issuer's signature under it uses an algorithm that no longer protects. */
  weak: boolean;
  /** OCSP request for it; undefined for the trust anchor. */
  ocspRequest: Uint8Array | undefined;
};

/** From the signer's certificate upwards; the last step was issued by, or is, what the services name. */
export type Path = {
  steps: PathStep[];
  /** The list names the first certificate itself. */
  isAnchor: boolean;
  /** Empty when no certificate of a trust list was reached. */
  services: ServiceFacts[];
  /** A signature on the way uses an algorithm that is not known here, so the way could not be followed. */
  unsupported: boolean;
};

/** One signature in the cryptographic sense, under whatever it signs. */
export type CmsFacts = {
  /** Undefined when the certificate is not there. */
  path: Path | undefined;
  digest: 'matches' | 'differs' | 'unsupported';
  signature: 'good' | 'bad' | 'unsupported' | 'no-certificate';
  /** The signed reference to the signer's certificate. */
  reference: 'matches' | 'differs' | 'absent';
  algorithm: string;
  weak: boolean;
  claimedAt: number | undefined;
};

export type TimestampFacts = {
  cms: CmsFacts;
  /** Whether it was made over what it stands by. */
  imprint: 'matches' | 'differs' | 'unsupported';
  time: number;
  number: string;
  policy: string;
};

export type IntegrityFacts = {
  fault: RangeFault | 'contents.unreadable' | 'contents.padding' | undefined;
  /** The signed part ends where the document ends. */
  coversAll: boolean;
  /** Where the signed part ends; later timestamps reach further. */
  end: number;
  harmless: HarmlessChange[];
  other: string[];
  /** The signature certifies the document and forbids later signatures. */
  forbidsSignatures: boolean;
};

export type SignatureFacts = {
  field: string | undefined;
  format: 'pades' | 'adbe' | 'cades' | 'timestamp' | 'data-message' | 'unsupported';
  integrity: IntegrityFacts;
  claimedAt: number | undefined;
  /** The signature itself; undefined for a timestamp over the document, or when it cannot be read. */
  cms: CmsFacts | undefined;
  /** A timestamp over the document, or those inside of the signature. */
  timestamps: TimestampFacts[];
};

/** Why a document could not be looked into. */
export type DocumentProblem =
  | 'document.unreadable'
  | 'document.encrypted'
  | 'document.unknown-format'
  | 'document.too-large'
  | 'document.ended'
  | 'document.timed-out'
  | 'document.cancelled';

export type Facts = {
  format: DocumentFormat;
  problem: DocumentProblem | undefined;
  signatures: SignatureFacts[];
  attachments: MessageAttachment[];
};
