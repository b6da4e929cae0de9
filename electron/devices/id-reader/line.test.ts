import { expect, it } from 'vitest';
import { openedAs } from './line.ts';

it.each([
  ['8N1', { dataBits: 8, parity: 'none', stopBits: 1 }, '8none1'],
  ['8E1', { dataBits: 8, parity: 'even', stopBits: 1 }, '8even1'],
  ['8O2', { dataBits: 8, parity: 'odd', stopBits: 2 }, '8odd2'],
  ['7N2', { dataBits: 7, parity: 'none', stopBits: 2 }, '7none2'],
  // On the line seven bits with parity are eight.
  ['7E1', { dataBits: 7, parity: 'even', stopBits: 1 }, '8none1'],
  ['7O1', { dataBits: 7, parity: 'odd', stopBits: 1 }, '8none1'],
  ['7E2', { dataBits: 7, parity: 'even', stopBits: 2 }, '8none2'],
] as const)('a line of %s is opened as such', (_name, line, wanted) => {
  const { baudRate, dataBits, parity, stopBits } = openedAs({ baudRate: 19_200, ...line }).options;
  expect(`${baudRate} ${dataBits}${parity}${stopBits}`).toBe(`19200 ${wanted}`);
});

it('nothing said of a line is 9600 8N1', () => {
  expect(openedAs({}).options).toEqual({ baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 });
});

it('seven bits are checked for their parity, eight are left as they come', () => {
  // P has two bits set, C three.
  const [p, c] = [0x50, 0x43];
  const heard = (parity: 'none' | 'even' | 'odd', dataBits: 7 | 8) => [
    ...openedAs({ parity, dataBits }).heard(Uint8Array.of(p, c, c | 0x80)),
  ];
  expect(heard('even', 7)).toEqual([p, 0xff, c]);
  expect(heard('odd', 7)).toEqual([0xff, c, 0xff]);
  for (const parity of ['none', 'even', 'odd'] as const) expect(heard(parity, 8)).toEqual([p, c, c | 0x80]);
});
