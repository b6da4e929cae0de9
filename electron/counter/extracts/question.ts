import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Person } from '../../contract/shared.ts';
import type { ExtractRecord, Service, Visit } from '../visits/record.ts';

type Schemas = components['schemas'];
type Subject = Schemas['RegisterSubject'];

/** What the register is asked: of a public one what the form says, of another whom the verified person asks about. */
export function questionOf(
  visit: Visit,
  service: Service,
  extract: ExtractRecord,
): Schemas['ExtractRequest'] {
  const { query } = service.definition;
  if (!query) throw new Error('a service of extracts names its register');
  const { form } = service.record;
  const variant = form['variant'];
  return {
    id: extract.queryId,
    register: query.register,
    ...(typeof variant === 'string' && { variant }),
    subject: subjectOf(visit, form, query.isPublic),
    ...(extract.ticket !== null && { ticket: extract.ticket }),
    askedBy: extract.askedBy,
    visitId: visit.id,
    serviceId: service.id,
  };
}

const FIELDS = [
  'licenceNumber',
  'ico',
  'cadastralArea',
  'ownershipSheet',
  'parcel',
  'building',
  'unit',
  'from',
  'to',
] as const satisfies (keyof Subject)[];

function subjectOf(visit: Visit, form: Readonly<Record<string, unknown>>, isPublic: boolean): Subject {
  const said = (name: string): string | undefined => {
    const value = form[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const subject: Subject = {};
  for (const name of FIELDS) {
    const value = said(name);
    if (value !== undefined) subject[name] = value;
  }
  const { concerns, applicant } = visit.identity;
  const whom = concerns ?? applicant;
  if (!isPublic && whom?.kind === 'organisation') return { ...subject, ico: whom.ico };
  const birthSurname = said('birthSurname');
  const birthPlace = said('birthPlace');
  const named: Subject['person'] = !isPublic && whom?.kind === 'person' ? personOf(whom) : personOfForm(said);
  return named
    ? {
        ...subject,
        person: {
          ...named,
          ...(birthSurname !== undefined && { birthSurname }),
          ...(birthPlace !== undefined && { birthPlace }),
        },
      }
    : subject;
}

const personOf = ({ name, birthDate, birthNumber, citizenship }: Person): Subject['person'] => ({
  name,
  ...(birthDate && { birthDate }),
  ...(birthNumber !== undefined && { birthNumber }),
  ...(citizenship !== undefined && { citizenship }),
});

function personOfForm(said: (name: string) => string | undefined): Subject['person'] {
  const surname = said('surname');
  if (surname === undefined) return undefined;
  const givenNames = said('givenNames');
  const [year, month, day] = (said('birthDate') ?? '').split('-').map(Number);
  return {
    name: { surname, ...(givenNames !== undefined && { givenNames }) },
    ...(year && month && day && { birthDate: { year, month, day } }),
  };
}
