import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemRandom } from '../../electron/values/ids.ts';
import { putItem, readItem } from '../catalogue/master.ts';
import { openDatabase } from '../database.ts';
import { checkOf } from '../testing/accounts.ts';
import {
  inbox,
  newId,
  send,
  submission,
  type TestDesk,
  type TestPortal,
  testPortal,
} from '../testing/portal.ts';

let folder: string;
let portal: TestPortal;
let desk: TestDesk;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'virtuos-portal-'));
  portal = testPortal({ dataDir: folder });
  desk = await portal.enrol();
  const db = openDatabase(folder, systemRandom);
  const service = readItem(db, 'services', 'general-submission');
  putItem(db, 'services', 'general-submission', { ...Object(service), identityStrength: 'read' });
  db.close();
});
afterEach(async () => {
  await portal.close();
  rmSync(folder, { recursive: true });
});

it('takes an act in whose person was verified less strongly than its service asks, and says so', async () => {
  const verified = (...checks: Parameters<typeof checkOf>[1][]) => {
    const visitId = newId();
    return [
      ...checks.map((check, at) => ({ ...checkOf(visitId, check), ordinal: at + 1 })),
      submission(visitId, checks.length + 1),
    ];
  };
  const { strength: _untold, ...ofOlderDesk } = checkOf('').payload;
  const older = verified({});
  const acts = [
    ...verified({ strength: 'proven' }),
    ...verified({ strength: 'read' }),
    ...verified({ strength: 'seen' }),
    ...verified(),
    ...verified({ strength: 'read' }, { strength: 'read', decision: 'refused' }),
    ...verified({ strength: 'seen' }, { strength: 'read' }),
    ...older.map((act) => (act.kind === 'identity-check' ? { ...act, payload: ofOlderDesk } : act)),
  ];
  expect(await send(desk, ...acts)).toMatchObject(acts.map(() => ({ status: 'accepted' })));
  const told = new Map((await inbox(desk)).map(({ effectId, conflicts }) => [effectId, conflicts]));
  const weak = acts.flatMap(({ kind, id }) =>
    kind === 'submission' ? [told.get(id)?.[0]?.code ?? 'fine'] : [],
  );
  const tooWeak = 'effect.identity-too-weak';
  expect(weak).toEqual(['fine', 'fine', tooWeak, tooWeak, tooWeak, 'fine', tooWeak]);
});

it('judges nothing of a version that is not the one given out', async () => {
  const act = submission(newId(), 1);
  const payload = { ...act.payload, service: { ...act.payload.service, version: 99 } };
  await send(desk, { ...act, payload });
  expect((await inbox(desk)).map(({ conflicts }) => conflicts)).toEqual([undefined]);
});
