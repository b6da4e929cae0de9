import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../database.ts';
import { actOf, openPerson, perform } from '../testing/accounts.ts';
import { type TestDesk, type TestPortal, testPortal } from '../testing/portal.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'portal-'));
let portal: TestPortal;
let desk: TestDesk;
let db: Database;

beforeAll(async () => {
  portal = testPortal({ dataDir });
  desk = await portal.enrol();
  db = openDatabase(dataDir, (length) => new Uint8Array(length));
});
afterAll(async () => {
  db.close();
  await portal.close();
  rmSync(dataDir, { recursive: true });
});

const codes = () => db.prepare<[], { n: number }>('SELECT count(*) AS n FROM account_codes').get()?.n;

it('a one-time code ends with its account: when it is blocked, merged or ended', async () => {
  const of = actOf('person-01');
  const account = (userName: string) => ({ account: { userName } });
  const open = (userName: string) =>
    perform(desk, openPerson('person-01', userName, { despite: 'druhý účet' }));
  for (const name of ['prvni.ucet', 'druhy.ucet', 'treti.ucet']) await open(name);
  expect(codes()).toBe(3);
  await perform(desk, { ...of, ...account('prvni.ucet'), action: 'end', reason: 'žádost' });
  expect(codes()).toBe(2);
  const dropped = { userName: 'druhy.ucet' };
  await perform(desk, { ...of, ...account('treti.ucet'), action: 'merge', dropped, reason: 'táž osoba' });
  expect(codes()).toBe(1);
  await perform(desk, { ...of, ...account('treti.ucet'), action: 'block', reason: 'ztráta dopisu' });
  expect(codes()).toBe(0);
});
