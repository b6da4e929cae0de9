import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Session } from '../../contract/clerks.ts';
import type { FailureCode } from '../../contract/failures.ts';
import type { ServiceDefinition } from '../../contract/services.ts';
import type { ExceptionKind } from '../../store/exceptions.ts';
import type { JsonValue } from '../../store/json.ts';
import type { Reader } from '../../store/open.ts';
import type { ActKind, Desk } from '../desk.ts';
import type { Output } from '../outputs/table.ts';
import type { Service, Visit } from '../visits/record.ts';

/** What is being issued: by whom, when and under which number. */
export type Issue = {
  visit: Visit;
  service: Service;
  /** As it stands on the papers: number and year. */
  number: string;
  now: Date;
  session: Session;
};

/** A paper that bears the number; `documentId` is given because some papers state their own. */
export type NumberedPaper = Pick<Output, 'documentId' | 'kind' | 'template' | 'data'>;

/** What a kind of service issues under a number, and what is said of it. */
export type Issuer = {
  act: ActKind;
  /** What stands against it at the last moment, whatever an earlier step said. */
  obstacle?(issue: Pick<Issue, 'visit' | 'service' | 'now' | 'session'>): FailureCode | null;
  /** How many numbers are taken in one go, each for a paper of its own; one where nothing else is said. */
  times?(service: Service): number;
  /** What a supervisor has to look at although nothing is wrong with it. */
  exception?(service: Service): ExceptionKind | null;
  /** What the day log keeps of it beside its number. */
  logged(service: Service): { [key: string]: JsonValue };
  /** What the portal is told beside who, when and which number. */
  told(
    service: Service,
    visit: Visit,
  ): Pick<
    components['schemas']['CertificationPayload'],
    'clause' | 'counts' | 'extract' | 'conversion' | 'signature'
  >;
  /** Papers that came before the number and fall with it. */
  printedBefore?(service: Service): string[];
  papers(desk: Desk, tx: Reader, issue: Issue): NumberedPaper[];
};

/** Kinds of services that end with a number. */
export type IssuedKind = Exclude<ServiceDefinition['kind'], 'submission' | 'account'>;
