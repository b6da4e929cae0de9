import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestDesk, type TestPortal, testPortal } from '../testing/portal.ts';

describe('the log stream', () => {
  let portal: TestPortal;
  let desk: TestDesk;
  beforeEach(async () => {
    portal = testPortal();
    desk = await portal.enrol();
  });
  afterEach(() => portal.close());
  const leaf = (text: string): string => Buffer.from(text).toString('base64');
  const append = (from: number, ...texts: string[]) =>
    desk.call('POST', '/log', { json: { from, leaves: texts.map(leaf) } });

  it('takes leaves contiguously and again', async () => {
    expect(await append(1, 'a1', 'b2')).toMatchObject({ status: 200, body: { acknowledgedTo: 2 } });
    expect(await append(1, 'a1', 'b2')).toMatchObject({ status: 200, body: { acknowledgedTo: 2 } });
    expect(await append(2, 'b2', 'c3', 'd4')).toMatchObject({ status: 200, body: { acknowledgedTo: 4 } });
    expect(await append(1, 'a1')).toMatchObject({ status: 200, body: { acknowledgedTo: 4 } });
  });

  it('names what it expects when leaves are missing', async () => {
    expect(await append(2, 'b2')).toMatchObject({
      status: 409,
      body: { code: 'log.gap', retryable: true, details: { expected: 1 } },
    });
    await append(1, 'a1');
    expect(await append(3, 'c3')).toMatchObject({ status: 409, body: { details: { expected: 2 } } });
  });

  it('refuses other bytes at a known place and stores nothing of that call', async () => {
    await append(1, 'a1', 'b2');
    expect(await append(1, 'a1', 'B2', 'c3')).toMatchObject({
      status: 409,
      body: { code: 'log.forked', retryable: false, details: { sequence: 2 } },
    });
    expect(await append(4, 'd4')).toMatchObject({ status: 409, body: { details: { expected: 3 } } });
  });

  it('keeps the logs of desks apart', async () => {
    await append(1, 'a1');
    desk = await portal.enrol();
    expect(await append(1, 'other')).toMatchObject({ status: 200, body: { acknowledgedTo: 1 } });
  });
});
