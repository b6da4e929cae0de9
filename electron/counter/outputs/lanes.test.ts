import { expect, it } from 'vitest';
import { createLanes } from './lanes.ts';

it('work goes in its order along a lane, and does not wait for other lanes', async () => {
  const inTurn = createLanes();
  const done: string[] = [];
  let wake = () => {};
  const asleep = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const sleeping = inTurn('a', async () => {
    await asleep;
    done.push('a1');
  });
  const next = inTurn('a', async () => void done.push('a2'));
  await inTurn('b', async () => void done.push('b1'));
  expect(done).toEqual(['b1']);
  wake();
  await Promise.all([sleeping, next]);
  expect(done).toEqual(['b1', 'a1', 'a2']);
});

it('the next one goes when the lane is cleared, or when who was before failed', async () => {
  const inTurn = createLanes();
  let end = () => {};
  const first = inTurn('a', async (clear) => {
    clear();
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    throw new Error('late');
  });
  await expect(inTurn('a', async () => Promise.reject(new Error('at once')))).rejects.toThrow('at once');
  expect(await inTurn('a', async () => 'after')).toBe('after');
  end();
  await expect(first).rejects.toThrow('late');
});
