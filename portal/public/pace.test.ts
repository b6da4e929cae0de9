import { expect, it } from 'vitest';
import { createPublicPace, networkOf } from './pace.ts';

it('counts the addresses of one network of IPv6 as one, and those of IPv4 each for itself', () => {
  expect(['2001:db8:0:7::1', '2001:0DB8::7:ffff:0:0:1', '2001:db8::7:1:2:3:4'].map(networkOf)).toEqual(
    Array(3).fill('2001:db8:0:7'),
  );
  expect(['::1', 'fe80::1%eth0', '192.0.2.7', '::ffff:192.0.2.7'].map(networkOf)).toEqual([
    '0:0:0:0',
    'fe80:0:0:0',
    '192.0.2.7',
    '::ffff:192.0.2.7',
  ]);
  const clock = { now: () => new Date(0), monotonicMs: () => 0 };
  const pace = createPublicPace(clock, { burst: 2, perSecond: 1 });
  const asked = (...from: string[]) => from.map((address) => pace(address) === null);
  expect(asked('2001:db8::1', '2001:db8::2', '2001:db8::3'), 'another address of one network').toEqual([
    true,
    true,
    false,
  ]);
  expect(asked('2001:db8:0:1::1', '192.0.2.1'), 'somebody else').toEqual([true, true]);
});
