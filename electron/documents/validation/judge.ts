import {
  type CertificateReport,
  type Finding,
  finding,
  outcomeOf,
  type Report,
  type RevocationReport,
  type SignatureReport,
  type TimestampReport,
} from '../../values/validation-report.ts';
import type {
  CertificateFacts,
  CmsFacts,
  Facts,
  Path,
  PathStep,
  RevocationFacts,
  SignatureFacts,
  TimestampFacts,
} from './facts.ts';
import { judgeIssuer, judgeTimestampService, type ServiceJudgement } from './trust/service.ts';

/** What is known of the lists besides the services, which come with the paths. */
export type KnownList = {
  territory: string;
  number: number;
  issuedAt: number;
  nextUpdate: number | undefined;
};

export type Judged = {
  report: Report;
  /** Certificates whose state could not be shown yet: what to ask the network for. */
  unproven: PathStep[];
};

/** Clocks of different authorities agree only so far. */
const SKEW_MS = 5 * 60_000;
const timeStampingPurpose = '1.3.6.1.5.5.7.3.8';
/** Reasons of RFC 5280 after which what a key signed before may be forged: unspecified, keyCompromise, cACompromise. */
const compromise: readonly (number | undefined)[] = [undefined, 0, 1, 2];

const iso = (time: number): string => new Date(time).toISOString();

/**
 * The rules of validation, on facts alone: the same facts, lists and instant give the same report. In outline those of
 * ETSI EN 319 102-1: what cannot be shown to hold or not to hold is undecided. A signature is judged at the time its
 * oldest trustworthy timestamp proves, and a timestamp at the time the later ones prove.
 */
export function judge(facts: Facts, lists: KnownList[], now: number): Judged {
  const unproven = new Map<string, PathStep>();
  const scope: Scope = {
    now,
    lists,
    missing: (step) => void unproven.set(step.certificate.id, step),
  };
  const found: Finding[] = [];
  if (facts.problem) found.push(finding(facts.problem));
  else if (facts.signatures.length === 0) found.push(finding('document.no-signature'));

  // From the newest on: each timestamp over the document is judged at the time those after it prove.
  const ordered = [...facts.signatures].sort((a, b) => b.integrity.end - a.integrity.end);
  const proofs: number[] = [];
  const reports = new Map<SignatureFacts, SignatureReport>();
  for (const signature of ordered) {
    const proven = proofs.length > 0 ? Math.min(...proofs) : undefined;
    const report = judgeSignature(signature, proven, scope);
    reports.set(signature, report);
    const [stamp] = signature.timestamps;
    if (signature.format === 'timestamp' && stamp && report.outcome === 'valid') proofs.push(stamp.time);
  }
  const signatures = facts.signatures.flatMap((signature) => reports.get(signature) ?? []);
  if (signatures.length > 0 && signatures.every(({ kind }) => kind === 'timestamp')) {
    found.push(finding('document.no-signature'));
  }
  return {
    report: {
      outcome: outcomeOf([...found, ...signatures.flatMap((signature) => signature.findings)]),
      format: facts.format,
      checkedAt: iso(now),
      findings: found,
      signatures,
      recognised: signatures.some(({ recognised }) => recognised),
      trustLists: lists.map(({ territory, number, issuedAt, nextUpdate }) => ({
        territory,
        number,
        issuedAt: iso(issuedAt),
        nextUpdate: nextUpdate === undefined ? null : iso(nextUpdate),
      })),
      attachments: facts.attachments,
    },
    unproven: [...unproven.values()],
  };
}

type Scope = { now: number; lists: KnownList[]; missing(step: PathStep): void };

function judgeSignature(
  signature: SignatureFacts,
  proven: number | undefined,
  scope: Scope,
): SignatureReport {
  const { integrity, cms } = signature;
  const found = integrityFindings(signature);
  const stamps = signature.timestamps.map((stamp) => judgeTimestamp(stamp, proven ?? scope.now, scope));
  const isTimestamp = signature.format === 'timestamp';
  const usable = isTimestamp ? [] : stamps.filter(({ outcome }) => outcome === 'valid');
  const times = [...usable.map(({ time }) => Date.parse(time)), ...(proven === undefined ? [] : [proven])];
  const proof = times.length > 0 ? Math.min(...times) : undefined;
  const judgedAt = proof ?? scope.now;
  const base = {
    field: signature.field ?? null,
    claimedAt: signature.claimedAt === undefined ? null : iso(signature.claimedAt),
    judgedAt: iso(judgedAt),
    timestamps: stamps,
    integrity: {
      coversAll: integrity.coversAll,
      added: integrity.harmless,
      digestAlgorithm: cms?.algorithm ?? signature.timestamps[0]?.cms.algorithm ?? null,
    },
  };
  const [own] = stamps;
  if (isTimestamp) {
    found.push(...(own?.findings ?? []));
    return {
      ...base,
      kind: 'timestamp',
      outcome: outcomeOf(found),
      findings: found,
      signer: own?.provider ?? null,
      certificate: own?.certificate ?? null,
      qualified: own?.qualified ?? false,
      device: false,
      recognised: false,
      revocation: null,
    };
  }
  if (!cms) {
    return {
      ...base,
      kind: 'signature',
      outcome: outcomeOf(found),
      findings: found,
      signer: null,
      certificate: null,
      qualified: false,
      device: false,
      recognised: false,
      revocation: null,
    };
  }
  const certificate = cms.path?.steps[0]?.certificate;
  const kind = certificate && isSeal(certificate) ? 'seal' : 'signature';
  found.push(...cmsFindings(cms, signature.format === 'pades'));
  const judged = cms.path && judgePath(cms.path, { kind, proof, claimedAt: signature.claimedAt }, scope);
  found.push(...(judged?.found ?? []));
  if (usable.length === 0 && proven === undefined) {
    const isBroken = stamps.some(({ outcome }) => outcome === 'invalid');
    if (isBroken) found.push(finding('time.timestamp-broken'));
    else found.push(finding(stamps.length > 0 ? 'time.timestamp-unusable' : 'time.no-timestamp'));
  }
  if (signature.claimedAt !== undefined) {
    if (signature.claimedAt > scope.now + SKEW_MS) found.push(finding('time.in-future'));
    else if (proof !== undefined && signature.claimedAt > proof + SKEW_MS)
      found.push(finding('time.after-timestamp'));
  }
  const outcome = outcomeOf(found);
  const qualified = judged?.service.qualified ?? false;
  return {
    ...base,
    kind,
    outcome,
    findings: found,
    signer: certificate ? nameOf(certificate, kind) : null,
    certificate: certificate ? certificateReport(certificate, judged?.service) : null,
    qualified,
    device: judged?.service.device ?? false,
    recognised: outcome === 'valid' && qualified,
    revocation: judged?.revocation ?? null,
  };
}

function integrityFindings({ format, integrity }: SignatureFacts): Finding[] {
  const found: Finding[] = [];
  if (integrity.fault) found.push(finding(integrity.fault));
  else if (format === 'unsupported') found.push(finding('signature.unsupported-format'));
  if (integrity.other.length > 0) {
    found.push(finding('changes.other', { where: integrity.other.join(', ') }));
  } else if (integrity.harmless.length > 0) {
    found.push(finding('changes.harmless'));
    if (integrity.harmless.includes('visible-signature')) found.push(finding('changes.picture'));
  }
  if (integrity.forbidsSignatures) found.push(finding('changes.forbidden'));
  return found;
}

function cmsFindings(cms: CmsFacts, mustRefer: boolean): Finding[] {
  const found: Finding[] = [];
  if (cms.digest === 'differs') found.push(finding('signature.digest'));
  if (cms.digest === 'unsupported' || cms.signature === 'unsupported') {
    found.push(finding('signature.unsupported', { algorithm: cms.algorithm }));
  }
  if (cms.signature === 'bad') found.push(finding('signature.value'));
  if (cms.signature === 'no-certificate') found.push(finding('signature.no-certificate'));
  if (cms.reference === 'differs') found.push(finding('signature.other-certificate'));
  if (cms.reference === 'absent' && mustRefer) found.push(finding('signature.no-reference'));
  if (cms.weak) found.push(finding('signature.weak', { algorithm: cms.algorithm }));
  return found;
}

/** A timestamp proves something only if nobody could have made it up later: its certificate is judged at `provenAt`. */
function judgeTimestamp(stamp: TimestampFacts, provenAt: number, scope: Scope): TimestampReport {
  const { cms } = stamp;
  const found = cmsFindings(cms, true);
  if (stamp.imprint === 'differs') found.push(finding('signature.digest'));
  if (stamp.imprint === 'unsupported')
    found.push(finding('signature.unsupported', { algorithm: cms.algorithm }));
  if (stamp.time > provenAt + SKEW_MS) found.push(finding('time.in-future'));
  const certificate = cms.path?.steps[0]?.certificate;
  const judged =
    cms.path && judgePath(cms.path, { kind: 'timestamp', proof: provenAt, claimedAt: stamp.time }, scope);
  found.push(...(judged?.found ?? []));
  if (certificate && stamp.time < certificate.notBefore) found.push(finding('certificate.not-yet-valid'));
  return {
    outcome: outcomeOf(found),
    time: iso(stamp.time),
    number: stamp.number,
    provider: providerOf(certificate, judged?.service),
    qualified: outcomeOf(found) === 'valid' && (judged?.service.qualified ?? false),
    certificate: certificate ? certificateReport(certificate, judged?.service) : null,
    findings: found,
  };
}

type Role = {
  kind: 'signature' | 'seal' | 'timestamp';
  /** The time that is proven; undefined when nothing proves any, and the present counts. */
  proof: number | undefined;
  claimedAt: number | undefined;
};

type JudgedPath = { found: Finding[]; service: ServiceJudgement; revocation: RevocationReport | null };

function judgePath(path: Path, role: Role, scope: Scope): JudgedPath {
  const at = role.proof ?? scope.now;
  const [leaf, ...above] = path.steps;
  const found: Finding[] = [];
  // A timestamp's service is asked about the time in it; whether its key was still good, about the time proven.
  const serviceAt = role.kind === 'timestamp' ? (role.claimedAt ?? at) : at;
  const service =
    role.kind === 'timestamp'
      ? judgeTimestampService(path.services, serviceAt)
      : judgeIssuer(path.services, leaf?.certificate ?? noCertificate(), role.kind, at);
  if (path.services.length === 0) {
    found.push(finding(path.unsupported ? 'chain.unsupported' : 'chain.untrusted'));
  } else if (service.service === undefined) found.push(finding('service.wrong-kind'));
  else {
    if (!service.granted) found.push(finding('service.not-granted', { service: service.service.name }));
    else if (service.unread) found.push(finding('service.unread-criteria'));
    else if (!service.qualified) found.push(finding('service.not-qualified'));
    const { territory } = service.service;
    const list = scope.lists.find((candidate) => candidate.territory === territory);
    if (list?.nextUpdate !== undefined && serviceAt > list.nextUpdate) {
      found.push(finding('service.list-too-old', { territory, validUntil: iso(list.nextUpdate) }));
    }
  }
  if (leaf) {
    const { certificate } = leaf;
    if (at < certificate.notBefore) found.push(finding('certificate.not-yet-valid'));
    if (at > certificate.notAfter)
      found.push(finding('certificate.expired', { at: iso(certificate.notAfter) }));
    if (!isFor(certificate, role.kind)) found.push(finding('certificate.not-for-signing'));
  }
  for (const { certificate } of above) {
    if (!certificate.isAuthority)
      found.push(finding('chain.not-an-authority', { number: certificate.number }));
    if (at < certificate.notBefore || at > certificate.notAfter) {
      found.push(finding('chain.not-valid-then', { number: certificate.number }));
    }
  }
  for (const { certificate, weak } of path.steps) {
    if (weak) found.push(finding('chain.weak', { number: certificate.number }));
    if (certificate.unknownCritical.length > 0) {
      found.push(finding('chain.unknown-extension', { oid: certificate.unknownCritical.join(', ') }));
    }
  }
  let revocation: RevocationReport | null = null;
  if (path.services.length > 0 && !path.isAnchor) {
    for (const [index, step] of path.steps.entries()) {
      const judged = judgeRevocation(step, index === 0 ? role : { ...role, kind: 'timestamp' }, scope.now);
      found.push(...judged.found);
      if (judged.isUnproven) scope.missing(step);
      if (index === 0) revocation = judged.relied;
    }
  }
  return { found, service, revocation };
}

const noCertificate = (): CertificateFacts => {
  throw new Error('a path without a certificate');
};

type JudgedRevocation = { found: Finding[]; isUnproven: boolean; relied: RevocationReport | null };

/**
 * Whether a certificate was revoked. For a signer only what was issued after the proven time speaks of it: a list that
 * is older proves nothing. For timestamps and authorities a list current at the time is enough, because they are not
 * revoked at their owner's word and their lists come out rarely.
 */
function judgeRevocation(step: PathStep, role: Role, now: number): JudgedRevocation {
  const { certificate, revocations } = step;
  const at = role.proof ?? now;
  const revoked = revocations
    .filter((piece) => piece.status === 'revoked' && piece.revokedAt !== undefined)
    .sort((a, b) => (a.revokedAt ?? 0) - (b.revokedAt ?? 0))[0];
  if (revoked?.revokedAt !== undefined) {
    const { revokedAt } = revoked;
    const params = { at: iso(revokedAt), number: certificate.number };
    const relied = revocationReport(revoked);
    if (role.kind === 'timestamp') {
      // A key that may be in other hands makes timestamps of any date; one given up in order made true ones before.
      const tainted = compromise.includes(revoked.reason)
        ? revokedAt <= at
        : revokedAt <= (role.claimedAt ?? at);
      return {
        found: [finding(tainted ? 'revocation.revoked' : 'revocation.revoked-later', params)],
        isUnproven: false,
        relied,
      };
    }
    if (role.proof !== undefined) {
      const code = revokedAt <= role.proof ? 'revocation.revoked' : 'revocation.revoked-later';
      return { found: [finding(code, params)], isUnproven: false, relied };
    }
    // Without a timestamp nobody knows which came first, unless the signer says so himself.
    const own = role.claimedAt !== undefined && role.claimedAt > revokedAt;
    const code = own ? 'revocation.revoked' : 'revocation.revoked-without-timestamp';
    return { found: [finding(code, params)], isUnproven: false, relied };
  }
  const good = revocations.filter((piece) => piece.status === 'good' && speaksOfExpired(piece, certificate));
  const proving = good
    .filter((piece) => proves(piece, role, now))
    .sort((a, b) => b.thisUpdate - a.thisUpdate)[0];
  if (proving) return { found: [], isUnproven: false, relied: revocationReport(proving) };
  const newest = good.sort((a, b) => b.thisUpdate - a.thisUpdate)[0];
  const found = newest
    ? finding('revocation.too-old', { issuedAt: iso(newest.thisUpdate), number: certificate.number })
    : finding('revocation.unknown', { number: certificate.number });
  return { found: [found], isUnproven: true, relied: newest ? revocationReport(newest) : null };
}

/** Lists drop certificates after they expire, unless they say that they keep them. */
const speaksOfExpired = (piece: RevocationFacts, { notAfter }: CertificateFacts): boolean =>
  piece.thisUpdate <= notAfter ||
  (piece.keepsExpiredFrom !== undefined && piece.keepsExpiredFrom <= notAfter);

function proves(piece: RevocationFacts, role: Role, now: number): boolean {
  if (piece.thisUpdate > now + SKEW_MS) return false;
  const isCurrentAt = (time: number) =>
    piece.thisUpdate >= time || time <= (piece.nextUpdate ?? Number.NEGATIVE_INFINITY);
  if (role.kind === 'timestamp') return isCurrentAt(role.claimedAt ?? role.proof ?? now);
  if (role.proof !== undefined) return piece.thisUpdate >= role.proof;
  return isCurrentAt(now) && (role.claimedAt === undefined || piece.thisUpdate >= role.claimedAt);
}

const revocationReport = ({ source, origin, thisUpdate }: RevocationFacts): RevocationReport => ({
  source,
  origin,
  issuedAt: iso(thisUpdate),
});

/** A seal by its certificate: of an organisation, and of no person (ETSI EN 319 412-2 and -3). */
function isSeal({ qualified, subject }: CertificateFacts): boolean {
  if (qualified.types.includes('seal')) return true;
  if (qualified.types.includes('signature')) return false;
  return (
    subject.organisation !== undefined && subject.surname === undefined && subject.givenName === undefined
  );
}

function isFor({ keyUsage, purposes }: CertificateFacts, kind: Role['kind']): boolean {
  if (kind === 'timestamp') return purposes?.includes(timeStampingPurpose) === true;
  // Bit 0 is digitalSignature, bit 1 is nonRepudiation.
  return keyUsage === undefined || keyUsage.includes(0) || keyUsage.includes(1);
}

function nameOf({ subject }: CertificateFacts, kind: 'signature' | 'seal'): string {
  const person = [subject.givenName, subject.surname].filter(Boolean).join(' ');
  const names = kind === 'seal' ? [subject.commonName, subject.organisation] : [subject.commonName, person];
  return names.find((name) => name) ?? subject.organisation ?? '';
}

const providerOf = (
  certificate: CertificateFacts | undefined,
  service: ServiceJudgement | undefined,
): string =>
  service?.service?.provider ?? certificate?.issuer.organisation ?? certificate?.issuer.commonName ?? '';

const certificateReport = (
  certificate: CertificateFacts,
  service: ServiceJudgement | undefined,
): CertificateReport => ({
  number: certificate.number,
  subject: certificate.subject,
  provider: providerOf(certificate, service),
  notBefore: iso(certificate.notBefore),
  notAfter: iso(certificate.notAfter),
});
