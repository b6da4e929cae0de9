import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Case, visits } from './cases.ts';
import { type Pulling, startPulling } from './run.ts';

// One visit of `npm run pull` with something at each step where a device works, and a desk that must be found out.

let desk: Pulling;
beforeAll(async () => {
  desk = await startPulling({ withCards: false });
});
afterAll(() => desk?.stop());

const caseOf = (device: Case['device'], step: Case['step'], what: string): Case => {
  const found = visits.flat().find((one) => one.device === device && one.step === step && one.what === what);
  if (!found) throw new Error(`no such case: ${device}, ${step}, ${what}`);
  return found;
};

it('a visit goes to its end with every device failing in its turn', async () => {
  const happenings = [
    caseOf('reader', 'identify', 'pulled in the middle of a zone'),
    caseOf('scanner', 'scan', 'jams behind the first page'),
    caseOf('printer', 'certify', 'runs out of paper'),
    caseOf('token', 'sign', 'pulled'),
    caseOf('printer', 'pay', 'pulled'),
  ];
  const outcomes = await desk.run(happenings);
  expect([...outcomes.values()].map(({ said, went }) => [said, went])).toEqual([
    ['reader.not-found', 'by hand'],
    ['scanner.jammed', 'by hand'],
    ['printer.out-of-paper', 'when it was put right'],
    ['token.not-found', 'when it was put right'],
    ['printer.not-reachable', 'when it was put right'],
  ]);
});

it('finds a code that is not the one that was expected', async () => {
  const wrong = { ...caseOf('scanner', 'scan', 'cover is open'), says: 'scanner.jammed' };
  await expect(desk.run([wrong])).rejects.toThrow(
    'the desk says scanner.cover-open instead of scanner.jammed',
  );
});
