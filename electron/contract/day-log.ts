import { z } from 'zod';
import { define } from './call.ts';
import { crowns, instant, localDate } from './shared.ts';

export const logEntry = z.strictObject({
  sequence: z.int(),
  at: instant,
  legalDate: localDate,
  kind: z.string(),
  clerkId: z.string(),
  clerkName: z.string(),
  role: z.string(),
  visitId: z.string().nullable(),
  ticket: z.int().nullable(),
  summary: z.string(),
});
export type LogEntry = z.output<typeof logEntry>;

const who = ['supervisor'] as const;
const filter = z.strictObject({
  from: localDate,
  to: localDate,
  clerkId: z.string().max(60).nullable(),
  kind: z.string().max(60).nullable(),
  search: z.string().max(100),
});

export const dayLogCalls = {
  'day-log.page': define({
    kind: 'query',
    who,
    input: z.strictObject({ filter, before: z.int().nullable(), limit: z.int().min(1).max(200) }),
    output: z.strictObject({ entries: z.array(logEntry), more: z.boolean() }),
  }),
  'day-log.entry': define({
    kind: 'query',
    who,
    input: z.strictObject({ sequence: z.int().min(0) }),
    output: z.strictObject({
      entry: logEntry,
      /** Hex SHA-256 of the leaf as the hash tree takes it (RFC 6962). */
      leafHash: z.string(),
      leaf: z.string(),
      /** Whether leaf and payload still have the hashes they were written with. */
      intact: z.boolean(),
      payload: z.json().nullable(),
    }),
  }),
  'day-log.totals': define({
    kind: 'query',
    who,
    input: z.strictObject({ filter }),
    output: z.strictObject({
      visits: z.int(),
      entries: z.int(),
      byKind: z.array(z.strictObject({ kind: z.string(), count: z.int() })),
      byService: z.array(z.strictObject({ title: z.string(), count: z.int() })),
      cash: crowns,
      card: crowns,
      clerks: z.array(z.strictObject({ clerkId: z.string(), name: z.string() })),
    }),
  }),
};
