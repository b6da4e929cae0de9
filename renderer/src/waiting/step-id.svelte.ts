import { systemRandom, uuidv7 } from '../../../electron/values/ids.ts';

/** An id for one step: the same as long as the same is asked for, so that asking again never does it twice. */
export function createStepId(): { of(asked: unknown): string } {
  let last = { what: '', id: '' };
  return {
    of(asked) {
      const what = JSON.stringify(asked);
      if (what !== last.what) last = { what, id: uuidv7({ now: () => Date.now(), random: systemRandom }) };
      return last.id;
    },
  };
}
