import type { ZoneOfImage } from '../../contract/identity.ts';
import type { Timers } from '../../devices/timers.ts';

/** A reading that nobody took over; the clerk may be comparing it with the document meanwhile. */
const FORGOTTEN_AFTER_MS = 30 * 60_000;
const MOST = 8;

type OfReader = { lines: readonly string[]; visitId: string | null };
type OfImage = { zone: ZoneOfImage; visitId: string | null };

/**
 * What the desk's own reader and scanner read of zones lately, in memory only: a document is taken as read by a machine when the machine
 * did read it, whatever a window says. A reading is of one visit: of the one that was open when it came, else of the first that takes it.
 */
export function createZoneReadings(timers: Timers, openVisit: () => string | null) {
  let ofReader: OfReader[] = [];
  let ofImage: OfImage | null = null;
  let stopForgetting = (): void => {};

  function forgetAll(): void {
    stopForgetting();
    ofReader = [];
    ofImage = null;
  }
  function keep(): void {
    stopForgetting();
    stopForgetting = timers.after(FORGOTTEN_AFTER_MS, forgetAll);
  }

  return {
    fromReader(lines: readonly string[]): void {
      ofReader = [{ lines, visitId: openVisit() }, ...ofReader].slice(0, MOST);
      keep();
    },
    fromImage(zone: ZoneOfImage, visitId: string | null): void {
      ofImage = { zone, visitId };
      keep();
    },
    /** What a visit may take; with that it is its own. */
    of: (visitId: string) => ({
      /** Whether the reader read just these lines. */
      hasRead(lines: readonly string[]): boolean {
        const read = ofReader.find((one) => isFor(one, visitId) && one.lines.join('\n') === lines.join('\n'));
        if (read) read.visitId = visitId;
        return read !== undefined;
      },
      /** The zone of the last picture, when it has the form of these lines. */
      imageLike(lines: readonly string[]): ZoneOfImage | null {
        if (ofImage === null || !isFor(ofImage, visitId) || !isOfForm(ofImage.zone, lines)) return null;
        ofImage.visitId = visitId;
        return ofImage.zone;
      },
    }),
    /** What a visit took goes with its form, and so does what nobody took. */
    forget(visitId: string): void {
      ofReader = ofReader.filter((one) => !isFor(one, visitId));
      if (ofImage !== null && isFor(ofImage, visitId)) ofImage = null;
    },
    forgetAll,
  };
}

const isFor = (reading: { visitId: string | null }, visitId: string): boolean =>
  reading.visitId === null || reading.visitId === visitId;

const isOfForm = (zone: ZoneOfImage, lines: readonly string[]): boolean =>
  zone.lines.length === lines.length && zone.lines.every((line, at) => line.length === lines[at]?.length);

export type ZoneReadings = ReturnType<typeof createZoneReadings>;
/** Those that one visit may take. */
export type OwnReadings = ReturnType<ZoneReadings['of']>;
