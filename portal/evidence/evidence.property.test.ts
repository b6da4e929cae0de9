import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import { allot, bodyOf, extractFate, newId, send, type TestPortal, testPortal } from '../testing/portal.ts';

let portal: TestPortal;
beforeAll(() => {
  portal = testPortal({ publicPace: { burst: 1e9, perSecond: 1 } });
});
afterAll(() => portal.close());

type Step = { act: number; does: 'allot' | 'issued' | 'cancelled' | 'repeat' };
const step = fc.record({
  act: fc.nat({ max: 3 }),
  does: fc.constantFrom<Step['does']>('allot', 'issued', 'cancelled', 'repeat'),
});

it('gives every number exactly one fate, whatever is sent in whatever order and how often', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const desk = await portal.enrol();
      const acts = Array.from({ length: 4 }, () => ({ id: newId(), number: '', fate: 'unknown' }));
      const effects = new Map<number, Schemas['CertificationEffect'][]>();
      for (const { act: at, does } of steps) {
        const act = acts[at];
        if (act === undefined) throw new Error('There is no such act.');
        if (does === 'allot' || act.number === '') {
          const { number } = bodyOf<Schemas['AllottedNumber']>(await allot(desk, { id: act.id }));
          if (act.number !== '') expect(number, 'one number for one act').toBe(act.number);
          act.number = number;
        }
        const before = effects.get(at) ?? [];
        if (does === 'repeat' && before.length > 0) await send(desk, ...before);
        if (does !== 'issued' && does !== 'cancelled') continue;
        const effect = extractFate(act.number, does);
        effects.set(at, [...before, effect]);
        await send(desk, effect);
        // What was cancelled stays so; what was issued may still be cancelled.
        if (act.fate !== 'cancelled') act.fate = does;
      }
      const open = bodyOf<Schemas['OpenNumbers']>(await desk.call('GET', '/evidence/extracts/numbers'));
      for (const { number, fate } of acts.filter((act) => act.number !== '')) {
        const shown = bodyOf<Schemas['ClauseState']>(await portal.call('GET', `/clauses/${number}`));
        expect(shown.state).toBe(fate);
        expect(open.numbers.some((one) => one.number === number)).toBe(fate === 'unknown');
      }
      const numbers = acts.map(({ number }) => number).filter(Boolean);
      expect(new Set(numbers).size).toBe(numbers.length);
    }),
    { numRuns: 40 },
  );
});
