import type { CertificateFacts, Criteria, ServiceFacts, ServiceState } from '../facts.ts';

/** What a trust list says of a certificate at an instant (ETSI TS 119 615 in outline). */

const typeOf = {
  qualifiedAuthority: 'http://uri.etsi.org/TrstSvc/Svctype/CA/QC',
  authority: 'http://uri.etsi.org/TrstSvc/Svctype/CA/PKC',
  qualifiedTimestamps: 'http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST',
  timestamps: new Set([
    'http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST',
    'http://uri.etsi.org/TrstSvc/Svctype/TSA',
    'http://uri.etsi.org/TrstSvc/Svctype/TSA/TSS-QC',
    'http://uri.etsi.org/TrstSvc/Svctype/TSA/TSS-AdESQCandQES',
  ]),
};

/** Before eIDAS (1 July 2016) the supervised and accredited services were what the granted ones are now. */
const inGoodStanding = new Set([
  'granted',
  'recognisedatnationallevel',
  'undersupervision',
  'supervisionincessation',
  'accredited',
  'setbynationallaw',
]);

export function stateAt(service: ServiceFacts, at: number): ServiceState | undefined {
  return service.states.find(({ from }) => from <= at);
}

export const isGrantedAt = (service: ServiceFacts, at: number): boolean =>
  inGoodStanding.has(stateAt(service, at)?.status.split('/').pop() ?? '');

export type ServiceJudgement = {
  /** The service that answers for the certificate; undefined when none of this kind is listed. */
  service: ServiceFacts | undefined;
  granted: boolean;
  qualified: boolean;
  device: boolean;
  /** A criterion of the list is of a kind that is not read here, and the answer may hang on it. */
  unread: boolean;
};

/** Judges the services for timestamps. */
export function judgeTimestampService(services: ServiceFacts[], at: number): ServiceJudgement {
  const own = services.filter(({ type }) => typeOf.timestamps.has(type));
  const service = own.find((candidate) => isGrantedAt(candidate, at)) ?? own[0];
  const granted = service !== undefined && isGrantedAt(service, at);
  return {
    service,
    granted,
    qualified: granted && own.some((one) => one.type === typeOf.qualifiedTimestamps && isGrantedAt(one, at)),
    device: false,
    unread: false,
  };
}

/**
 * Judges the services that issue certificates. A certificate is qualified when the service was granted both when the
 * certificate was issued and at the instant judged, and statement and list agree on what it is for.
 */
export function judgeIssuer(
  services: ServiceFacts[],
  certificate: CertificateFacts,
  kind: 'signature' | 'seal',
  at: number,
): ServiceJudgement {
  const issuing = services.filter(
    ({ type }) => type === typeOf.qualifiedAuthority || type === typeOf.authority,
  );
  const judged = issuing.map((service) => judgeOne(service, certificate, kind, at));
  return (
    judged.find(({ qualified }) => qualified) ??
    judged.find(({ granted }) => granted) ??
    judged[0] ?? { service: undefined, granted: false, qualified: false, device: false, unread: false }
  );
}

function judgeOne(
  service: ServiceFacts,
  certificate: CertificateFacts,
  kind: 'signature' | 'seal',
  at: number,
): ServiceJudgement {
  const granted = isGrantedAt(service, at) && isGrantedAt(service, certificate.notBefore);
  const state = stateAt(service, at);
  if (!granted || !state || service.type !== typeOf.qualifiedAuthority) {
    return { service, granted, qualified: false, device: false, unread: false };
  }
  const matched = state.qualifiers.map(({ names, criteria }) => ({
    names,
    match: matches(criteria, certificate),
  }));
  const says = new Set(matched.flatMap(({ names, match }) => (match === true ? names : [])));
  const unread = matched.some(({ match }) => match === undefined);
  const forKind = kind === 'seal' ? 'QCForESeal' : 'QCForESig';
  const types = certificate.qualified.types;
  const statement =
    (certificate.qualified.compliance || says.has('QCStatement')) && !says.has('NotQualified');
  const purpose =
    says.has(forKind) ||
    ((types.length === 0 || types.includes(kind)) &&
      (state.purposes.length === 0 || state.purposes.includes(kind)) &&
      !['QCForESig', 'QCForESeal', 'QCForWSA'].some((other) => says.has(other)));
  const qualified = statement && purpose;
  const denied = says.has('QCNoQSCD') || says.has('QCNoSSCD');
  const device =
    qualified &&
    !denied &&
    (certificate.qualified.device ||
      says.has('QCWithQSCD') ||
      says.has('QCWithSSCD') ||
      says.has('QCQSCDManagedOnBehalf'));
  return { service, granted, qualified, device, unread };
}

/** Whether criteria hold; undefined when that hangs on one that is not read here. */
export function matches(criteria: Criteria, certificate: CertificateFacts): boolean | undefined {
  const usage = certificate.keyUsage ?? [];
  const answers: (boolean | undefined)[] = [
    ...criteria.policySets.map((set) => set.every((policy) => certificate.policies.includes(policy))),
    ...criteria.keyUsages.map((bits) => bits.every(({ bit, isSet }) => usage.includes(bit) === isSet)),
    ...criteria.lists.map((list) => matches(list, certificate)),
    ...(criteria.unread ? [undefined] : []),
  ];
  const some = answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
  if (criteria.require === 'atLeastOne') return some;
  if (criteria.require === 'none') return some === undefined ? undefined : !some;
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
}
