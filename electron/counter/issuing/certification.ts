import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Service } from '../visits/record.ts';

type Certification = components['schemas']['CertificationPayload'];
type Numbered = NonNullable<Service['record']['certification']>;

/** A number with its series, and as it stands on the papers. */
export type Allotted = Pick<Numbered, 'series' | 'year' | 'number' | 'printed'>;
export type Acted = Pick<Certification, 'issuedOn' | 'issuedBy'>;

/** What the portal is told of a number, whatever was issued under it. */
export const certificationOf = (
  { definition }: Service,
  { series, year, number, printed }: Allotted,
  acted: Acted,
): Certification => ({
  service: { id: definition.id, version: definition.version },
  ...(definition.evidence
    ? { evidence: { series: definition.evidence, number: printed } }
    : { book: { series, year, number } }),
  ...acted,
  state: 'issued',
});

export const cancelledCertification = (
  service: Service,
  number: Allotted,
  reason: string,
  acted: Acted,
): Certification => ({
  ...certificationOf(service, number, acted),
  state: 'cancelled',
  cancellationReason: reason,
  // The portal forgets what the register answered.
  ...(service.record.extract && { extractId: service.record.extract.queryId }),
});
