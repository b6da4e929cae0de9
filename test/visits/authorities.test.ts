import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authoritiesOf } from '../../electron/counter/authorities/kept.ts';
import { fingerprintOf } from '../../electron/devices/chip/authority-list.ts';
import { projectRoot } from '../../scripts/places.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
} from '../rigs/counter.ts';
import { masterList, revocationList, stateOf, trainingAuthority } from '../rigs/training-documents.ts';

let portal: PortalRig;
let desk: CounterRig;
let administrator: TestWindow;
let folder: string;
let chosen: string | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'virtuos-authorities-'));
  portal = await startPortal();
  desk = await startCounter({ portal, places: { save: async () => null, open: async () => chosen } });
  administrator = await desk.signedIn('hajickova');
});
afterAll(async () => {
  await desk?.close();
  await portal?.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string, bytes: Uint8Array): void => {
  chosen = join(folder, name);
  writeFileSync(chosen, bytes);
};

it('a list of authorities is used only when a person knows whose it is, and only in production', async () => {
  const german = stateOf('DE');
  const czech = trainingAuthority();
  // A sequence of one number: no certificate.
  const unreadable = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05);
  const list = masterList([czech.certificate, german.authority.certificate, unreadable], german.listSigner);
  const judgedBy = (environment: 'production' | 'training') =>
    desk.store.read((tx) => authoritiesOf({ environment, resources: join(projectRoot, 'resources') }, tx));
  const production = () => judgedBy('production');

  expect(await administrator.must('authorities.choose', {})).toBeNull();
  const use = (fingerprint: string) => administrator.call('authorities.import', { list: 0, fingerprint });
  expect(await use('ab'.repeat(32))).toEqual({ ok: false, error: { code: 'authorities.nothing-chosen' } });

  file('list.ml', list);
  const states = [
    { country: 'CZ', count: 1 },
    { country: 'DE', count: 1 },
  ];
  expect(await administrator.must('authorities.choose', {})).toMatchObject({
    lists: [{ kind: 'master-list', country: 'DE', states, unreadable: 1, trouble: null }],
  });
  const right = fingerprintOf(german.authority.certificate);
  for (const wrong of [fingerprintOf(czech.certificate), right.slice(0, 15), '', ' : '])
    expect(await use(wrong)).toEqual({ ok: false, error: { code: 'authorities.fingerprint-differs' } });
  expect(production().authorities).toEqual([]);

  expect(await use(right.toUpperCase().replace(/(..)/g, '$1:').slice(0, 60))).toMatchObject({
    ok: true,
  });
  const kept = () => administrator.must('authorities.get', {});
  expect(await kept()).toMatchObject({
    isTraining: true,
    list: { country: 'DE', fingerprint: right, states, unreadable: 1 },
  });
  expect(production().authorities).toHaveLength(3);
  const training = judgedBy('training');
  expect(training.authorities.map(fingerprintOf)).toEqual([fingerprintOf(czech.certificate)]);

  // Of the training desk's authority: the one the desk judges by. Of another nobody takes a list.
  const valid = { from: new Date('2026-01-01'), to: new Date('2049-01-01') };
  file('other.crl', revocationList(german.authority, [9], valid));
  await administrator.must('authorities.choose', {});
  expect(await administrator.call('authorities.import-revocations', {})).toEqual({
    ok: false,
    error: { code: 'authorities.no-revocations-proven' },
  });
  file('own.crl', revocationList(czech, [3, 7], valid));
  expect(await administrator.must('authorities.choose', {})).toMatchObject({
    revocations: { count: 1, proven: 1 },
  });
  await administrator.must('authorities.import-revocations', {});
  expect(await kept()).toMatchObject({
    revocations: [{ country: 'CZ', count: 2, isDue: false }],
  });
  expect(production().revocations).toHaveLength(1);
  // An older list of the same authority does not take its place.
  file('older.crl', revocationList(czech, [3], { ...valid, from: new Date('2025-01-01') }));
  await administrator.must('authorities.choose', {});
  await administrator.must('authorities.import-revocations', {});
  expect(await kept()).toMatchObject({ revocations: [{ country: 'CZ', count: 2 }] });

  file('nothing.txt', Buffer.from('Dobrý den'));
  expect(await administrator.call('authorities.choose', {})).toEqual({
    ok: false,
    error: { code: 'authorities.unreadable' },
  });
});
