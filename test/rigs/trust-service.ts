import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { TrustList } from '../../electron/documents/validation/trust/list.ts';
import {
  authority,
  type Holder,
  qualifiedPerson,
  qualifiedSeal,
  signingPki,
  timestamping,
} from './signing-pki.ts';

/** A provider that a trust list knows, a stranger that none does, and people with certificates of both. */

const svc = 'http://uri.etsi.org/TrstSvc/Svctype';
const granted = 'http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted';

export const crlUrl = 'http://crl.test/ca.crl';
export const ocspUrl = 'http://ocsp.test/';

const withAddresses = (extensions: string[]): string[] => [
  ...extensions,
  `crlDistributionPoints=URI:${crlUrl}`,
  `authorityInfoAccess=OCSP;URI:${ocspUrl}`,
];

export function trustService() {
  const pki = signingPki();
  pki.root('root', '/C=CZ/O=Zkušební poskytovatel/CN=Kořen');
  const ca = pki.issue('root', 'ca', {
    subject: '/C=CZ/O=Zkušební poskytovatel/CN=Vydavatel',
    extensions: authority,
  });
  const tsaUnit = { subject: '/C=CZ/O=Zkušební poskytovatel/CN=Razítka', extensions: timestamping };
  const tsa = pki.issue('ca', 'tsa', tsaUnit);
  pki.issue('ca', 'jan', {
    subject: '/C=CZ/GN=Jan/SN=Novák/CN=Jan Novák',
    extensions: withAddresses(qualifiedPerson),
  });
  pki.issue('ca', 'office', {
    subject: '/C=CZ/O=Městský úřad Zkušebov/organizationIdentifier=NTRCZ-00000001/CN=Pečeť úřadu',
    extensions: withAddresses(qualifiedSeal),
  });
  pki.root('stranger-ca', '/C=CZ/O=Cizí/CN=Cizí autorita');
  pki.issue('stranger-ca', 'stranger', {
    subject: '/C=CZ/GN=Eva/SN=Cizí/CN=Eva Cizí',
    extensions: withAddresses(qualifiedPerson),
  });
  return { pki, ca, tsa, list: trustListOf(ca, tsa) };
}

export type TrustService = ReturnType<typeof trustService>;

/** What a trust list with the two services reads as. */
export function trustListOf(ca: Holder, tsa: Holder): TrustList {
  const state = { from: Date.UTC(2016, 6, 1), status: granted, purposes: [], qualifiers: [] };
  const common = { provider: 'Zkušební poskytovatel', territory: 'CZ', states: [state] };
  return {
    territory: 'CZ',
    number: 7,
    issuedAt: Date.UTC(2026, 0, 1),
    nextUpdate: Date.UTC(2045, 0, 1),
    services: [
      { ...common, type: `${svc}/CA/QC`, name: 'Kvalifikované certifikáty', certificates: [ca.der] },
      { ...common, type: `${svc}/TSA/QTST`, name: 'Kvalifikovaná razítka', certificates: [tsa.der] },
    ],
    pointers: [],
  };
}

/** What an independent reader says of the file's signatures. */
export function opinionOf(tool: 'pdfsig' | 'mutool', file: string, pdf: Uint8Array): string {
  writeFileSync(file, pdf);
  const args = tool === 'pdfsig' ? ['-nocert', file] : ['sign', '-v', file];
  try {
    return execFileSync(tool, args, { stdio: 'pipe' }).toString();
  } catch (error) {
    return String(Reflect.get(Object(error), 'stdout') ?? error);
  }
}
