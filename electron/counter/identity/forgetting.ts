import * as commands from '../../store/commands.ts';
import type { Tx } from '../../store/open.ts';
import type { Desk } from '../desk.ts';
import type { IdentityRecord, Visit } from '../visits/record.ts';
import type { ChipReadings } from './chip.ts';
import type { ZoneReadings } from './zone-readings.ts';

type Commanded = { tx: Tx; after(effect: () => void): void };

/** What a machine read lives until the form is closed: confirmed, refused, or left with its visit or by its clerk. */
export function createForgetting(
  desk: Pick<Desk, 'store'>,
  { chips, zones }: { chips: Pick<ChipReadings, 'end' | 'stop'>; zones: ZoneReadings },
) {
  return {
    /** Forgets it in memory, in what commands answered, and in the store's own log; the visit is saved `withoutRead`. */
    read({ tx, after }: Commanded, { id, openedAt }: Pick<Visit, 'id' | 'openedAt'>): void {
      // Also of documents that were read before the one that was taken, and of numbers before they were mended.
      commands.eraseResults(tx, openedAt, ['"mrzName":{']);
      commands.eraseResults(tx, openedAt, ['"writing":"zone"']);
      after(() => {
        zones.forget(id);
        chips.end(id);
        void desk.store.cutLog();
      });
    },
    /** Whoever goes aside for a while leaves no photo here; what was read of zones waits with them. */
    chip({ after }: Pick<Commanded, 'after'>, { id }: Pick<Visit, 'id'>): void {
      after(() => chips.end(id));
    },
    /** Nobody is at the desk whose form it could be. */
    everything(): void {
      zones.forgetAll();
      chips.stop();
    },
  };
}

export type Forgetting = ReturnType<typeof createForgetting>;

/** What the zone said goes; of the comparison its outcome stays. */
export const withoutRead = (identity: IdentityRecord): IdentityRecord => ({
  ...identity,
  mrzName: null,
  sources: [],
});

/** With the end of the visit also which documents were refuted in it. */
export const afterVisit = (identity: IdentityRecord): IdentityRecord => ({
  ...withoutRead(identity),
  refuted: [],
});
