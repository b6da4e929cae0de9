import { z } from 'zod';
import { define } from './call.ts';
import { crowns, id, instant, localDate, nothing, text } from './shared.ts';

export const logEntry = z.strictObject({
  sequence: z.int(),
  at: instant,
  legalDate: localDate,
  kind: z.string(),
  clerkId: z.string(),
  /** Empty where no clerk acted but the desk itself. */
  clerkName: z.string(),
  role: z.string(),
  visitId: z.string().nullable(),
  ticket: z.int().nullable(),
  service: text.nullable(),
  /** What the act says in codes the window names: which document, how it ended. */
  codes: z.array(z.strictObject({ of: z.string(), code: z.string() })),
  summary: z.string(),
});
export type LogEntry = z.output<typeof logEntry>;

/** Of an act's effect at the portal, or of the service it belongs to. */
export const logStates = [
  'effect.waiting',
  'effect.needs-person',
  'effect.accepted',
  'effect.closed',
  'service.in-progress',
  'service.done',
  'service.refused',
  'service.withdrawn',
] as const;
export type LogState = (typeof logStates)[number];

/** What an entry says in ids of master data, in words: names of members, and of values as `member=value`. */
export const logWords = z.strictObject({
  members: z.record(z.string(), text),
  values: z.record(z.string(), text),
});
export type LogWords = z.output<typeof logWords>;

const who = ['supervisor'] as const;
export const logFilter = z.strictObject({
  from: localDate,
  to: localDate,
  clerkId: z.string().max(60).nullable(),
  kind: z.string().max(60).nullable(),
  /** Id of a service's definition. */
  service: z.string().max(100).nullable(),
  state: z.enum(logStates).nullable(),
  /** A ticket, a number of a register book, of a receipt, or a reference number. */
  number: z.string().max(60),
  /** Words, each from its beginning, without case and diacritics; or a whole id of an act or a visit. */
  search: z.string().max(100),
});

/** `jsonl`: the log itself with its proofs and without contents, as the verifier reads it (docs/log-format.md). */
export const exportFormats = ['csv', 'xlsx', 'pdf', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** A file on its way out of the desk. */
export const exportView = z.strictObject({
  exportId: id,
  fileName: z.string(),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  done: z.int(),
  total: z.int(),
  failure: z.strictObject({ code: z.string() }).nullable(),
});
export type ExportView = z.output<typeof exportView>;

const name = z.string().max(100);

export const dayLogCalls = {
  'day-log.page': define({
    kind: 'query',
    who,
    input: z.strictObject({
      filter: logFilter,
      /** Entries older than this one, or newer than that one; without both the newest. */
      before: z.int().nullable(),
      after: z.int().nullable(),
      limit: z.int().min(1).max(200),
    }),
    output: z.strictObject({ entries: z.array(logEntry), older: z.boolean(), newer: z.boolean() }),
  }),
  'day-log.entry': define({
    kind: 'query',
    who,
    input: z.strictObject({ sequence: z.int().min(0) }),
    output: z.strictObject({
      entry: logEntry,
      epoch: z.int(),
      /** Hex SHA-256 of the leaf as the hash tree takes it (RFC 6962). */
      leafHash: z.string(),
      leaf: z.string(),
      /** Whether leaf and payload still have the hashes they were written with. */
      intact: z.boolean(),
      payload: z.json().nullable(),
      words: logWords,
      erasedAt: instant.nullable(),
      /** State of the act's effect at the portal; null when it has none. */
      effect: z.strictObject({ state: z.string(), referenceNumber: z.string().nullable() }).nullable(),
      /** The proof that the entry lies in the log a checkpoint covers; null until there is one. */
      proof: z
        .strictObject({
          size: z.int(),
          index: z.int(),
          rootHash: z.string(),
          path: z.array(z.string()),
          madeAt: instant,
          /** When the portal countersigned it; null while it has not. */
          countersignedAt: instant.nullable(),
          note: z.string(),
        })
        .nullable(),
    }),
  }),
  'day-log.totals': define({
    kind: 'query',
    who,
    input: z.strictObject({
      filter: logFilter.pick({ from: true, to: true, clerkId: true, kind: true, service: true }),
    }),
    output: z.strictObject({
      visits: z.int(),
      entries: z.int(),
      cash: crowns,
      card: crowns,
      byService: z.array(
        z.strictObject({
          definitionId: z.string(),
          title: text,
          started: z.int(),
          done: z.int(),
          refused: z.int(),
          withdrawn: z.int(),
        }),
      ),
      /** Entries of one kind in each hour of the day, in Prague. */
      byHour: z.strictObject({
        kind: z.string(),
        hours: z.array(z.strictObject({ hour: z.int().min(0).max(23), count: z.int() })),
      }),
      /** What can be chosen from in the period, whatever is chosen now. */
      choices: z.strictObject({
        clerks: z.array(z.strictObject({ clerkId: z.string(), name: z.string() })),
        kinds: z.array(z.strictObject({ kind: z.string(), count: z.int() })),
        services: z.array(z.strictObject({ definitionId: z.string(), title: text })),
      }),
    }),
  }),
  /**
   * Writes what the filter finds into a file where the person chooses; an act of its own, because data leave the desk.
   * Null when they chose no place. How far it is comes as `export-changed`.
   */
  'day-log.export': define({
    kind: 'command',
    who,
    input: z.strictObject({
      filter: logFilter,
      format: z.enum(exportFormats),
      /** How the window names what the file shows; only texts to print. */
      names: z.strictObject({
        columns: z.array(name).length(9),
        kinds: z.record(z.string().max(60), name),
        roles: z.record(z.string().max(60), name),
        values: z.record(z.string().max(120), name),
        machine: name,
      }),
    }),
    output: exportView.nullable(),
  }),
  'day-log.cancel-export': define({
    kind: 'command',
    who,
    input: z.strictObject({ exportId: id }),
    output: exportView.nullable(),
  }),
  /** The export under way or the last one of this run; null before the first. */
  'day-log.export-state': define({ kind: 'query', who, input: nothing, output: exportView.nullable() }),
};
