import type { z } from 'zod';
import type { dayLogCalls } from '../../contract/day-log.ts';
import type { Reader } from '../../store/open.ts';
import type { LogFilter } from './find.ts';
import { clerkNames, serviceTitles } from './names.ts';

type Totals = z.output<(typeof dayLogCalls)['day-log.totals']['output']>;
type Count = { kind: string; clerkId: string; definitionId: string; entries: number };

const ENDS = {
  'service-started': 'started',
  'submission-accepted': 'done',
  'copy-certified': 'done',
  'extract-issued': 'done',
  'conversion-issued': 'done',
  'ticket-handed': 'done',
  'signature-certified': 'done',
  'service-refused': 'refused',
  'service-withdrawn': 'withdrawn',
} as const;
const isEnd = (kind: string): kind is keyof typeof ENDS => Object.hasOwn(ENDS, kind);

const hourInPrague = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Prague',
  hour: '2-digit',
  hourCycle: 'h23',
});

const sum = (counts: readonly { entries: number }[]): number =>
  counts.reduce((total, { entries }) => total + entries, 0);

/** Counts of a period from the log's own counts; the index has to know the whole log. */
export function totalsOf(
  tx: Reader,
  filter: Pick<LogFilter, 'from' | 'to' | 'clerkId' | 'kind' | 'service'>,
): Totals {
  const { from, to, clerkId, kind, service } = filter;
  const all = tx.all<Count>(
    `SELECT kind, clerk_id AS clerkId, definition_id AS definitionId, sum(entries) AS entries
     FROM journal_day_counts WHERE legal_date BETWEEN ? AND ? GROUP BY 1, 2, 3`,
    [from, to],
  );
  const ofClerk = all.filter((count) => clerkId === null || count.clerkId === clerkId);
  const chosen = ofClerk.filter(
    (count) => (kind === null || count.kind === kind) && (service === null || count.definitionId === service),
  );
  const titles = serviceTitles(tx);
  const titleOf = (id: string) => titles.get(id) ?? { cs: id, en: id };
  const names = clerkNames(tx);

  const services = new Map<string, Totals['byService'][number]>();
  for (const count of ofClerk) {
    if (!isEnd(count.kind) || count.definitionId === '') continue;
    if (service !== null && count.definitionId !== service) continue;
    const of = services.get(count.definitionId) ?? {
      definitionId: count.definitionId,
      title: titleOf(count.definitionId),
      started: 0,
      done: 0,
      refused: 0,
      withdrawn: 0,
    };
    of[ENDS[count.kind]] += count.entries;
    services.set(count.definitionId, of);
  }

  const paid = tx.all<{ method: string; total: number }>(
    `SELECT r.method, sum(r.total) AS total FROM receipts AS r JOIN visits AS v ON v.id = r.visit_id
     WHERE r.legal_date BETWEEN ? AND ? AND r.cancelled_at IS NULL AND (? IS NULL OR v.clerk_id = ?)
     GROUP BY r.method`,
    [from, to, clerkId, clerkId],
  );
  const paidBy = (method: string) => paid.find((row) => row.method === method)?.total ?? 0;

  const hourKind = kind ?? (service === null ? 'visit-opened' : 'service-started');
  const kinds = new Map<string, number>();
  for (const count of all) kinds.set(count.kind, (kinds.get(count.kind) ?? 0) + count.entries);
  return {
    visits: sum(ofClerk.filter((count) => count.kind === 'visit-opened')),
    entries: sum(chosen),
    cash: paidBy('cash'),
    card: paidBy('card'),
    byService: [...services.values()].sort(
      (a, b) => b.done - a.done || b.started - a.started || a.definitionId.localeCompare(b.definitionId),
    ),
    byHour: { kind: hourKind, hours: byHour(tx, filter, hourKind) },
    choices: {
      clerks: [...new Set(all.map((count) => count.clerkId))]
        .flatMap((id) => {
          const name = names.get(id);
          return name === undefined ? [] : [{ clerkId: id, name }];
        })
        .sort((a, b) => a.name.localeCompare(b.name, 'cs')),
      kinds: [...kinds].map(([of, count]) => ({ kind: of, count })).sort((a, b) => b.count - a.count),
      services: [...new Set(all.map((count) => count.definitionId))]
        .filter((id) => id !== '')
        .map((id) => ({ definitionId: id, title: titleOf(id) }))
        .sort((a, b) => a.title.cs.localeCompare(b.title.cs, 'cs')),
    },
  };
}

/** From the first to the last hour with something in it, the empty ones between them too. */
function byHour(
  tx: Reader,
  { from, to, clerkId, service }: Pick<LogFilter, 'from' | 'to' | 'clerkId' | 'service'>,
  kind: string,
): { hour: number; count: number }[] {
  const rows = tx.all<{ hour: string; entries: number }>(
    `SELECT hour, sum(entries) AS entries FROM journal_hour_counts
     WHERE kind = ? AND legal_date BETWEEN ? AND ? AND (? IS NULL OR clerk_id = ?)
       AND (? IS NULL OR definition_id = ?)
     GROUP BY hour`,
    [kind, from, to, clerkId, clerkId, service, service],
  );
  const counts = new Map<number, number>();
  for (const row of rows) {
    const hour = Number(hourInPrague.format(new Date(`${row.hour}:00:00Z`)));
    counts.set(hour, (counts.get(hour) ?? 0) + row.entries);
  }
  const hours = [...counts.keys()];
  if (hours.length === 0) return [];
  const first = Math.min(...hours);
  return Array.from({ length: Math.max(...hours) - first + 1 }, (_, step) => ({
    hour: first + step,
    count: counts.get(first + step) ?? 0,
  }));
}
