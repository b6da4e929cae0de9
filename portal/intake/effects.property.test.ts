import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import {
  bodyOf,
  inbox,
  newId,
  receipt,
  send,
  sha256,
  submission,
  type TestDesk,
  type TestPortal,
  testPortal,
} from '../testing/portal.ts';

let portal: TestPortal;
beforeAll(() => {
  portal = testPortal({ referenceDelayMs: 0 });
});
afterAll(() => portal.close());

const bytesOf = (number: number): Buffer => Buffer.from(`contents ${number}`);
const referenceTo = (number: number): Schemas['BlobReference'] => ({
  sha256: sha256(bytesOf(number)),
  size: bytesOf(number).length,
  mediaType: 'application/pdf',
  role: 'signed-request',
});
const put = async (desk: TestDesk, number: number): Promise<void> => {
  const { sha256: hash } = referenceTo(number);
  expect((await desk.call('PUT', `/blobs/${hash}`, { bytes: bytesOf(number) })).status).toBeLessThan(300);
};

type Step = { effects: number[] } | { blob: number };

const plan = fc.record({
  visits: fc.array(
    fc.array(fc.record({ submits: fc.boolean(), blobs: fc.array(fc.nat(4), { maxLength: 3 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
  steps: fc.array(
    fc.oneof(
      fc.record({ effects: fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }) }),
      fc.record({ blob: fc.nat(4) }),
    ),
    { maxLength: 25 },
  ),
});

it('has each effect once in effect, in order, whatever is repeated, reordered or cut off', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ visits, steps }) => {
      const desk = await portal.enrol();
      const effects = visits.flatMap((acts) => {
        const visit = newId();
        return acts.map(({ submits, blobs }, index) => {
          const references = blobs.map(referenceTo);
          return submits
            ? submission(visit, index + 1, references)
            : { ...receipt(visit, index + 1), blobs: references };
        });
      });
      const done = new Set<string>();
      const run = async (step: Step): Promise<void> => {
        if ('blob' in step) return put(desk, step.blob);
        const batch = step.effects.flatMap((index) => effects[index % effects.length] ?? []);
        for (const result of await send(desk, ...batch)) {
          if (result.status === 'refused') expect(result.code).toBe('effect.out-of-order');
          if (result.status === 'accepted') {
            expect(done.has(result.id), 'accepted once').toBe(false);
            done.add(result.id);
          }
        }
      };
      for (const step of steps) await run(step);
      // The line heals: everything is sent to the end.
      await send(desk, ...effects);
      for (let number = 0; number <= 4; number += 1) await put(desk, number);

      expect(await send(desk, ...effects)).toEqual(effects.map(({ id }) => ({ id, status: 'duplicate' })));
      const answers = await inbox(desk);
      expect(answers.map(({ sequence }) => sequence)).toEqual(answers.map((_, index) => index + 1));
      const of = (kind: string) => answers.filter((answer) => answer.kind === kind);
      expect(
        of('received')
          .map(({ effectId }) => effectId)
          .sort(),
      ).toEqual(effects.map(({ id }) => id).sort());
      const submitted = effects.filter(({ kind }) => kind === 'submission').map(({ id }) => id);
      expect(
        of('reference-number')
          .map(({ effectId }) => effectId)
          .sort(),
      ).toEqual(submitted.sort());
      const numbers = of('reference-number').map(({ referenceNumber }) => referenceNumber);
      expect(new Set(numbers).size).toBe(numbers.length);
      bodyOf(await desk.call('GET', '/inbox'));
    }),
    { numRuns: 40 },
  );
});
