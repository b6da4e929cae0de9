import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import type { Service, Visit } from '../visits/record.ts';
import { insertService } from '../visits/table.ts';
import type { Issuing } from './issue.ts';

/**
 * Starts a service for one more number of the same go: so each number has its own fee, papers, way to the portal and fate, and
 * cancelling a spoiled one touches no other. Returns it with the act that is to issue it.
 */
export function furtherService(
  desk: Desk,
  commanded: Issuing,
  visit: Visit,
  { definition, record: answers }: Pick<Service, 'definition' | 'record'>,
): { service: Service; act: Issuing } {
  const started = { ...commanded, actId: desk.newId() };
  const service = insertService(commanded.tx, {
    id: started.actId,
    visitId: visit.id,
    definition,
    state: 'in-progress',
    record: answers,
  });
  record(desk, started, {
    kind: 'service-started',
    visitId: visit.id,
    serviceId: service.id,
    payload: { service: definition.id, version: definition.version },
  });
  return { service, act: { ...commanded, actId: desk.newId() } };
}
