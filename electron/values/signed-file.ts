import type { FindingCode } from './validation-report.ts';

/**
 * What a report says against a file being what was signed, or leaves open about it. Who signed, with what certificate, when it
 * ended and who vouches for it is another question: whoever acknowledges a signature as their own says that in person.
 */
const DOUBTS: ReadonlySet<string> = new Set<FindingCode>([
  'document.unreadable',
  'document.encrypted',
  'document.unknown-format',
  'document.too-large',
  'document.ended',
  'document.timed-out',
  'document.cancelled',
  'range.malformed',
  'range.beyond-file',
  'range.hole-not-contents',
  'range.not-a-revision',
  'range.overlaps',
  'contents.unreadable',
  'contents.padding',
  'changes.other',
  'changes.forbidden',
  'signature.ambiguous',
  'signature.unsupported-format',
  'signature.digest',
  'signature.value',
  'signature.no-certificate',
  'signature.other-certificate',
  'signature.unsupported',
  'signature.weak',
]);

type Found = { findings: readonly { code: string }[] };
type Signature = Found & { kind: string; certificate: unknown };

const isDoubted = ({ findings }: Found): boolean => findings.some(({ code }) => DOUBTS.has(code));

/** Whether all signatures, seals and timestamps of a file show it to be what they were made over; also a file without any is. */
export const isWhole = (report: Found & { signatures: readonly Found[] }): boolean =>
  !isDoubted(report) && !report.signatures.some(isDoubted);

/** Whether somebody may acknowledge it as their own: a seal is no person's, and a timestamp is nobody's word. */
export const isPersonal = ({ kind, certificate }: Pick<Signature, 'kind' | 'certificate'>): boolean =>
  kind === 'signature' && certificate !== null;
