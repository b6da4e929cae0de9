import type { LineCode } from '../../sync/port.ts';
import type { Failure, Result } from '../../values/result.ts';

/** What the portal says now, or that it cannot be asked now; every other failure is its answer. */
export type Heard<T> = { isFresh: true; value: T } | { isFresh: false };

export function heard<T, C extends string>(
  answer: Result<T, Failure<C | LineCode>>,
): Result<Heard<T>, Failure<C | LineCode>> {
  if (answer.ok) return { ok: true, value: { isFresh: true, value: answer.value } };
  return answer.error.code.startsWith('line.') ? { ok: true, value: { isFresh: false } } : answer;
}
