import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../database.ts';
import { CLERK, look } from '../testing/accounts.ts';
import { newId, type TestDesk, type TestPortal, testPortal } from '../testing/portal.ts';

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

const looks = () => db.prepare<[], Record<string, unknown>>('SELECT * FROM looks ORDER BY n').all();

it('writes each look down with whom it found, one that found nobody too, and never by what was searched', async () => {
  const visitId = newId();
  const search = (userName: string, purpose: Parameters<typeof look>) =>
    desk.call('POST', '/accounts/searches', {
      json: { look: { ...look(...purpose), visitId }, by: { userName } },
    });
  await search('hostivit.vyjimecny', ['person-asks']);
  await search('nikdo.takovy', ['other-reason', 'reklamace']);
  await search('hostivit.vyjimecny', ['curiosity']);
  await desk.call('POST', '/organisations/searches', { json: { look: look(), ico: '99900254' } });
  // An IČO nobody has was asked for all the same.
  await desk.call('POST', '/organisations/searches', {
    json: { look: look('person-asks'), ico: '70890366' },
  });
  const of = { desk_id: desk.deskId, clerk_id: CLERK.clerkId };
  expect(looks()).toMatchObject([
    { ...of, visit_id: visitId, kind: 'account', subject: expect.any(String), purpose: 'person-asks' },
    { ...of, visit_id: visitId, kind: 'account', subject: null, purpose: 'other-reason', note: 'reklamace' },
    { ...of, visit_id: null, kind: 'organisation', subject: expect.any(String) },
    { ...of, visit_id: null, kind: 'organisation', subject: null, purpose: 'person-asks' },
  ]);
  expect(JSON.stringify(looks())).not.toMatch(/hostivit|nikdo|99900254/);
});

it('keeps them: nobody changes or deletes one', () => {
  expect(() => db.prepare('DELETE FROM looks').run()).toThrow(/stays/);
  expect(() => db.prepare("UPDATE looks SET purpose = 'person-asks'").run()).toThrow(/stays/);
});
