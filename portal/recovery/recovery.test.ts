import { afterEach, expect, test } from 'vitest';
import type { Schemas } from '../api.ts';
import {
  bodyOf,
  deskOf,
  newId,
  otherEffects,
  receipt,
  send,
  submission,
  type TestPortal,
  testPortal,
} from '../testing/portal.ts';

let portal: TestPortal;
afterEach(() => portal.close());

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('a desk reads back its log, its effects and the numbers they used', async () => {
  portal = testPortal();
  const desk = await portal.enrol();
  const other = await portal.enrol();
  const leaves = Array.from({ length: 5 }, (_, n) => base64(`leaf ${n + 1}`));
  await desk.call('POST', '/log', { json: { from: 1, leaves } });
  const visit = newId();
  const first = submission(visit, 1);
  await send(desk, first, ...otherEffects(visit, 2, first.id), receipt(visit, 5));
  expect(bodyOf(await desk.call('GET', '/desks/self'))).toMatchObject({ deskId: desk.deskId, logSize: 5 });
  expect(bodyOf(await desk.call('GET', '/log?from=4&limit=1'))).toEqual({
    from: 4,
    leaves: leaves.slice(3, 4),
    more: true,
  });
  const effects: Schemas['KnownEffect'][] = [];
  for (let cursor = ''; ; ) {
    const page = bodyOf<Schemas['KnownEffectPage']>(await desk.call('GET', `/effects?limit=2${cursor}`));
    effects.push(...page.effects);
    if (!page.more) break;
    cursor = `&cursor=${page.cursor}`;
  }
  expect(effects.map(({ ordinal }) => ordinal)).toEqual([1, 2, 3, 4, 5]);
  expect(effects.flatMap(({ number }) => number ?? [])).toEqual([
    { series: 'vidimace', year: 2026, number: 17, cancelled: false },
    { series: 'receipt', year: 2026, number: 5, cancelled: false },
  ]);
  expect(bodyOf(await other.call('GET', '/log?from=1'))).toEqual({ from: 1, leaves: [], more: false });
  expect(bodyOf<Schemas['KnownEffectPage']>(await other.call('GET', '/effects')).effects).toEqual([]);
});

test('a new token voids the old one, and asking again after a lost answer harms nothing', async () => {
  portal = testPortal();
  const desk = await portal.enrol();
  const newToken = 'n'.repeat(43);
  const json = { newToken, reason: 'restore' };
  expect((await desk.call('PUT', '/desks/self/token', { json })).status).toBe(200);
  expect(await desk.call('GET', '/desks/self')).toMatchObject({
    status: 401,
    body: { code: 'desk.unknown' },
  });
  const restored = deskOf(portal.call, desk.deskId, newToken);
  expect((await restored.call('PUT', '/desks/self/token', { json })).status).toBe(200);
  expect(bodyOf(await restored.call('GET', '/desks/self'))).toMatchObject({ deskId: desk.deskId });
});

test('one machine takes a desk’s place with a code, once; the old machine is heard no more', async () => {
  portal = testPortal();
  const desk = await portal.enrol();
  await desk.call('POST', '/log', { json: { from: 1, leaves: [base64('leaf')] } });
  const json = { enrolmentCode: portal.issueTakeOverCode(desk.deskId), deskName: 'Přepážka 1' };
  const taken = bodyOf<Schemas['Enrolment']>(await portal.call('POST', '/desks/enrolments', { json }), 201);
  expect(taken).toMatchObject({ deskId: desk.deskId, tookOver: true });
  expect((await desk.call('GET', '/desks/self')).status).toBe(401);
  const machine = deskOf(portal.call, desk.deskId, taken.deskToken);
  expect(bodyOf(await machine.call('GET', '/desks/self'))).toMatchObject({ logSize: 1 });
  expect(await portal.call('POST', '/desks/enrolments', { json })).toMatchObject({
    status: 403,
    body: { code: 'desk.enrolment-code-used' },
  });
});

test('a withdrawn desk may be taken over, and a removed one speaks no more', async () => {
  portal = testPortal();
  const desk = await portal.enrol();
  await desk.call('POST', '/log', { json: { from: 1, leaves: [base64('leaf')] } });
  expect(await desk.call('POST', '/desks/self/removal', { json: { logSize: 2 } })).toMatchObject({
    status: 409,
    body: { code: 'desk.unsent', details: { logSize: 1, incomplete: 0 } },
  });
  expect((await desk.call('POST', '/desks/self/removal', { json: { logSize: 1 } })).status).toBe(200);
  expect(await desk.call('GET', '/desks/self')).toMatchObject({
    status: 401,
    body: { code: 'desk.revoked' },
  });
  const json = { enrolmentCode: portal.issueTakeOverCode(desk.deskId), deskName: 'Přepážka 1' };
  const taken = bodyOf<Schemas['Enrolment']>(await portal.call('POST', '/desks/enrolments', { json }), 201);
  expect((await deskOf(portal.call, desk.deskId, taken.deskToken).call('GET', '/desks/self')).status).toBe(
    200,
  );
});
