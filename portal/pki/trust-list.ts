import { createHash } from 'node:crypto';
import type { Certificate } from 'pkijs';
import type { Pki } from './authority.ts';
import { derOf, HASH, toBuffer } from './certificates.ts';
import { type TrainingPki, timestampUnit } from './training.ts';
import { canonicalXml, type Element, element } from './xml.ts';

const NAMESPACES = {
  '': 'http://uri.etsi.org/02231/v2#',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xades: 'http://uri.etsi.org/01903/v1.3.2#',
} as const;
const ETSI = 'http://uri.etsi.org/TrstSvc';
const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const HOLDS_DAYS = 180;
const DAY_MS = 86_400_000;

const base64Hash = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('base64');
const instant = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, 'Z');

/** A trusted list of the training environment (ETSI TS 119 612), signed (XAdES, enveloped). */
export async function trustList(
  pki: Pki,
  { provider, timestampPolicies }: TrainingPki,
  now: Date,
): Promise<string> {
  const services = [
    service('CA/QC', 'CVIČNÝ Qualified CA', pki.identity('ca').holder.certificate, [
      'ForeSignatures',
      'ForeSeals',
    ]),
    ...timestampPolicies.map((_policy, at) =>
      service('TSA/QTST', `CVIČNÝ TSU ${at + 1}`, pki.identity(timestampUnit(at + 1)).holder.certificate, []),
    ),
  ];
  const list = element(
    'TrustServiceStatusList',
    [scheme(pki, provider, now), providers(pki, provider, services)],
    {
      Id: 'trust-list',
      TSLTag: 'http://uri.etsi.org/19612/TSLTag',
    },
  );
  const signature = await sign(pki, canonicalXml(list, NAMESPACES), now);
  const signed = { ...list, children: [...list.children, signature] };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${canonicalXml(signed, NAMESPACES)}\n`;

  function service(kind: string, name: string, certificate: Certificate, information: string[]): Element {
    const extensions = information.map((what) =>
      element(
        'Extension',
        [
          element('AdditionalServiceInformation', [
            element('URI', [`${ETSI}/TrustedList/SvcInfoExt/${what}`], { 'xml:lang': 'en' }),
          ]),
        ],
        { Critical: 'true' },
      ),
    );
    return element('TSPService', [
      element('ServiceInformation', [
        element('ServiceTypeIdentifier', [`${ETSI}/Svctype/${kind}`]),
        element('ServiceName', [named('Name', name, 'cs'), named('Name', name, 'en')]),
        element('ServiceDigitalIdentity', [
          element('DigitalId', [element('X509Certificate', [derOf(certificate).toString('base64')])]),
        ]),
        element('ServiceStatus', [`${ETSI}/TrustedList/Svcstatus/granted`]),
        element('StatusStartingTime', [instant(certificate.notBefore.value)]),
        ...(extensions.length > 0 ? [element('ServiceInformationExtensions', extensions)] : []),
      ]),
    ]);
  }
}

const named = (name: string, text: string, language: 'cs' | 'en'): Element =>
  element(name, [text], { 'xml:lang': language });

const address = (pki: Pki, provider: TrainingPki['provider']): Element[] => [
  element('PostalAddresses', [
    element(
      'PostalAddress',
      [
        element('StreetAddress', [provider.street]),
        element('Locality', [provider.municipality]),
        element('PostalCode', [provider.postalCode]),
        element('CountryName', ['CZ']),
      ],
      { 'xml:lang': 'cs' },
    ),
  ]),
  element('ElectronicAddress', [named('URI', `${pki.base}/pki/trust-list.xml`, 'en')]),
];

const scheme = (pki: Pki, provider: TrainingPki['provider'], now: Date): Element =>
  element('SchemeInformation', [
    element('TSLVersionIdentifier', ['5']),
    element('TSLSequenceNumber', [String(Math.floor(now.getTime() / 1000))]),
    element('TSLType', [`${ETSI}/TrustedList/TSLType/EUgeneric`]),
    element('SchemeOperatorName', [
      named('Name', provider.name, 'cs'),
      named('Name', provider.nameEnglish, 'en'),
    ]),
    element('SchemeOperatorAddress', address(pki, provider)),
    element('SchemeName', [
      named('Name', 'CZ: CVIČNÝ důvěryhodný seznam – NEPLATNÝ', 'cs'),
      named('Name', 'CZ: TRAINING trusted list – NOT VALID', 'en'),
    ]),
    element('SchemeInformationURI', [named('URI', `${pki.base}/pki/trust-list.xml`, 'en')]),
    element('StatusDeterminationApproach', [`${ETSI}/TrustedList/TSLType/StatusDetn/EUappropriate`]),
    element('SchemeTypeCommunityRules', [named('URI', `${ETSI}/TrustedList/schemerules/EUcommon`, 'en')]),
    element('SchemeTerritory', ['CZ']),
    element('PolicyOrLegalNotice', [
      named('TSLLegalNotice', 'Cvičné prostředí: nic z tohoto seznamu není důvěryhodné.', 'cs'),
      named('TSLLegalNotice', 'Training environment: nothing in this list is to be trusted.', 'en'),
    ]),
    element('HistoricalInformationPeriod', ['65535']),
    element('ListIssueDateTime', [instant(now)]),
    element('NextUpdate', [element('dateTime', [instant(new Date(now.getTime() + HOLDS_DAYS * DAY_MS))])]),
  ]);

const providers = (pki: Pki, provider: TrainingPki['provider'], services: Element[]): Element =>
  element('TrustServiceProviderList', [
    element('TrustServiceProvider', [
      element('TSPInformation', [
        element('TSPName', [named('Name', provider.name, 'cs'), named('Name', provider.nameEnglish, 'en')]),
        element('TSPTradeName', [named('Name', `NTRCZ-${provider.ico}`, 'en')]),
        element('TSPAddress', address(pki, provider)),
        element('TSPInformationURI', [named('URI', `${pki.base}/pki/trust-list.xml`, 'en')]),
      ]),
      element('TSPServices', services),
    ]),
  ]);

async function sign(pki: Pki, list: string, now: Date): Promise<Element> {
  const { holder } = pki.identity('trust-list');
  const certificate = derOf(holder.certificate);
  const method = (name: string, algorithm: string): Element => element(name, [], { Algorithm: algorithm });
  const properties = element(
    'xades:SignedProperties',
    [
      element('xades:SignedSignatureProperties', [
        element('xades:SigningTime', [instant(now)]),
        element('xades:SigningCertificateV2', [
          element('xades:Cert', [
            element('xades:CertDigest', [
              method('ds:DigestMethod', SHA256),
              element('ds:DigestValue', [base64Hash(certificate)]),
            ]),
          ]),
        ]),
      ]),
    ],
    { Id: 'signed-properties' },
  );
  const reference = (digest: string, transforms: string[], attributes: Record<string, string>): Element =>
    element(
      'ds:Reference',
      [
        element(
          'ds:Transforms',
          transforms.map((algorithm) => method('ds:Transform', algorithm)),
        ),
        method('ds:DigestMethod', SHA256),
        element('ds:DigestValue', [digest]),
      ],
      attributes,
    );
  const signedInfo = element('ds:SignedInfo', [
    method('ds:CanonicalizationMethod', EXCLUSIVE_C14N),
    method('ds:SignatureMethod', 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'),
    reference(base64Hash(list), ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', EXCLUSIVE_C14N], {
      URI: '',
    }),
    reference(base64Hash(canonicalXml(properties, NAMESPACES)), [EXCLUSIVE_C14N], {
      Type: 'http://uri.etsi.org/01903#SignedProperties',
      URI: '#signed-properties',
    }),
  ]);
  // XML signatures hold both numbers of an ECDSA signature side by side, as the platform gives them.
  const value = await crypto.subtle.sign(
    { name: 'ECDSA', hash: HASH },
    holder.key,
    toBuffer(Buffer.from(canonicalXml(signedInfo, NAMESPACES), 'utf8')),
  );
  return element(
    'ds:Signature',
    [
      signedInfo,
      element('ds:SignatureValue', [Buffer.from(value).toString('base64')]),
      element('ds:KeyInfo', [
        element('ds:X509Data', [element('ds:X509Certificate', [certificate.toString('base64')])]),
      ]),
      element('ds:Object', [element('xades:QualifyingProperties', [properties], { Target: '#signature' })]),
    ],
    { Id: 'signature' },
  );
}
