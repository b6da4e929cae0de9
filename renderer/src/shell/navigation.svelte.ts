import { isUuid } from '../../../electron/values/ids.ts';

/** Where the clerk is. Kept in the address, so that a reload of the window comes back to the same place. */
export type Place =
  | { screen: 'home' }
  | { screen: 'visit'; visitId: string }
  | { screen: 'queue' }
  | { screen: 'day-log'; sequence?: number }
  | { screen: 'exceptions' }
  | { screen: 'guides'; guideId?: string }
  | { screen: 'waiting' }
  | { screen: 'book' }
  | { screen: 'cash-desk' }
  | { screen: 'closing' }
  | { screen: 'devices' }
  | { screen: 'settings' };

export function toHash(place: Place): string {
  if (place.screen === 'day-log' && place.sequence !== undefined) return `#day-log/${place.sequence}`;
  if (place.screen === 'guides' && place.guideId !== undefined) return `#guides/${place.guideId}`;
  return place.screen === 'visit' ? `#visit/${place.visitId}` : `#${place.screen}`;
}

export function fromHash(hash: string): Place {
  const [screen, argument = ''] = hash.replace(/^#/, '').split('/');
  if (screen === 'visit' && isUuid(argument)) return { screen, visitId: argument };
  if (screen === 'day-log' && /^\d{1,9}$/.test(argument)) return { screen, sequence: Number(argument) };
  if (screen === 'guides' && /^[a-z0-9-]{1,60}$/.test(argument)) return { screen, guideId: argument };
  if (screen === 'guides' || screen === 'book' || screen === 'waiting') return { screen };
  if (screen === 'queue' || screen === 'day-log' || screen === 'exceptions' || screen === 'settings')
    return { screen };
  if (screen === 'cash-desk' || screen === 'closing' || screen === 'devices') return { screen };
  return { screen: 'home' };
}

let place = $state.raw<Place>(fromHash(location.hash));
let before: Place = { screen: 'home' };
window.addEventListener('hashchange', () => {
  place = fromHash(location.hash);
});

export const navigation = {
  get place(): Place {
    return place;
  },
  go(next: Place): void {
    before = place;
    place = next;
    const hash = toHash(next);
    if (location.hash !== hash) location.hash = hash;
  },
  /** To where the clerk came from. */
  back(): void {
    navigation.go(before);
  },
};
