import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { holdByHand, rigsByHand } from './by-hand.ts';

it('does what is typed, says what it does not know, and ends', async () => {
  const said: string[] = [];
  const rig = await rigsByHand.reader.start();
  await holdByHand(rig, Readable.from(['read\nunplug\nread\nbread\nend\n']), (text) => said.push(text));
  expect(said.slice(-4)).toEqual(['done', 'done', 'the reader is unplugged', 'no such word: bread']);
});
