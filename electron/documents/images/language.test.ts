import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOfCells, type ReadCharacter, readCells } from './language.ts';
import { ALPHABET } from './shapes.ts';

const today = '2026-11-29';
const TD1 = [
  'I<UTOD231458907<<<<<<<<<<<<<<<',
  '7408122F1204159UTO<<<<<<<<<<<6',
  'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
];
const TD3 = ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'];

/** A cell that looks like one character, and less like another. */
function cell(character: string, rival?: string, closeness = 0.9): Float32Array {
  const likeness = new Float32Array(ALPHABET.length).fill(0.2);
  likeness[ALPHABET.indexOf(character)] = 0.95;
  if (rival !== undefined) likeness[ALPHABET.indexOf(rival)] = closeness;
  return likeness;
}
/** Cells of a zone; `as` names places (line, column from 0) that look like something else. */
const cellsOf = (lines: readonly string[], as: [line: number, column: number, cell: Float32Array][] = []) =>
  lines.map((line, at) =>
    [...line].map(
      (character, column) => as.find(([l, c]) => l === at && c === column)?.[2] ?? cell(character),
    ),
  );
const textOf = (read: ReadCharacter[][]): string[] =>
  read.map((line) => line.map(({ character }) => character ?? '?').join(''));
const replaced = (read: ReadCharacter[][]) =>
  read.flatMap((line, at) =>
    line.flatMap(({ character, seen }, column) => (seen === null ? [] : [[at, column, seen, character]])),
  );

describe('characters of a zone', () => {
  it('are read as seen', () => {
    const read = readCells('TD1', cellsOf(TD1), today);
    expect(textOf(read)).toEqual(TD1);
    expect(replaced(read)).toEqual([]);
  });

  it('are exchanged for the look-alike when one way alone makes the check digits hold, and marked', () => {
    // D231458907: the 8 looked like a B.
    const read = readCells('TD1', cellsOf(TD1, [[0, 11, cell('B', '8')]]), today);
    expect(textOf(read)).toEqual(TD1);
    expect(replaced(read)).toEqual([[0, 11, 'B', '8']]);
    expect(read[0]?.[11]?.confidence).toBeLessThan(0.5);
  });

  it('are exchanged in two places, but not read where fewer exchanges would do by chance', () => {
    const doubtful: [number, number, Float32Array][] = [
      [0, 10, cell('S', '5')],
      [0, 11, cell('B', '8')],
    ];
    expect(textOf(readCells('TD1', cellsOf(TD1, doubtful), today))).toEqual(TD1);
    // All three exchanged hold; so does the S alone.
    // What the kind of its field put in (O in the month) is then vouched for by nothing.
    const month: [number, number, Float32Array] = [1, 2, cell('O', '0')];
    const three = readCells('TD1', cellsOf(TD1, [...doubtful, [0, 6, cell('Z', '2')], month]), today);
    expect(textOf(three).slice(0, 2)).toEqual([
      'I<UTOD?314??907<<<<<<<<<<<<<<<',
      '74?8122F1204159UTO<<<<<<<<<<<6',
    ]);
  });

  it('are not exchanged for what looks nothing like them, whatever the check digit says', () => {
    const wrong = [TD1[0]?.replace('D23145', 'D23745') ?? '', TD1[1] ?? '', TD1[2] ?? ''];
    const read = readCells('TD1', cellsOf(wrong), today);
    expect(textOf(read)).toEqual(wrong);
    expect(replaced(read)).toEqual([]);
  });

  it('are not exchanged for a look-alike that the picture rules out', () => {
    const read = readCells('TD1', cellsOf(TD1, [[0, 11, cell('B', '8', 0.3)]]), today);
    expect(read[0]?.[11]).toMatchObject({ character: 'B', seen: null });
  });

  it('stay unread where several ways would do', () => {
    // O for 0 and 0 for O at places of equal weight: 24 less or more is found in both.
    const number = 'O8O8O8O8O';
    const lines = [`I<UTO${number}0<<<<<<<<<<<<<<<`, TD1[1] ?? '', TD1[2] ?? ''];
    const doubtful = [...number].map((character, at): [number, number, Float32Array] => [
      0,
      5 + at,
      cell(character, character === 'O' ? '0' : 'B', 0.94),
    ]);
    const read = readCells('TD1', cellsOf(lines, doubtful), today);
    for (const [line, column, , character] of replaced(read)) {
      expect(character, `${line} ${column}`).toBeNull();
    }
  });

  it('that cannot stand in their field give way to the one look-alike that can', () => {
    const read = readCells(
      'TD1',
      cellsOf(TD1, [
        [1, 3, cell('B', '8')],
        [2, 6, cell('0', 'O')],
      ]),
      today,
    );
    expect(textOf(read)).toEqual(TD1);
    expect(replaced(read)).toEqual([
      [1, 3, 'B', '8'],
      [2, 6, '0', 'O'],
    ]);
  });

  it('put in by the kind of the field are taken out again when a check digit then fails', () => {
    // 74O8122 with another digit wrong: nothing vouches for the 0.
    const lines = [TD1[0] ?? '', '7408132F1204159UTO<<<<<<<<<<<6', TD1[2] ?? ''];
    const read = readCells('TD1', cellsOf(lines, [[1, 2, cell('O', '0')]]), today);
    expect(read[1]?.[2]).toMatchObject({ character: null, seen: 'O' });
  });

  it('in a name without any look-alike are not read', () => {
    const read = readCells('TD1', cellsOf(TD1, [[2, 3, cell('7')]]), today);
    expect(read[2]?.[3]).toMatchObject({ character: null, seen: '7' });
  });

  it('too close to call are read only where the check digit decides between them', () => {
    const name = readCells('TD1', cellsOf(TD1, [[2, 0, cell('E', 'F', 0.95)]]), today);
    expect(name[2]?.[0]?.character).toBeNull();
    const number = readCells('TD1', cellsOf(TD1, [[0, 6, cell('2', '7', 0.95)]]), today);
    expect(textOf(number)).toEqual(TD1);
    // D counts as 13 and 3 as 3: the digit holds with both.
    const both = readCells('TD1', cellsOf(TD1, [[0, 5, cell('D', '3', 0.95)]]), today);
    expect(both[0]?.[5]?.character).toBeNull();
  });

  it('tell a visa from a passport', () => {
    expect(formatOfCells(['TD3', 'MRV-A'], cellsOf(TD3))).toBe('TD3');
    expect(formatOfCells(['TD3', 'MRV-A'], cellsOf(['V'.padEnd(44, '<'), ''.padEnd(44, '<')]))).toBe('MRV-A');
    expect(formatOfCells(['TD1'], cellsOf(TD1))).toBe('TD1');
  });

  it('are never changed without a mark, whatever the picture says', () => {
    const likeness = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 37, maxLength: 37 });
    fc.assert(
      fc.property(
        fc.array(likeness, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(TD1, TD3),
        fc.nat(),
        (cells, lines, from) => {
          const places = cells.map((values, at): [number, number, Float32Array] => [
            (from + at) % lines.length,
            (from * 7 + at * 3) % (lines[0]?.length ?? 1),
            Float32Array.from(values),
          ]);
          const drawn = cellsOf(lines, places);
          const read = readCells(lines.length === 3 ? 'TD1' : 'TD3', drawn, today);
          for (const [at, line] of read.entries())
            for (const [column, { character, seen }] of line.entries()) {
              const values = drawn[at]?.[column] ?? new Float32Array(0);
              const best = ALPHABET.charAt(values.indexOf(Math.max(...values)));
              if (character !== null && seen === null) expect(character).toBe(best);
            }
        },
      ),
      { numRuns: 200, seed: 6 },
    );
  });
});
