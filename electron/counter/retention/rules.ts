import type { z } from 'zod';
import type { RetentionTimes, serviceRetention } from '../../contract/retention.ts';

/**
 * What holds until the portal has said otherwise, and for settings of a portal that says nothing of it. They are the
 * proposals of our own notes, not of an act; the catalogue's are marked the same.
 */
export const defaultTimes: RetentionTimes = {
  content: 'PT24H',
  undelivered: 'P30D',
  ownPapers: 'PT24H',
  log: 'P30D',
  sessions: 'P1D',
  backups: 'P14D',
};

const HOUR_MS = 3_600_000;

/** Milliseconds of a time of the catalogue. Throws for another shape: the schema lets none in. */
export function durationMs(duration: string): number {
  const match = /^P(?:(\d+)D|T(\d+)H)$/.exec(duration);
  if (!match) throw new Error('A retention time is whole days or whole hours.');
  return match[1] !== undefined ? Number(match[1]) * 24 * HOUR_MS : Number(match[2]) * HOUR_MS;
}

/** What is known of a visit that decides when it is forgotten. Instants in ISO 8601, UTC. */
export type VisitFacts = {
  state: 'open' | 'parked' | 'closed' | 'cancelled';
  /** When the visit ended, or what came later of it (a correction, a reprint); null before its end. */
  endedAt: string | null;
  /** Effects that the machine or a person still has to deal with, a task about an accepted one among them. */
  openEffects: number;
  /** When the last effect was accepted with all its contents; null when there was none. */
  deliveredAt: string | null;
  /** When the last answer to any of them came; null when none has. */
  answeredAt: string | null;
  /** When the last effect was given up by a person's decision; null when none was. */
  givenUpAt: string | null;
  /** Prints the machine still has to do something about. */
  runningPrints: number;
  /** What the definitions of its services ask for. */
  services: readonly (z.output<typeof serviceRetention> | undefined)[];
};

const later = (at: string, duration: string): number => Date.parse(at) + durationMs(duration);

const longest = (times: readonly (string | undefined)[], otherwise: string): string =>
  times
    .map((time) => time ?? otherwise)
    .reduce((most, time) => (durationMs(time) > durationMs(most) ? time : most), times[0] ?? otherwise);

/**
 * When the content of a visit (identity, forms, scans, what was sent and what the desk's own papers say) must go; null
 * while something still needs it. Of several services in one visit the longest time holds, because they share the person.
 */
export function contentDueAt(visit: VisitFacts, times: RetentionTimes): Date | null {
  if (visit.state !== 'closed' && visit.state !== 'cancelled') return null;
  if (visit.endedAt === null || visit.openEffects > 0 || visit.runningPrints > 0) return null;
  const content = longest(
    visit.services.map((service) => service?.content),
    times.content,
  );
  const ownPapers = longest(
    visit.services.map((service) => service?.ownPapers),
    times.ownPapers,
  );
  return new Date(
    Math.max(
      later(visit.endedAt, content),
      later(visit.endedAt, ownPapers),
      visit.deliveredAt === null ? 0 : later(visit.deliveredAt, content),
      visit.answeredAt === null ? 0 : later(visit.answeredAt, content),
      visit.givenUpAt === null ? 0 : later(visit.givenUpAt, times.undelivered),
    ),
  );
}

/** The instant before which something of a class is too old. */
export const before = (now: Date, duration: string): string =>
  new Date(now.getTime() - durationMs(duration)).toISOString();

/** Numbers without a gap as ranges, ascending. */
export function rangesOf(sequences: readonly number[]): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (const sequence of sequences) {
    const last = ranges.at(-1);
    if (last && last.to === sequence - 1) last.to = sequence;
    else ranges.push({ from: sequence, to: sequence });
  }
  return ranges;
}
