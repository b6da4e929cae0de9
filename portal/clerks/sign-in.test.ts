import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import { bodyOf, type TestDesk, type TestPortal, testPortal } from '../testing/portal.ts';
import { hashPassword, passwordFits } from './passwords.ts';
import { LOCK_AFTER, LOCK_MS, SLOW_AFTER, waitAfter } from './sign-in.ts';

describe('sign-in of a clerk', () => {
  let portal: TestPortal;
  let desk: TestDesk;
  beforeEach(async () => {
    portal = testPortal();
    desk = await portal.enrol();
  });
  afterEach(() => portal.close());
  const signIn = (username: string, password: string) =>
    desk.call('POST', '/clerk-sessions', { json: { username, password } });

  it('tells who the clerk is and how old that knowledge is', async () => {
    const answer = await signIn(' Novakova', 'Cvicna-Prepazka-1');
    expect(answer).toMatchObject({
      status: 200,
      body: {
        clerk: {
          username: 'novakova',
          name: { titlesBefore: 'Bc.', givenNames: 'Žaneta', surname: 'Nováková' },
          roles: ['clerk'],
          competences: ['verification'],
          officeId: 'klatovy',
        },
        rolesAsOf: '2026-04-01T08:00:00.000Z',
      },
    });
    expect(JSON.stringify(answer.body)).not.toContain('assword');
    expect(bodyOf<Schemas['ClerkSession']>(answer).clerk).not.toHaveProperty('blocked');
  });

  it('answers a wrong password and an unknown name alike', async () => {
    const wrong = await signIn('novakova', 'Cvicna-Prepazka-2');
    const unknown = await signIn('nobody', 'Cvicna-Prepazka-1');
    expect(wrong).toMatchObject({ status: 401, body: { code: 'clerk.wrong-password' } });
    expect(unknown.body).toEqual(wrong.body);
  });

  it('slows down, then locks, and opens again', async () => {
    for (let failures = 1; failures <= LOCK_AFTER; failures += 1) {
      expect((await signIn('cizek', 'x')).status, `try ${failures}`).toBe(401);
      if (failures >= SLOW_AFTER && failures < LOCK_AFTER) {
        const early = await signIn('cizek', 'Cvicna-Prepazka-2');
        expect(early).toMatchObject({ status: 429, body: { code: 'clerk.too-soon', retryable: true } });
        expect(early.headers['retry-after']).toBe(String(waitAfter(failures) / 1000));
      }
      if (failures < LOCK_AFTER) portal.clock.advance(waitAfter(failures));
    }
    const until = new Date(portal.clock.now().getTime() + LOCK_MS).toISOString();
    expect(await signIn('cizek', 'Cvicna-Prepazka-2')).toMatchObject({
      status: 423,
      body: { code: 'clerk.locked', details: { until } },
    });
    expect((await signIn('novakova', 'Cvicna-Prepazka-1')).status, 'another account').toBe(200);
    portal.clock.advance(LOCK_MS);
    expect((await signIn('cizek', 'Cvicna-Prepazka-2')).status).toBe(200);
    expect((await signIn('cizek', 'x')).status, 'counted anew').toBe(401);
  });

  it('does not let many tries at once slip through', async () => {
    const tries = await Promise.all(Array.from({ length: 12 }, () => signIn('stastny', 'x')));
    expect(tries.filter(({ status }) => status === 401)).toHaveLength(SLOW_AFTER);
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(12 - SLOW_AFTER);
  });

  it('refuses a blocked account, and only to who knows the password', async () => {
    const id = '0199c0de-c1e7-7000-8000-000000000006';
    expect(portal.changeClerk(id, { blocked: true })).toBe(true);
    expect(await signIn('durisova', 'Cvicna-Prepazka-6')).toMatchObject({
      status: 403,
      body: { code: 'clerk.blocked' },
    });
    expect((await signIn('durisova', 'x')).status).toBe(401);
    portal.changeClerk(id, { blocked: false });
    expect((await signIn('durisova', 'Cvicna-Prepazka-6')).status).toBe(200);
  });

  it('lets an account in through its last day in Prague', async () => {
    portal.changeClerk('0199c0de-c1e7-7000-8000-000000000006', { validTo: '2026-04-01' });
    portal.clock.advance(13 * 3_600_000);
    expect((await signIn('durisova', 'Cvicna-Prepazka-6')).status, '23:00').toBe(200);
    portal.clock.advance(3_600_000);
    expect(await signIn('durisova', 'Cvicna-Prepazka-6'), 'midnight').toMatchObject({
      status: 403,
      body: { code: 'clerk.blocked' },
    });
  });

  it('stores passwords with a salt of their own', async () => {
    let next = 0;
    const random = (length: number) => new Uint8Array(length).fill(++next);
    const [one, two] = [
      await hashPassword('Žluťoučký kůň', random),
      await hashPassword('Žluťoučký kůň', random),
    ];
    expect(one).not.toBe(two);
    expect(await passwordFits('Žluťoučký kůň'.normalize('NFD'), one)).toBe(true);
    expect(await passwordFits('Žluťoučký kun', two)).toBe(false);
    expect(await passwordFits('x', undefined)).toBe(false);
  });
});
