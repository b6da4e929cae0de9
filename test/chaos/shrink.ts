import type { Fault, Plan, PlannedAct, PlannedMedium } from './plan.ts';

type Part = { act: PlannedAct } | { fault: Fault } | { medium: PlannedMedium };

const planWith = (plan: Plan, parts: readonly Part[]): Plan => ({
  seed: plan.seed,
  acts: parts.flatMap((part) => ('act' in part ? [part.act] : [])),
  faults: parts.flatMap((part) => ('fault' in part ? [part.fault] : [])),
  media: parts.flatMap((part) => ('medium' in part ? [part.medium] : [])),
});

/** Simpler forms of one part; the simplest first. */
function simpler(part: Part): Part[] {
  if ('act' in part) {
    const { act } = part;
    return [
      ...(act.blobs.length > 0 ? [{ act: { ...act, blobs: [] } }] : []),
      ...(act.blobs.length > 1 ? act.blobs.map((blob) => ({ act: { ...act, blobs: [blob] } })) : []),
      ...(act.cancelAfter === null ? [] : [{ act: { ...act, cancelAfter: null } }]),
      ...(act.poison === null ? [] : [{ act: { ...act, poison: null } }]),
    ];
  }
  if ('medium' in part) {
    const { medium } = part;
    return medium.twice ? [{ medium: { ...medium, twice: false } }] : [];
  }
  const { fault } = part;
  return 'count' in fault && fault.count > 1 ? [{ fault: { ...fault, count: 1 } }] : [];
}

/**
 * The shortest history found in which the same thing goes wrong: takes out halves, quarters and so on of what happens (delta
 * debugging), then makes what is left simpler. Stops at the deadline with the best so far.
 */
export async function shrink(
  plan: Plan,
  stillFails: (plan: Plan) => Promise<boolean>,
  deadlineMs: number,
): Promise<Plan> {
  let parts: Part[] = [
    ...plan.acts.map((act) => ({ act })),
    ...plan.faults.map((fault) => ({ fault })),
    ...plan.media.map((medium) => ({ medium })),
  ];
  const inTime = (): boolean => performance.now() < deadlineMs;
  let pieces = 2;
  while (parts.length > 1 && inTime()) {
    const size = Math.ceil(parts.length / pieces);
    let found = false;
    for (let from = 0; from < parts.length && inTime(); from += size) {
      const rest = [...parts.slice(0, from), ...parts.slice(from + size)];
      if (!(await stillFails(planWith(plan, rest)))) continue;
      parts = rest;
      pieces = Math.max(2, pieces - 1);
      found = true;
      break;
    }
    if (found) continue;
    if (size === 1) break;
    pieces = Math.min(parts.length, pieces * 2);
  }
  for (let index = 0; index < parts.length; index += 1)
    for (let again = true; again && inTime(); ) {
      again = false;
      const part = parts[index];
      for (const one of part ? simpler(part) : []) {
        const tried = parts.map((other, place) => (place === index ? one : other));
        if (!(await stillFails(planWith(plan, tried)))) continue;
        parts = tried;
        again = true;
        break;
      }
    }
  return planWith(plan, parts);
}
