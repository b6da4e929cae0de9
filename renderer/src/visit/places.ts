import type { ServiceView, StepName } from '../../../electron/contract/services.ts';
import type { VisitView } from '../../../electron/contract/visits.ts';

/** Where in a visit the clerk is. `step` of a service: one that is done and is looked at again; null: where it stands. */
export type Place =
  | { at: 'person' }
  /** What is going on for the verified person: submissions at offices, messages. */
  | { at: 'affairs' }
  | { at: 'services' }
  | { at: 'service'; serviceId: string; step: StepName | null }
  | { at: 'pay' }
  | { at: 'hand-over' };

/** What is to be done with a service now: its step, its outcome once it is accepted or issued, or why it ended. */
export type ServiceStage = Exclude<StepName, 'hand-over'> | 'result' | 'ended';

export function stageOf(service: ServiceView): ServiceStage {
  if (service.state === 'refused' || service.state === 'withdrawn') return 'ended';
  const current = service.steps.find(({ state }) => state === 'current')?.step;
  return service.state === 'done' || current === undefined || current === 'hand-over' ? 'result' : current;
}

export const isUnfinished = (service: ServiceView): boolean => {
  const stage = stageOf(service);
  return stage !== 'result' && stage !== 'ended';
};

/** Accepted, issued, or ended by a ticket: it cannot be taken back any more. */
export const isBinding = (service: ServiceView): boolean =>
  service.state === 'done' || service.acceptance !== null || service.certification !== null;

/** Whether the whole visit may still be cancelled: nothing was accepted, issued or paid. */
export const canBeCancelled = (visit: VisitView): boolean =>
  visit.payment.receipt === null && !visit.services.some(isBinding);

/** The next thing to do, by the state of the visit alone: where a visit opens and where each finished step leads. */
export function nextPlace(visit: VisitView): Place {
  const { identity, services, payment } = visit;
  if (identity.state === 'document-taken' || (identity.state === 'none' && services.length === 0)) {
    return { at: 'person' };
  }
  const unfinished = services.find(isUnfinished);
  if (unfinished !== undefined) return { at: 'service', serviceId: unfinished.id, step: null };
  if (!services.some((service) => stageOf(service) === 'result')) {
    return identity.state === 'refused' ? { at: 'hand-over' } : { at: 'services' };
  }
  return payment.due > 0 && payment.receipt === null ? { at: 'pay' } : { at: 'hand-over' };
}

/** All places in the order of the rail, for going back one. */
export const placesOf = (visit: VisitView): Place[] => [
  { at: 'person' },
  ...(visit.identity.state === 'verified' ? [{ at: 'affairs' } as const] : []),
  { at: 'services' },
  ...visit.services.map(({ id }): Place => ({ at: 'service', serviceId: id, step: null })),
  { at: 'pay' },
  { at: 'hand-over' },
];

export const samePlace = (a: Place, b: Place): boolean =>
  a.at === b.at && (a.at !== 'service' || b.at !== 'service' || a.serviceId === b.serviceId);

/** One place back; null at the first one. A step looked at again leads back to where its service stands. */
export function placeBefore(visit: VisitView, place: Place): Place | null {
  if (place.at === 'service' && place.step !== null) return { ...place, step: null };
  const places = placesOf(visit);
  const index = places.findIndex((other) => samePlace(other, place));
  return places[index - 1] ?? null;
}

/** A place that the visit has (a service may be gone, or of another visit), else the next thing to do. */
export function existingPlace(visit: VisitView, place: Place | null): Place {
  if (place === null) return nextPlace(visit);
  if (place.at === 'affairs' && visit.identity.state !== 'verified') return nextPlace(visit);
  if (place.at !== 'service') return place;
  const service = visit.services.find(({ id }) => id === place.serviceId);
  if (service === undefined) return nextPlace(visit);
  const looksBack = service.steps.some(({ step, state }) => step === place.step && state === 'done');
  return looksBack ? place : { ...place, step: null };
}

/** Key that leads to a place: fixed ones for what every visit has, 3 to 8 for its services. */
export function keyOf(visit: VisitView, place: Place): string | null {
  if (place.at === 'person') return 'Alt+1';
  if (place.at === 'affairs') return 'Alt+v';
  if (place.at === 'services') return 'Alt+2';
  if (place.at === 'pay') return 'Alt+9';
  if (place.at === 'hand-over') return 'Alt+0';
  const index = visit.services.findIndex(({ id }) => id === place.serviceId);
  return index >= 0 && index < 6 ? `Alt+${index + 3}` : null;
}
