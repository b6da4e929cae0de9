import type { Clock } from '../../values/clock.ts';
import type { Log, LogFields } from '../log.ts';

/** A code that somebody met, and when. No text of it comes from a person or a document. */
export type Trouble = { at: string; code: string };

const MOST = 30;

/**
 * The last errors since the start, for the report: what goes into the log as a warning or an error, and refusals the windows were told.
 * Gives the log that notes them on their way.
 */
export function keepTroubles(log: Log, clock: Clock) {
  const kept: Trouble[] = [];
  const note = (code: string): void => {
    kept.unshift({ at: clock.now().toISOString(), code });
    kept.length = Math.min(kept.length, MOST);
  };
  const codeOf = ({ code, call }: LogFields, message: string): string => code ?? call ?? message;
  const noting: Log = {
    info: log.info,
    warn: (fields, message) => {
      note(codeOf(fields, message));
      log.warn(fields, message);
    },
    error: (fields, message) => {
      note(codeOf(fields, message));
      log.error(fields, message);
    },
  };
  return { log: noting, note, last: (): readonly Trouble[] => kept };
}
export type Troubles = ReturnType<typeof keepTroubles>;
