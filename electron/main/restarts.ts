/** How often, and after what delay, something that died is started again. Times in milliseconds. */
export type RestartLimits = { most: number; withinMs: number; firstDelayMs: number; longestDelayMs: number };

export const processLimits: RestartLimits = {
  most: 5,
  withinMs: 60_000,
  firstDelayMs: 100,
  longestDelayMs: 10_000,
};
export const windowLimits: RestartLimits = { most: 3, withinMs: 60_000, firstDelayMs: 0, longestDelayMs: 0 };

/**
 * Decides about one more start after a death at `nowMs` (monotonic). `deaths` are the earlier ones still remembered.
 * Returns the deaths to remember and the delay before the next start, null when it died too often: then a person decides.
 */
export const afterDeath = (
  deaths: readonly number[],
  nowMs: number,
  limits: RestartLimits,
): { deaths: number[]; delayMs: number | null } => {
  const recent = [...deaths.filter((at) => nowMs - at < limits.withinMs), nowMs];
  return {
    deaths: recent,
    delayMs:
      recent.length > limits.most
        ? null
        : Math.min(limits.firstDelayMs * 2 ** (recent.length - 1), limits.longestDelayMs),
  };
};
