import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseLanguage } from './language.ts';
import { allowedFields, technicalPart } from './log.ts';
import { parsePort, parseReadyLine } from './portal-line.ts';
import { afterDeath, processLimits } from './restarts.ts';
import { parseWindowState, placeWindow, type Rectangle, smallest } from './window-place.ts';

test('deaths in a row are answered ever later, and from the sixth in a minute on not at all', () => {
  let deaths: number[] = [];
  const delays = Array.from({ length: 6 }, (_, index) => {
    const next = afterDeath(deaths, index * 1000, processLimits);
    deaths = next.deaths;
    return next.delayMs;
  });
  expect(delays).toEqual([100, 200, 400, 800, 1600, null]);
});

test('deaths that lie far apart are each answered at once', () => {
  let deaths: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const next = afterDeath(deaths, index * processLimits.withinMs, processLimits);
    expect(next.delayMs).toBe(processLimits.firstDelayMs);
    deaths = next.deaths;
  }
});

test('the menu is English on an English system, Czech otherwise, and as set when it is set', () => {
  expect(chooseLanguage(undefined, 'en-GB')).toBe('en');
  expect(chooseLanguage(undefined, 'cs-CZ')).toBe('cs');
  expect(chooseLanguage(undefined, 'c')).toBe('cs');
  expect(chooseLanguage('en', 'cs')).toBe('en');
  expect(chooseLanguage('xx', 'cs')).toBe('cs');
});

test('of the output of a process only the class of an error and its place are logged', () => {
  expect(technicalPart("TypeError: cannot read 'Novák'")).toBe('TypeError');
  expect(technicalPart('    at handle (file:///app/dist/counter/process.js:10:5)')).toBe(
    'at handle (file:///app/dist/counter/process.js:10:5)',
  );
  expect(technicalPart('Jan Novák, 1. 4. 1980')).toBeNull();
  expect(technicalPart("    at 'Novák'")).toBeNull();
});

test('fields that are not on the list do not reach the log', () => {
  const fields = { code: 'a.b', name: 'Jan Novák' };
  expect(allowedFields(fields)).toEqual({ code: 'a.b' });
});

test('the ready line of the portal is told from everything else it writes', () => {
  expect(parseReadyLine('{"ready":true,"url":"http://127.0.0.1:4711","pid":1}')).toBe(
    'http://127.0.0.1:4711',
  );
  for (const line of ['', 'listening', '{"ready":false,"url":"http://a"}', '{"ready":true}', '[]', 'null'])
    expect(parseReadyLine(line), line).toBeNull();
});

test('a remembered port is a port a process without rights may listen on', () => {
  expect(parsePort('44599\n')).toBe(44599);
  for (const text of ['', '80', '70000', '-1', '1e4', 'abc']) expect(parsePort(text), text).toBe(0);
});

const display: Rectangle = { x: 0, y: 24, width: 1920, height: 1056 };

test('a first window stands in the middle of the display, no larger than that', () => {
  expect(placeWindow(null, [display])).toEqual({
    bounds: { x: 320, y: 152, width: 1280, height: 800 },
    maximised: false,
  });
  expect(placeWindow(null, [{ x: 0, y: 0, width: 1024, height: 740 }]).bounds).toEqual({
    x: 0,
    y: 0,
    width: 1024,
    height: 740,
  });
});

test('a window stays where it stood, also on the second display', () => {
  const state = { bounds: { x: 2000, y: 100, width: 1400, height: 900 }, maximised: true };
  const second = { x: 1920, y: 0, width: 1920, height: 1080 };
  expect(placeWindow(state, [display, second])).toEqual(state);
});

test('a window whose display is gone comes back to the first one', () => {
  const state = { bounds: { x: 2000, y: 100, width: 1400, height: 900 }, maximised: true };
  const { bounds, maximised } = placeWindow(state, [display]);
  expect(bounds).toEqual({ x: 260, y: 102, width: 1400, height: 900 });
  expect(maximised).toBe(true);
});

test('wherever a window was, a hand can take it by its title bar', () => {
  const number = fc.integer({ min: -10_000, max: 10_000 });
  const size = fc.integer({ min: 1, max: 10_000 });
  fc.assert(
    fc.property(number, number, size, size, (x, y, width, height) => {
      const { bounds } = placeWindow({ bounds: { x, y, width, height }, maximised: false }, [display]);
      expect(Math.min(bounds.x + bounds.width, 1920) - Math.max(bounds.x, 0)).toBeGreaterThanOrEqual(160);
      expect(bounds.y).toBeGreaterThanOrEqual(24);
      expect(bounds.y).toBeLessThan(1080 - 39);
      expect(bounds.width).toBeGreaterThanOrEqual(smallest.width);
      expect(bounds.height).toBeGreaterThanOrEqual(smallest.height);
    }),
    // Wider than the display, and on it by a hair.
    { examples: [[-1761, 24, 1921, 1]] },
  );
});

test('a damaged state file counts as none', () => {
  for (const text of ['', '{', '{}', 'null', '{"bounds":{"x":1},"maximised":true}'])
    expect(parseWindowState(text), text).toBeNull();
  const state = { bounds: { x: 1, y: 2, width: 3, height: 4 }, maximised: false };
  expect(parseWindowState(JSON.stringify(state))).toEqual(state);
});
