import type { FailureCode } from '../contract/failures.ts';
import { err } from '../values/result.ts';

/** An expected failure of a call, as a value. Its code must be one that the window has a sentence for. */
export const refuse = (code: FailureCode, params?: Record<string, string | number>) =>
  err(params === undefined ? { code } : { code, params });

/** Thrown inside a transaction to leave it without a trace; the dispatcher turns it into the failure it carries. */
export class Refusal extends Error {
  readonly failure: { code: FailureCode; params?: Record<string, string | number> };

  constructor(code: FailureCode, params?: Record<string, string | number>) {
    super(code);
    this.failure = params === undefined ? { code } : { code, params };
  }
}
