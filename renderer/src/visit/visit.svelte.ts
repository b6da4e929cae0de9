import { createContext } from 'svelte';
import type { IdentityView } from '../../../electron/contract/identity.ts';
import type { CallInput, CallName, CallOutput } from '../../../electron/contract/index.ts';
import type { ServiceView } from '../../../electron/contract/services.ts';
import type { VisitView } from '../../../electron/contract/visits.ts';
import type { Failure, Result } from '../../../electron/values/result.ts';
import { type Action, createAction, type Query, useDesk } from '../counter/desk.svelte.ts';
import { freshAffairs } from './affairs/page.ts';
import type { VisitDraft } from './drafts.svelte.ts';
import { existingPlace, nextPlace, type Place } from './places.ts';

/** The one next thing to do, as the bar offers it under Ctrl+Enter. */
export type Primary = {
  label: string;
  run: () => void;
  busy?: boolean;
  enabled?: boolean;
  /** Beside the button: what is missing, or what will happen. */
  note?: string | null;
  /** What may be done in place of waiting for it, by a key of its own. */
  instead?: { label: string; key: string; run: () => void };
  /** Why it did not work the last time. */
  failure?: Failure | null;
};

/** What every step of a visit works with. */
export type VisitContext = {
  readonly visit: VisitView;
  readonly draft: VisitDraft;
  readonly place: Place;
  readonly primary: Primary | null;
  /** To a place; null: to where the visit stands. */
  go(place: Place | null): void;
  takeVisit(visit: VisitView): void;
  takeService(service: ServiceView): void;
  takeIdentity(identity: IdentityView): void;
  offer(primary: () => Primary | null): () => void;
};

const [getVisit, setVisit] = createContext<VisitContext>();

export { setVisit };
export const useVisit = getVisit;

export function createVisit(
  visit: () => VisitView,
  draft: VisitDraft,
  query: Query<'visits.get'>,
): VisitContext {
  let offered = $state.raw<(() => Primary | null) | null>(null);
  // The clerk leaves a place by what the clerk does: a change from elsewhere (an exemption, a print) moves nobody.
  draft.place = existingPlace(visit(), draft.place);
  const place = $derived(existingPlace(visit(), draft.place));
  const primary = $derived(offered?.() ?? null);
  // A part that changed is shown at once; what follows from it elsewhere in the visit is asked for right after.
  const takePart = (part: Partial<VisitView>): void => {
    query.set({ ...visit(), ...part });
    query.refresh();
  };
  return {
    get visit() {
      return visit();
    },
    draft,
    get place() {
      return place;
    },
    get primary() {
      return primary;
    },
    go(next) {
      draft.place = next ?? nextPlace(visit());
    },
    takeVisit: query.set,
    takeService(service) {
      const { services } = visit();
      const known = services.some(({ id }) => id === service.id);
      takePart({
        services: known
          ? services.map((other) => (other.id === service.id ? service : other))
          : [...services, service],
      });
    },
    takeIdentity(identity) {
      // What was shown of one person is not there for whoever is verified next, nor in another capacity.
      if (identity.state !== 'verified') draft.affairs = freshAffairs();
      takePart({ identity });
    },
    offer(next) {
      offered = next;
      return () => {
        if (offered === next) offered = null;
      };
    },
  };
}

/** Offers the step's primary action as long as the step is shown. */
export function usePrimary(primary: () => Primary | null): void {
  const visit = useVisit();
  $effect(() => visit.offer(primary));
}

/** A command set off by a button: its answer goes where `take` puts it, its failure stays to be shown. */
export function useCommand<N extends CallName>(
  name: N,
  take: (output: CallOutput<N>) => void,
): Action<[CallInput<N>], CallOutput<N>> {
  const { client } = useDesk();
  return createAction(async (input: CallInput<N>): Promise<Result<CallOutput<N>, Failure>> => {
    const reply = await client.call(name, input);
    if (reply.ok) take(reply.value);
    return reply;
  });
}
