import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retentionTimes } from '../../contract/retention.ts';
import { contentDueAt, defaultTimes, durationMs, rangesOf, type VisitFacts } from './rules.ts';

const HOUR_MS = 3_600_000;
const duration = fc.oneof(
  fc.nat(400).map((days) => `P${days}D`),
  fc.nat(2000).map((hours) => `PT${hours}H`),
);
const instant = fc
  .integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) })
  .map((ms) => new Date(ms).toISOString());
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const times = fc.record({
  content: duration,
  undelivered: duration,
  ownPapers: duration,
  log: duration,
  sessions: duration,
  backups: duration,
});
const ended: fc.Arbitrary<VisitFacts> = fc.record({
  state: fc.constantFrom('closed', 'cancelled'),
  endedAt: instant,
  openEffects: fc.constant(0),
  deliveredAt: maybe(instant),
  answeredAt: maybe(instant),
  givenUpAt: maybe(instant),
  runningPrints: fc.constant(0),
  services: fc.array(
    fc.oneof(
      fc.constant(undefined),
      duration.map((content) => ({ content })),
    ),
    { maxLength: 3 },
  ),
});

describe('a time of the catalogue', () => {
  it('is whole days or whole hours', () => {
    expect(durationMs('P30D')).toBe(30 * 24 * HOUR_MS);
    expect(durationMs('PT24H')).toBe(24 * HOUR_MS);
    expect(durationMs('P0D')).toBe(0);
    for (const wrong of ['P1M', 'P1Y', '30', 'PT5M', 'P1DT2H', ''])
      expect(retentionTimes.safeParse({ ...defaultTimes, content: wrong }).success).toBe(false);
  });

  it('of the program itself is one the catalogue could give', () => {
    expect(retentionTimes.parse(defaultTimes)).toEqual(defaultTimes);
  });
});

describe('the content of a visit', () => {
  it('never goes while the visit goes on, something of it is on its way, or a paper is in the printer', () => {
    fc.assert(
      fc.property(
        ended,
        times,
        fc.constantFrom<Partial<VisitFacts>>(
          { state: 'open', endedAt: null },
          { state: 'parked', endedAt: null },
          { openEffects: 1 },
          { runningPrints: 1 },
        ),
        (visit, of, hindrance) => contentDueAt({ ...visit, ...hindrance }, of) === null,
      ),
    );
  });

  it('goes at the catalogue’s time after the last of end, delivery and answer, never before', () => {
    fc.assert(
      fc.property(ended, times, (visit, of) => {
        const due = contentDueAt(visit, of);
        if (due === null) return false;
        const content = Math.max(
          ...(visit.services.length === 0 ? [undefined] : visit.services).map((one) =>
            durationMs(one?.content ?? of.content),
          ),
        );
        const isPast = (at: string | null, ms: number) => at === null || due.getTime() >= Date.parse(at) + ms;
        return (
          isPast(visit.endedAt, content) &&
          isPast(visit.deliveredAt, content) &&
          isPast(visit.answeredAt, content) &&
          isPast(visit.givenUpAt, durationMs(of.undelivered))
        );
      }),
    );
  });

  it('is kept as long as the service that needs it longest', () => {
    const visit: VisitFacts = {
      state: 'closed',
      endedAt: '2026-04-01T08:00:00.000Z',
      openEffects: 0,
      deliveredAt: '2026-04-01T09:00:00.000Z',
      answeredAt: null,
      givenUpAt: null,
      runningPrints: 0,
      services: [undefined, { content: 'P7D' }, { content: 'P0D' }],
    };
    expect(contentDueAt(visit, defaultTimes)?.toISOString()).toBe('2026-04-08T09:00:00.000Z');
    const short = { ...visit, services: [{ content: 'P0D', ownPapers: 'P0D' }] };
    expect(contentDueAt(short, defaultTimes)?.toISOString()).toBe('2026-04-01T09:00:00.000Z');
  });
});

it('ranges are what they were made of', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(200)), (numbers) => {
      const ascending = numbers.sort((a, b) => a - b);
      const ranges = rangesOf(ascending);
      const again = ranges.flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
      expect(again).toEqual(ascending);
      for (const [index, range] of ranges.entries())
        expect(range.from).toBeGreaterThan((ranges[index - 1]?.to ?? -2) + 1);
    }),
  );
});
