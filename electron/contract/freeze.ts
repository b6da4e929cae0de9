import { z } from 'zod';
import { failure } from './shared.ts';

/** What can stop new acts at a desk: old master data, too much unsent, days nobody closed, a clock not to be trusted. */
export const freezeRules = ['master-data', 'unsent', 'unclosed-days', 'clock'] as const;
export type FreezeRule = (typeof freezeRules)[number];

export const countdown = z.strictObject({
  rule: z.enum(freezeRules),
  /** Whole days (`master-data`, `unclosed-days`), acts (`unsent`) or minutes (`clock`), and how many are allowed. */
  value: z.int().min(0),
  limit: z.int().min(1),
  frozen: z.boolean(),
});
export type Countdown = z.output<typeof countdown>;

/** `countdowns` holds the rules that are half way or further; `frozen` is the sentence while new acts are refused. */
export const freezeView = z.strictObject({ frozen: failure.nullable(), countdowns: z.array(countdown) });
export type FreezeView = z.output<typeof freezeView>;
