import { X509Certificate } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { err, ok, type Result } from '../../../values/result.ts';
import type { Criteria, ServiceFacts, ServiceState } from '../facts.ts';
import { type SignedXmlFault, signedRoot } from './signed-xml.ts';

/** A trust list (ETSI TS 119 612), as far as signatures and timestamps need it. Plain values; it can be kept. */
export type TrustList = {
  territory: string;
  /** Number of the issue; a list with a lower one than known must not take its place. */
  number: number;
  issuedAt: number;
  /** Until when the next issue comes; undefined for a closed list. */
  nextUpdate: number | undefined;
  services: (ServiceFacts & { certificates: Uint8Array[] })[];
  /** Other lists, with the certificates their signatures must be made with. */
  pointers: { territory: string; url: string; mimeType: string; signers: Uint8Array[] }[];
};

export type TrustListFault = SignedXmlFault | 'trust-list.malformed';

const namespace = 'http://uri.etsi.org/02231/v2#';

/**
 * Reads a trust list whose signature was made with one of the given certificates (DER). For the list of the lists these
 * are known beforehand, for a national list the pointer to it names them. Only what the signature covers is read.
 */
export function readTrustList(xml: string, signers: Uint8Array[]): Result<TrustList, TrustListFault> {
  const signed = signedRoot(xml, signers);
  if (!signed.ok) return signed;
  try {
    const root = new DOMParser().parseFromString(signed.value, 'text/xml').documentElement;
    if (root.namespaceURI !== namespace || root.localName !== 'TrustServiceStatusList') {
      return err('trust-list.malformed');
    }
    return ok(readList(root));
  } catch {
    return err('trust-list.malformed');
  }
}

const elementsOf = (parent: Element | undefined): Element[] =>
  Array.from(parent?.childNodes ?? []).filter((node): node is Element => node.nodeType === 1);

/** The descendants at the end of a path of names. */
function children(parent: Element | undefined, ...path: string[]): Element[] {
  let level = parent ? [parent] : [];
  for (const name of path) {
    level = level.flatMap((element) => elementsOf(element).filter(({ localName }) => localName === name));
  }
  return level;
}

const first = (parent: Element | undefined, ...path: string[]): Element | undefined =>
  children(parent, ...path)[0];
const text = (parent: Element | undefined, ...path: string[]): string =>
  (first(parent, ...path)?.textContent ?? '').trim();

const instant = (value: string): number => {
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw new Error('no time');
  return time;
};

/** Names come in several languages; Czech before English before whatever there is. */
function named(parent: Element | undefined, ...path: string[]): string {
  const names = children(parent, ...path, 'Name');
  const inLanguage = (language: string) =>
    names.find((name) => name.getAttribute('xml:lang')?.toLowerCase() === language);
  return ((inLanguage('cs') ?? inLanguage('en') ?? names[0])?.textContent ?? '').trim();
}

function readList(root: Element): TrustList {
  const scheme = first(root, 'SchemeInformation');
  const territory = text(scheme, 'SchemeTerritory');
  const number = Number(text(scheme, 'TSLSequenceNumber'));
  if (!Number.isSafeInteger(number)) throw new Error('no number');
  const next = text(scheme, 'NextUpdate', 'dateTime');
  return {
    territory,
    number,
    issuedAt: instant(text(scheme, 'ListIssueDateTime')),
    nextUpdate: next === '' ? undefined : instant(next),
    services: children(root, 'TrustServiceProviderList', 'TrustServiceProvider').flatMap((provider) => {
      const name = named(provider, 'TSPInformation', 'TSPName');
      return children(provider, 'TSPServices', 'TSPService').map((service) =>
        readService(service, name, territory),
      );
    }),
    pointers: children(scheme, 'PointersToOtherTSL', 'OtherTSLPointer').map((pointer) => ({
      territory: text(first(pointer, 'AdditionalInformation', 'OtherInformation', 'SchemeTerritory')),
      url: text(pointer, 'TSLLocation'),
      mimeType: text(first(pointer, 'AdditionalInformation', 'OtherInformation', 'MimeType')),
      signers: children(pointer, 'ServiceDigitalIdentities', 'ServiceDigitalIdentity').flatMap(
        certificatesOf,
      ),
    })),
  };
}

function certificatesOf(identity: Element): Uint8Array[] {
  return children(identity, 'DigitalId', 'X509Certificate').flatMap((element) => {
    const der = Buffer.from((element.textContent ?? '').replace(/\s/g, ''), 'base64');
    try {
      // One broken certificate of a foreign provider must not cost all the others.
      return [new Uint8Array(new X509Certificate(der).raw)];
    } catch {
      return [];
    }
  });
}

function readService(service: Element, provider: string, territory: string): TrustList['services'][number] {
  const current = first(service, 'ServiceInformation');
  const type = text(current, 'ServiceTypeIdentifier');
  const history = children(service, 'ServiceHistory', 'ServiceHistoryInstance').filter(
    (instance) => text(instance, 'ServiceTypeIdentifier') === type,
  );
  return {
    type,
    provider,
    territory,
    name: named(current, 'ServiceName'),
    states: [current, ...history].map((state) => readState(state)).sort((a, b) => b.from - a.from),
    certificates: children(current, 'ServiceDigitalIdentity').flatMap(certificatesOf),
  };
}

const purposes: Record<string, 'signature' | 'seal' | 'web'> = {
  'http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSignatures': 'signature',
  'http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSeals': 'seal',
  'http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForWebSiteAuthentication': 'web',
};

function readState(state: Element | undefined): ServiceState {
  const extensions = children(state, 'ServiceInformationExtensions', 'Extension');
  return {
    from: instant(text(state, 'StatusStartingTime')),
    status: text(state, 'ServiceStatus'),
    purposes: extensions.flatMap((extension) =>
      children(extension, 'AdditionalServiceInformation', 'URI').flatMap((uri) => {
        const purpose = purposes[(uri.textContent ?? '').trim()];
        return purpose ? [purpose] : [];
      }),
    ),
    qualifiers: extensions.flatMap((extension) =>
      children(extension, 'Qualifications', 'QualificationElement').map((element) => ({
        names: children(element, 'Qualifiers', 'Qualifier').map(
          (qualifier) => qualifier.getAttribute('uri')?.split('/').pop() ?? '',
        ),
        criteria: readCriteria(first(element, 'CriteriaList')),
      })),
    ),
  };
}

const usageBits: Record<string, number> = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  crlSign: 6,
};

function readCriteria(list: Element | undefined): Criteria {
  const assert = list?.getAttribute('assert');
  const known = new Set(['KeyUsage', 'PolicySet', 'CriteriaList', 'Description']);
  return {
    require: assert === 'all' || assert === 'none' ? assert : 'atLeastOne',
    policySets: children(list, 'PolicySet').map((set) =>
      children(set, 'PolicyIdentifier', 'Identifier').map((identifier) =>
        (identifier.textContent ?? '').trim().replace(/^urn:oid:/i, ''),
      ),
    ),
    keyUsages: children(list, 'KeyUsage').map((usage) =>
      children(usage, 'KeyUsageBit').map((bit) => ({
        bit: usageBits[bit.getAttribute('name') ?? ''] ?? -1,
        isSet: (bit.textContent ?? '').trim() === 'true',
      })),
    ),
    unread: list === undefined || elementsOf(list).some(({ localName }) => !known.has(localName ?? '')),
    lists: children(list, 'CriteriaList').map((inner) => readCriteria(inner)),
  };
}
