import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { holdByHand, type RigByHand, rigsByHand } from './by-hand.ts';

const typed = async (rig: RigByHand, words: string): Promise<string[]> => {
  const said: string[] = [];
  await holdByHand(await rig.start(), Readable.from([`${words}\nend\n`]), (text) => said.push(text));
  return said.slice(said.findIndex((line) => line.startsWith('  end')) + 1);
};

it('does what is typed, says what it does not know, and ends', async () => {
  expect(await typed(rigsByHand.reader, 'read\nunplug\nread\nbread')).toEqual([
    'done',
    'done',
    'the reader is unplugged',
    'no such word: bread',
  ]);
});

it.each([
  ['escl', 'load 2\njam\nunplug\nplug'],
  ['scanner', 'card\nlift\nload 2\njam 1\nmend'],
  ['naps2', 'load 2\njam\nunplug\nplug'],
  ['token', 'lock\nunlock\ntake\nput'],
  ['cups', 'paper\nother\na4\nmend'],
  ['usb', 'plug\npull'],
] as const)('%s starts by hand', async (name, words) => {
  expect(await typed(rigsByHand[name], words)).toEqual(words.split('\n').map(() => 'done'));
});
