import { SignedXml } from 'xml-crypto';

/** A trust list as XML (ETSI TS 119 612), signed or not. */

const svc = 'http://uri.etsi.org/TrstSvc/Svctype';
const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64');

type State = { status: string; from: string; extensions?: string };
export type ListedService = {
  type: 'CA/QC' | 'TSA/QTST' | 'CA/PKC';
  name: string;
  certificate: Uint8Array;
  /** Newest first. */
  states: State[];
};

const state = (
  service: ListedService,
  { status, from, extensions = '' }: State,
  identity: string,
): string => `
<ServiceTypeIdentifier>${svc}/${service.type}</ServiceTypeIdentifier>
<ServiceName><Name xml:lang="en">${service.name} in English</Name><Name xml:lang="cs">${service.name}</Name></ServiceName>
<ServiceDigitalIdentity>${identity}</ServiceDigitalIdentity>
<ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/${status}</ServiceStatus>
<StatusStartingTime>${from}</StatusStartingTime>
<ServiceInformationExtensions>${extensions}</ServiceInformationExtensions>`;

export const trustListXml = (
  services: ListedService[],
  {
    pointers = '',
    territory = 'CZ',
    number = 7,
  }: { pointers?: string; territory?: string; number?: number } = {},
): string => `<?xml version="1.0" encoding="UTF-8"?>
<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" xmlns:q="http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#" Id="list" TSLTag="http://uri.etsi.org/19612/TSLTag">
<SchemeInformation><TSLVersionIdentifier>5</TSLVersionIdentifier><TSLSequenceNumber>${number}</TSLSequenceNumber>
<SchemeTerritory>${territory}</SchemeTerritory>
<PointersToOtherTSL>${pointers}</PointersToOtherTSL>
<ListIssueDateTime>2026-01-01T00:00:00Z</ListIssueDateTime><NextUpdate><dateTime>2026-06-30T00:00:00Z</dateTime></NextUpdate></SchemeInformation>
<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName><Name xml:lang="en">Provider</Name><Name xml:lang="cs">Poskytovatel</Name></TSPName></TSPInformation>
<TSPServices>${services
  .map((service) => {
    const [current, ...history] = service.states;
    const identity = `<DigitalId><X509Certificate>${base64(service.certificate)}</X509Certificate></DigitalId>`;
    return `<TSPService><ServiceInformation>${state(service, current ?? { status: '', from: '' }, identity)}</ServiceInformation>
<ServiceHistory>${history.map((old) => `<ServiceHistoryInstance>${state(service, old, '')}</ServiceHistoryInstance>`).join('')}</ServiceHistory></TSPService>`;
  })
  .join('')}</TSPServices></TrustServiceProvider></TrustServiceProviderList>
</TrustServiceStatusList>`;

export const pointerXml = (territory: string, url: string, signer: Uint8Array): string => `<OtherTSLPointer>
<ServiceDigitalIdentities><ServiceDigitalIdentity><DigitalId><X509Certificate>${base64(signer)}</X509Certificate></DigitalId></ServiceDigitalIdentity></ServiceDigitalIdentities>
<TSLLocation>${url}</TSLLocation>
<AdditionalInformation><OtherInformation><SchemeTerritory>${territory}</SchemeTerritory></OtherInformation><OtherInformation><MimeType>application/vnd.etsi.tsl+xml</MimeType></OtherInformation></AdditionalInformation></OtherTSLPointer>`;

/** Signs with an RSA key as lists are: enveloped, over the whole document. */
export function signXml(xml: string, privateKey: string): string {
  const signer = new SignedXml({
    privateKey,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  });
  signer.addReference({
    xpath: '/*',
    uri: '',
    isEmptyUri: true,
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: [
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/2001/10/xml-exc-c14n#',
    ],
  });
  signer.computeSignature(xml);
  return signer.getSignedXml();
}

/** Where `xmlsec1` is to put its signature. */
export const signatureTemplate = (
  algorithm: string,
): string => `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#${algorithm}"/>
<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>`;
