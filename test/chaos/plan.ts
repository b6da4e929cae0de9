import { chanceOf } from './random.ts';

/** What a history does, as data: it can be printed, run again, and made shorter. Times in milliseconds from its start. */

export type PlannedBlob = { size: number; content: number };
export type PlannedAct = {
  at: number;
  visit: number;
  /** Its name within the history; stays the same when others are taken out. */
  name: number;
  kind: 'submission' | 'certification' | 'receipt';
  blobs: PlannedBlob[];
  /** The portal refuses it, and only a person can do something about that. */
  poison: 'office' | 'content' | null;
  /** A number it takes is cancelled so much later. */
  cancelAfter: number | null;
};

export const networkFaults = [
  'lose-request',
  'lose-answer',
  'duplicate',
  'late',
  'cut-request',
  'cut-answer',
  'reset',
  'bad-gateway',
  'portal-failed',
  'unavailable',
  'too-many',
  'other-page',
  'wrong-bytes',
  'wrong-upload',
  'slow-answer',
  'slow-reader',
] as const;
export type NetworkFault = (typeof networkFaults)[number];

export type Fault =
  /** The next calls (`count` of them) from then on fare so. `wait`: seconds of a delay or of `Retry-After`. */
  | { at: number; kind: NetworkFault; count: number; wait: number; where: number }
  | { at: number; kind: 'partition'; for: number; hangs: boolean }
  | { at: number; kind: 'disk-full'; for: number }
  | { at: number; kind: 'disk-error'; for: number }
  | { at: number; kind: 'death'; when: 'now' | 'before-commit' | 'after-commit'; for: number }
  | { at: number; kind: 'portal-death'; for: number }
  | { at: number; kind: 'clock'; skew: number };

/** Somebody carries a medium to the portal and its answer back, each so long; null: it is lost on its way. */
export type PlannedMedium = { at: number; carried: number | null; back: number | null; twice: boolean };

export type Plan = { seed: string; acts: PlannedAct[]; faults: Fault[]; media: PlannedMedium[] };

/** From then on everything is well. */
export const HEALED_MS = 6 * 60_000;
const LAST_ACT_MS = 4 * 60_000;

const SIZES = [0, 1, 400, 5_000, 40_000, 70_000, 300_000] as const;

function makeFault(chance: ReturnType<typeof chanceOf>): Fault {
  const at = chance.whole(0, HEALED_MS - 60_000);
  const most = HEALED_MS - at;
  const long = (longest: number): number => Math.min(chance.whole(100, longest), most);
  const die = chance.next();
  if (die < 0.62)
    return {
      at,
      kind: chance.pick(networkFaults),
      count: chance.pick([1, 1, 1, 2, 3, 6]),
      wait: chance.pick([1, 3, 10, 20, 45, 120]),
      where: Math.round(chance.next() * 1000) / 1000,
    };
  if (die < 0.72) return { at, kind: 'partition', for: long(120_000), hangs: chance.yes(0.5) };
  if (die < 0.8) return { at, kind: chance.pick(['disk-full', 'disk-error'] as const), for: long(40_000) };
  if (die < 0.93)
    return {
      at,
      kind: 'death',
      when: chance.pick(['now', 'before-commit', 'after-commit', 'after-commit'] as const),
      for: long(20_000),
    };
  if (die < 0.96) return { at, kind: 'portal-death', for: long(60_000) };
  return {
    at,
    kind: 'clock',
    skew: chance.pick([-86_400_000, -3_600_000, -60_000, 60_000, 3_600_000, 40 * 86_400_000]),
  };
}

/** The plan of one history of a run. */
export function planOf(runSeed: string, index: number): Plan {
  const seed = `${runSeed}/${index}`;
  const chance = chanceOf(seed, 'plan');
  const visits = chance.whole(1, 4);
  const acts: PlannedAct[] = Array.from({ length: chance.whole(1, 9) }, (_, name) => {
    const kind = chance.pick(['submission', 'submission', 'certification', 'receipt'] as const);
    const blobs =
      kind === 'receipt' || chance.yes(0.4)
        ? []
        : Array.from({ length: chance.whole(1, 3) }, () => ({
            size: chance.pick(SIZES),
            content: chance.whole(0, 5),
          }));
    return {
      at: chance.whole(0, LAST_ACT_MS),
      visit: chance.whole(1, visits),
      name,
      kind,
      blobs,
      poison: chance.yes(0.06)
        ? kind === 'submission'
          ? chance.pick(['office', 'content'] as const)
          : ('content' as const)
        : null,
      cancelAfter: kind === 'certification' && chance.yes(0.4) ? chance.whole(0, 60_000) : null,
    };
  });
  const faults = Array.from({ length: chance.pick([0, 1, 2, 3, 4, 5, 7, 10]) }, () => makeFault(chance));
  const carried = chanceOf(seed, 'media');
  const media = Array.from({ length: carried.pick([0, 0, 0, 1, 1, 2, 3]) }, () => ({
    at: carried.whole(0, LAST_ACT_MS),
    carried: carried.yes(0.2) ? null : carried.whole(100, 120_000),
    back: carried.yes(0.2) ? null : carried.whole(100, 120_000),
    twice: carried.yes(0.2),
  }));
  const byTime = (a: { at: number }, b: { at: number }): number => a.at - b.at;
  return { seed, acts: acts.sort(byTime), faults: faults.sort(byTime), media: media.sort(byTime) };
}
