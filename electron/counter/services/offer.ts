import type { FailureCode } from '../../contract/failures.ts';
import type { ServiceDefinition } from '../../contract/services.ts';
import { identityLackingFor } from '../identity/enough.ts';
import type { Visit } from '../visits/record.ts';

/** What stands in the way of starting a service now; the window says it before the clerk begins, not after. */
export function obstacleTo(
  definition: ServiceDefinition,
  visit: Visit,
  session: { competences: readonly string[] },
  line: 'up' | 'down' | 'unknown',
): { code: FailureCode } | null {
  if (definition.competence && !session.competences.includes(definition.competence))
    return { code: 'service.needs-competence' };
  const lacking = identityLackingFor(definition, visit.identity);
  if (lacking !== null) return { code: lacking };
  if (definition.offline === 'none' && line !== 'up') return { code: 'service.needs-line' };
  return null;
}
