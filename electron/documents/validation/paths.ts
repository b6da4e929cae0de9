import {
  isIssuedBy,
  keyIdentifiersDiffer,
  keyUsageBits,
  type ReadCertificate,
  readCertificate,
} from './cms/certificate.ts';
import { type Evidence, evidenceOn, ocspRequest } from './cms/revocation.ts';
import type { Path, PathStep, RevocationFacts, ServiceFacts } from './facts.ts';
import type { TrustList } from './trust/list.ts';

const MAX_STEPS = 8;
const MAX_TRIES = 200;

type Anchor = { certificate: ReadCertificate; services: ServiceFacts[] };

/** The certificates of trust lists by their subjects. */
export type Anchors = { bySubject: Map<string, Anchor[]>; byId: Map<string, Anchor> };

export function readAnchors(lists: TrustList[]): Anchors {
  const anchors: Anchors = { bySubject: new Map(), byId: new Map() };
  for (const list of lists) {
    for (const { certificates, ...service } of list.services) {
      for (const der of certificates) {
        const certificate = readCertificate(der);
        if (certificate === undefined) continue;
        const known = anchors.byId.get(certificate.id);
        if (known) {
          known.services.push(service);
          continue;
        }
        const anchor = { certificate, services: [service] };
        anchors.byId.set(certificate.id, anchor);
        anchors.bySubject.set(certificate.subject, [
          ...(anchors.bySubject.get(certificate.subject) ?? []),
          anchor,
        ]);
      }
    }
  }
  return anchors;
}

type Link = { certificate: ReadCertificate; issuer: ReadCertificate | undefined; weak: boolean };

/**
 * Follows a certificate to one of the trust lists, over certificates that came with the document. None of those is
 * believed for being there: each link is a signature that was checked.
 */
export function findPath(
  leaf: ReadCertificate,
  pool: ReadCertificate[],
  anchors: Anchors,
  evidence: Evidence[],
): Path {
  const listed = anchors.byId.get(leaf.id);
  if (listed) {
    const step = { certificate: leaf, issuer: undefined, weak: false };
    return { steps: [toStep(step, evidence)], isAnchor: true, services: listed.services, unsupported: false };
  }
  let tries = 0;
  let unsupported = false;
  const follow = (
    certificate: ReadCertificate,
    links: Link[],
  ): { links: Link[]; services: ServiceFacts[] } | null => {
    if (links.length >= MAX_STEPS) return null;
    const link = (issuer: ReadCertificate): Link | undefined => {
      tries += 1;
      if (tries > MAX_TRIES || keyIdentifiersDiffer(certificate, issuer)) return undefined;
      const { outcome, weak } = isIssuedBy(certificate, issuer);
      unsupported ||= outcome === 'unsupported';
      return outcome === 'good' ? { certificate, issuer, weak } : undefined;
    };
    for (const anchor of anchors.bySubject.get(certificate.issuer) ?? []) {
      const last = link(anchor.certificate);
      if (last) return { links: [...links, last], services: anchor.services };
    }
    for (const issuer of pool) {
      if (issuer.subject !== certificate.issuer || issuer.id === certificate.id) continue;
      if (links.some((earlier) => earlier.certificate.id === issuer.id) || !mayIssue(issuer)) continue;
      const next = link(issuer);
      const found = next && follow(issuer, [...links, next]);
      if (found) return found;
    }
    return null;
  };
  const found = follow(leaf, []);
  return {
    steps: (found?.links ?? [{ certificate: leaf, issuer: undefined, weak: false }]).map((link) =>
      toStep(link, evidence),
    ),
    isAnchor: false,
    services: found?.services ?? [],
    unsupported: found === null && unsupported,
  };
}

/** An authority by its own certificate; one that lacks the mark is a person who signs for another. */
const mayIssue = ({ facts }: ReadCertificate): boolean =>
  facts.isAuthority && (facts.keyUsage === undefined || facts.keyUsage.includes(keyUsageBits.keyCertSign));

function toStep({ certificate, issuer, weak }: Link, evidence: Evidence[]): PathStep {
  if (issuer === undefined) {
    return { certificate: certificate.facts, revocations: [], weak, ocspRequest: undefined };
  }
  return {
    certificate: certificate.facts,
    revocations: evidence.flatMap((piece): RevocationFacts[] => {
      const said = evidenceOn(piece, certificate, issuer);
      return said ? [said] : [];
    }),
    weak,
    ocspRequest: ocspRequest(certificate, issuer),
  };
}
