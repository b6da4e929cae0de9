import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  actionsOf,
  deliveryEvents,
  deliveryStates,
  isGivenUp,
  nextState,
  ownerOf,
  problemRules,
  statesWith,
} from './delivery-rules.ts';

const doc = readFileSync(new URL('../../docs/delivery.md', import.meta.url), 'utf8');
const cs: Record<string, string> = JSON.parse(
  readFileSync(new URL('../../renderer/messages/failures.cs.json', import.meta.url), 'utf8'),
);

/** The rows of the document's table with this first column, cells without their marks. */
const tableOf = (first: string): string[][] => {
  const lines = doc.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| ${first} |`));
  expect(head, first).toBeGreaterThan(0);
  const rows: string[][] = [];
  for (let at = head + 2; lines[at]?.startsWith('|'); at += 1)
    rows.push(
      (lines[at] ?? '')
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
  return rows;
};

describe('the document', () => {
  it('has the table of states and events that the code moves by', () => {
    const rows = deliveryEvents.map((event) => [
      event,
      ...deliveryStates.map((state) => nextState(state, event) ?? '–'),
    ]);
    expect(tableOf('Event').map((row) => row.slice(0, 8))).toEqual(rows);
  });

  it('has every code under which something becomes a person’s, whose it is, and what can be done', () => {
    const rows = Object.entries(problemRules).map(([code, { owner, retry, complete }]) => [
      code,
      owner,
      [...(retry ? ['retry'] : []), ...(complete ? ['complete'] : [])].join(', ') || '–',
    ]);
    expect(tableOf('Code').map((row) => row.slice(0, 3))).toEqual(rows);
  });
});

describe('the rules', () => {
  const problem = { code: 'effect.refused', handedOver: false };

  it('give everything an owner, and every person’s task something to do', () => {
    for (const state of deliveryStates) {
      const owner = ownerOf(state, problem);
      const isPersons = state === 'needs-person' || state === 'returned';
      expect(owner === 'clerk' || owner === 'supervisor', state).toBe(isPersons);
      for (const code of Object.keys(problemRules))
        for (const isSupervisor of [true, false])
          for (const handedOver of [true, false]) {
            const actions = actionsOf(state, { code, handedOver, isMended: true, isSupervisor });
            if (!isPersons) expect(actions).toEqual([]);
            // A clerk who has handed it over waits for the supervisor; nobody else is left without a way.
            else if (isSupervisor || !handedOver)
              expect(actions.length, `${state} ${code}`).toBeGreaterThan(0);
          }
    }
  });

  it('lead out of every state but the last, and out of a person’s hands both ways', () => {
    for (const state of deliveryStates) {
      const reached = new Set<string>([state]);
      for (let size = 0; size !== reached.size; ) {
        size = reached.size;
        for (const from of deliveryStates)
          if (reached.has(from))
            for (const event of deliveryEvents) {
              const to = nextState(from, event);
              if (to) reached.add(to);
            }
      }
      expect(reached.has('accepted') || state === 'closed', state).toBe(true);
    }
    expect(statesWith('taken-up')).toEqual(['waiting']);
  });

  it('have a sentence for every code', () => {
    for (const code of Object.keys(problemRules))
      expect(cs[`failure_${code.replaceAll(/[.-]/g, '_')}`], code).toBeTruthy();
  });

  it('give up after so many refusals or so long, never by the line alone, and never turn back', () => {
    const now = new Date('2026-04-02T08:00:00.000Z');
    const limits = { refusedTries: 12, refusedHours: 24 };
    const since = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
    expect(isGivenUp({ refusals: 0, firstRefusedAt: null }, now, limits)).toBe(false);
    expect(isGivenUp({ refusals: 11, firstRefusedAt: since(1) }, now, limits)).toBe(false);
    expect(isGivenUp({ refusals: 12, firstRefusedAt: since(1) }, now, limits)).toBe(true);
    expect(isGivenUp({ refusals: 2, firstRefusedAt: since(24) }, now, limits)).toBe(true);
    fc.assert(
      fc.property(fc.nat(30), fc.nat(48), (refusals, hours) => {
        const given = isGivenUp({ refusals, firstRefusedAt: since(hours) }, now, limits);
        const more = isGivenUp({ refusals: refusals + 1, firstRefusedAt: since(hours + 1) }, now, limits);
        expect(!given || more).toBe(true);
      }),
    );
  });
});
