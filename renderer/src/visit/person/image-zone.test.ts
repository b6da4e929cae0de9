import { expect, it } from 'vitest';
import type { ZoneOfImage } from '../../../../electron/contract/identity.ts';
import { hasFormOf, marksOf, textOf } from './image-zone.ts';

const read = (character: string | null, confidence = 0.99, seen: string | null = null) => ({
  character,
  confidence,
  seen,
});
const zone: ZoneOfImage = {
  format: 'TD1',
  turn: 0,
  lines: [
    [read('I'), read('D', 0.71), read(null, 0, '8')],
    [read('8', 0.2, 'B'), read('<'), read('4')],
  ],
};

it('what was not read stands as a sign no zone has', () => {
  expect(textOf(zone)).toBe('ID?\n8<4');
});

it('each place to be looked at is told once, counted from one', () => {
  const places = (list: { line: number; column: number }[]) => list.map(({ line, column }) => [line, column]);
  const { corrected, doubtful, unread } = marksOf(zone);
  expect(corrected).toEqual([{ line: 2, column: 1, character: '8', seen: 'B', percent: 20 }]);
  expect([places(doubtful), places(unread)]).toEqual([[[1, 2]], [[1, 3]]]);
});

it('lines of another form are none of the picture’s', () => {
  expect(hasFormOf(zone, ['ID8', '8<7'])).toBe(true);
  expect(hasFormOf(zone, ['ID88', '8<77'])).toBe(false);
  expect(hasFormOf(zone, ['ID8', '8<7', 'VZO'])).toBe(false);
});
