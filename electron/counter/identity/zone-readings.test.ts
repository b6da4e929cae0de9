import { beforeEach, expect, it } from 'vitest';
import type { ZoneOfImage } from '../../contract/identity.ts';
import { createZoneReadings, type ZoneReadings } from './zone-readings.ts';

const lines = ['IDCZE9990000180', '8004015M3306301'];
const image: ZoneOfImage = {
  format: 'TD1',
  lines: lines.map((line) => [...line].map((character) => ({ character, confidence: 1, seen: null }))),
  turn: 0,
};
let open: string | null;
let elapse: () => void;
let readings: ZoneReadings;
beforeEach(() => {
  open = null;
  elapse = () => {};
  readings = createZoneReadings(
    {
      after: (_ms, run) => {
        elapse = run;
        return () => {};
      },
    },
    () => open,
  );
});
/** Which visits could take it; asked in this order, the first that can has it. */
const takers = (...visits: string[]) =>
  visits.filter((visitId) => {
    const own = readings.of(visitId);
    return own.hasRead(lines) || own.imageLike(lines) !== null;
  });

it('is of the visit that was open when it came', () => {
  open = 'a';
  readings.fromReader(lines);
  expect(takers('b', 'a', 'b', 'a')).toEqual(['a', 'a']);
});

it('is of the first that takes it, where none was open', () => {
  readings.fromReader(lines);
  expect(takers('b', 'a', 'b')).toEqual(['b', 'b']);
  readings.forgetAll();
  readings.fromImage(image, null);
  expect(takers('a', 'b')).toEqual(['a']);
  readings.fromImage(image, 'b');
  expect(takers('a', 'b')).toEqual(['b']);
});

it('is of another visit when the document is read there anew', () => {
  open = 'a';
  readings.fromReader(lines);
  open = 'b';
  readings.fromReader(lines);
  expect(takers('a', 'b', 'c')).toEqual(['a', 'b']);
});

it.each([
  ['the form is closed', () => readings.forget('a')],
  ['nobody is at the desk', () => readings.forgetAll()],
  ['nobody took it for long', () => elapse()],
])('goes when %s', (_when, go) => {
  for (const visitId of ['a', null]) {
    open = visitId;
    readings.fromReader(lines);
    readings.fromImage(image, visitId);
    go();
    expect(takers('a', 'b')).toEqual([]);
  }
});

it('stays when another visit’s form is closed', () => {
  open = 'a';
  readings.fromReader(lines);
  readings.forget('b');
  expect(takers('a')).toEqual(['a']);
});
