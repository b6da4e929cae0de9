import type { StepName } from '../../contract/services.ts';
import { Refusal } from '../failure.ts';
import { identityLackingFor } from '../identity/enough.ts';
import type { Service, Visit } from '../visits/record.ts';
import { currentStep } from './steps.ts';

/** Refuses a step that is not the one the service stands at. */
export function standsAt(service: Service, step: StepName): void {
  if (currentStep(service) !== step) throw new Refusal('service.not-at-this-step');
}

/** Whoever acts needs what the definition asks of a clerk and of the visit, also in the middle of the service. */
export function mayGoOn(visit: Visit, service: Service, session: { competences: readonly string[] }): void {
  const lacking = identityLackingFor(service.definition, visit.identity);
  if (lacking !== null) throw new Refusal(lacking);
  if (service.definition.competence && !session.competences.includes(service.definition.competence))
    throw new Refusal('service.needs-competence');
}
