import type { ZoneOfImage } from '../../contract/identity.ts';
import type { Timers } from '../../devices/timers.ts';

/** A reading that nobody took over; the clerk may be comparing it with the document meanwhile. */
const FORGOTTEN_AFTER_MS = 30 * 60_000;
const MOST = 8;

/**
 * What the desk's own reader and scanner read of zones lately, in memory only: a document is taken as read by a machine when the machine
 * did read it, whatever a window says.
 */
export function createZoneReadings(timers: Timers) {
  let ofReader: (readonly string[])[] = [];
  let ofImage: ZoneOfImage | null = null;
  let stopForgetting = (): void => {};

  function forget(): void {
    stopForgetting();
    ofReader = [];
    ofImage = null;
  }
  function keep(): void {
    stopForgetting();
    stopForgetting = timers.after(FORGOTTEN_AFTER_MS, forget);
  }

  return {
    fromReader(lines: readonly string[]): void {
      ofReader = [lines, ...ofReader].slice(0, MOST);
      keep();
    },
    fromImage(zone: ZoneOfImage): void {
      ofImage = zone;
      keep();
    },
    /** Whether the reader read just these lines. */
    hasRead: (lines: readonly string[]): boolean =>
      ofReader.some((read) => read.join('\n') === lines.join('\n')),
    /** The zone of the last picture, when it has the form of these lines. */
    imageLike: (lines: readonly string[]): ZoneOfImage | null =>
      ofImage !== null &&
      ofImage.lines.length === lines.length &&
      ofImage.lines.every((line, at) => line.length === lines[at]?.length)
        ? ofImage
        : null,
    stop: forget,
  };
}

export type ZoneReadings = ReturnType<typeof createZoneReadings>;
