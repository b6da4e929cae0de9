import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { append } from '../../journal/append.ts';
import * as journal from '../../journal/read.ts';
import { type BackupJob, keptBackups, makeBackup, partOf } from '../../store/backup.ts';
import { backupsIn } from '../../store/backup-manifest.ts';
import { addBlobUse, recordBlob } from '../../store/blobs.ts';
import { migrations } from '../../store/migrations/index.ts';
import * as numbers from '../../store/numbers.ts';
import type { Store } from '../../store/open.ts';
import * as recoveries from '../../store/recoveries.ts';
import { mustOpen, temporaryStore, testClock, testKey } from '../../store/testing/temporary-store.ts';
import { systemRandom, uuidv7 } from '../../values/ids.ts';
import { recoveryPublicKey } from '../../values/recovery-key.ts';
import { type BackupSecret, checkBackup, prepareRestore, READY } from './backup-reading.ts';
import { recoveryThread } from './thread.ts';

let store: Store;
let folder: string;
let place: string;
let remove: () => void;
const clock = testClock();
const sheet = systemRandom(32);
const newId = () => uuidv7({ now: () => Date.now(), random: systemRandom });

beforeEach(() => {
  ({ store, folder, remove } = temporaryStore());
  place = join(folder, 'backups');
});
afterEach(() => remove());

const act = (note: string) =>
  store.write((tx) =>
    append(
      tx,
      { clock, random: systemRandom, desk: 'desk-1' },
      { kind: 'visit-opened', actId: newId(), clerk: 'clerk-1', role: 'clerk', payload: { note } },
    ),
  );

async function blob(text: string, owner: string): Promise<string> {
  const staged = await store.blobs.put(Buffer.from(text));
  if (!staged.ok) throw new Error(staged.error.code);
  store.write((tx) => recordBlob(tx, staged.value, { mediaType: 'text/plain', owner }));
  return staged.value.sha256;
}

const job = (over: Partial<BackupJob> = {}): BackupJob => ({
  folder,
  key: testKey(),
  places: [place],
  id: newId(),
  at: '2026-04-01T08:00:00.000Z',
  reason: 'demand',
  environment: 'training',
  program: 'test',
  desk: { id: 'desk-1', name: 'Přepážka 1', officeId: 'klatovy' },
  recoveryKey: recoveryPublicKey(sheet),
  keep: { last: 3, days: 7 },
  ...over,
});

async function backup(over: Partial<BackupJob> = {}) {
  const made = await makeBackup(job(over));
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}

const asked = (name: string, secret: BackupSecret = { kind: 'recovery', key: sheet }) => ({
  place,
  name,
  secret,
  environment: 'training' as const,
  knownSchema: migrations.length,
});

const restored = async (name: string, target: string) => {
  const prepared = await prepareRestore({
    ...asked(name),
    damaged: null,
    target,
    targetKey: testKey(9),
    recovery: { id: newId(), at: '2026-04-02T08:00:00.000Z', newToken: 'x'.repeat(43) },
  });
  if (!prepared.ok) throw new Error(prepared.error.code);
  return mustOpen(target, { key: testKey(9) });
};

describe('a backup', () => {
  it('is restored with the recovery key alone, without the store it was made of', async () => {
    for (let n = 1; n <= 50; n += 1) act(`poznámka ${n}`);
    const scan = await blob('obraz listiny', 'page:1');
    const made = await backup();
    expect(made).toMatchObject({ entries: 50, recoverable: true, places: [{ place, failure: null }] });
    act('po záloze');
    // The machine is gone: what is left is the place of backups and the sheet of paper.
    const elsewhere = join(folder, '..', 'rescued-place');
    renameSync(place, elsewhere);
    place = elsewhere;
    store.close();
    rmSync(folder, { recursive: true });
    expect(await checkBackup(asked(made.name))).toMatchObject({
      ok: true,
      value: { entries: 50, filesMissing: 0, desk: { name: 'Přepážka 1' } },
    });
    store = await restored(made.name, folder);
    expect(store.read((tx) => journal.checkEntries(tx))).toEqual({ ok: true, value: 50 });
    expect(store.read((tx) => journal.entry(tx, 50))?.payload).toEqual({ note: 'poznámka 50' });
    expect(await store.blobs.read(scan)).toMatchObject({ ok: true, value: Buffer.from('obraz listiny') });
    expect(store.read(recoveries.open)).toMatchObject({
      kind: 'restored',
      backupId: made.id,
      lastSequence: 50,
    });
    expect(existsSync(join(folder, READY))).toBe(true);
  });

  it('opens with the key of the desk that made it, and with no other key', async () => {
    act('a');
    const { name } = await backup();
    expect(await checkBackup(asked(name, { kind: 'desk', key: testKey() }))).toMatchObject({ ok: true });
    const wrong: BackupSecret[] = [
      { kind: 'desk', key: testKey(8) },
      { kind: 'recovery', key: systemRandom(32) },
    ];
    for (const secret of wrong)
      expect(await checkBackup(asked(name, secret))).toEqual({
        ok: false,
        error: { code: 'backup.wrong-key' },
      });
    const bare = await backup({ recoveryKey: null, at: '2026-04-01T09:00:00.000Z' });
    expect(bare.recoverable).toBe(false);
    expect(await checkBackup(asked(bare.name))).toEqual({
      ok: false,
      error: { code: 'backup.no-recovery-key' },
    });
  });

  it('holds no issued output, nothing that is given back, no key to them, and nothing of sessions', async () => {
    const output = await blob('ověřený výstup', 'output:1');
    await blob('sken listiny, která se převádí', 'given-back:page:1');
    const both = await blob('příloha i výstup', 'output:2');
    store.write((tx) => addBlobUse(tx, both, 'attachment:1'));
    store.write((tx) =>
      tx.run(
        `INSERT INTO outputs (document_id, kind, template, data, made_at, sha256) VALUES ('d', 'k', 't', '{}', 'now', ?)`,
        [output],
      ),
    );
    const { name } = await backup();
    const copy = await restored(name, join(folder, 'other'));
    expect(copy.read((tx) => tx.all('SELECT sha256 FROM blobs'))).toEqual([{ sha256: both }]);
    expect(copy.read((tx) => tx.get('SELECT sha256 FROM outputs'))).toEqual({ sha256: null });
    expect(readdirSync(join(place, 'blobs'))).toHaveLength(1);
    copy.close();
  });

  it('holds of bound pages what was bound of them, and the pictures of those that are not bound yet', async () => {
    store.write((tx) => {
      tx.run(`INSERT INTO visits (id, ticket, legal_date, state, clerk_id, opened_at, identity)
        VALUES ('v', 1, '2026-04-01', 'open', 'clerk-1', '2026-04-01T08:00:00.000Z', '{}')`);
      tx.run(`INSERT INTO services (id, visit_id, ordinal, definition_id, definition, state, record)
        VALUES ('s', 'v', 1, 'd', '{}', 'done', '{}')`);
    });
    const page = async (id: string, slotId: string) => {
      const sha256 = await blob(`obraz ${id}`, `page:${id}`);
      store.write((tx) =>
        tx.run(
          `INSERT INTO pages (id, service_id, slot_id, position, sha256, rotation, dpi, mode)
           VALUES (?, 's', ?, 1, ?, 0, 300, 'colour')`,
          [id, slotId, sha256],
        ),
      );
      return sha256;
    };
    await page('1', 'enclosure');
    const waiting = await page('2', 'photo');
    const bound = await blob('vázaná příloha', 'attachment:s:enclosure');
    const kept = async (name: string) => {
      const copy = await restored(name, join(folder, name));
      const all = copy.read((tx) => tx.all<{ sha256: string }>('SELECT sha256 FROM blobs'));
      const pages = copy.read((tx) => tx.all<{ id: string }>('SELECT id FROM pages ORDER BY id'));
      copy.close();
      return { blobs: all.map(({ sha256 }) => sha256).sort(), pages: pages.map(({ id }) => id) };
    };
    expect(await kept((await backup()).name)).toEqual({ blobs: [bound, waiting].sort(), pages: ['2'] });
    // Whose step may be opened again is bound of its pages then.
    store.write((tx) => tx.run(`UPDATE services SET state = 'in-progress'`));
    const open = await kept((await backup({ at: '2026-04-01T09:00:00.000Z' })).name);
    expect(open.pages).toEqual(['1', '2']);
  });

  it('is made while the store is written to, from another thread', async () => {
    for (let n = 0; n < 300; n += 1) act('x'.repeat(2000));
    const run = recoveryThread(new URL('./worker.ts', import.meta.url));
    let ended = false;
    const making = run({ task: 'backup', ...job() }).finally(() => {
      ended = true;
    });
    let meanwhile = 0;
    while (!ended) {
      act('meanwhile');
      meanwhile += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const made = await making;
    if (!made.ok) throw new Error(made.error.code);
    // On this thread it would have been over before the second.
    expect(meanwhile).toBeGreaterThan(2);
    expect(await checkBackup(asked(made.value.name))).toMatchObject({ ok: true });
    expect(made.value.entries).toBeGreaterThanOrEqual(300);
  });

  it('tells what was changed in it', async () => {
    for (let n = 0; n < 20; n += 1) act('x'.repeat(500));
    await blob('obraz', 'page:1');
    const { name } = await backup();
    const intact = join(folder, 'intact');
    mkdirSync(intact);
    for (const file of ['manifest.json', 'desk.db'])
      copyFileSync(join(place, name, file), join(intact, file));
    const size = readFileSync(join(intact, 'desk.db')).length;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: size - 1 }), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = readFileSync(join(intact, 'desk.db'));
        bytes[at] = (bytes[at] ?? 0) ^ change;
        writeFileSync(join(place, name, 'desk.db'), bytes);
        expect(await checkBackup(asked(name))).toEqual({ ok: false, error: { code: 'backup.damaged' } });
      }),
      { numRuns: 10 },
    );
    copyFileSync(join(intact, 'desk.db'), join(place, name, 'desk.db'));
    const text = readFileSync(join(intact, 'manifest.json'), 'utf8');
    writeFileSync(join(place, name, 'manifest.json'), text.replace('"size":20', '"size":19'));
    expect(await checkBackup(asked(name))).toEqual({ ok: false, error: { code: 'backup.damaged' } });
    writeFileSync(join(place, name, 'manifest.json'), text);
    for (const file of readdirSync(join(place, 'blobs'))) rmSync(join(place, 'blobs', file));
    expect(await checkBackup(asked(name))).toMatchObject({ ok: true, value: { filesMissing: 1 } });
  });

  it('goes to a second place too, and is told when that is out of reach', async () => {
    act('a');
    await blob('obraz', 'page:1');
    const second = join(folder, '..', 'second');
    mkdirSync(second);
    const made = await backup({ places: [place, second] });
    expect(made.places.every(({ failure }) => failure === null)).toBe(true);
    place = second;
    expect(await checkBackup(asked(made.name))).toMatchObject({ ok: true, value: { filesMissing: 0 } });
    rmSync(second, { recursive: true });
    place = join(folder, 'backups');
    const next = await backup({ places: [place, second], at: '2026-04-01T09:00:00.000Z' });
    expect(next.places[1]).toEqual({ place: second, failure: { code: 'store.no-access' } });
    expect(existsSync(second)).toBe(false);
  });

  it('leaves alone what another desk is just making in a place they share', async () => {
    act('a');
    const shared = join(folder, '..', 'shared');
    mkdirSync(shared);
    const name = '2026-04-01T07-00-00Z-0123abcd';
    const [own, other] = ['desk-1', 'desk-2'].map((desk) => partOf(name, desk));
    for (const part of [own, other]) mkdirSync(join(shared, part ?? ''));
    const made = await backup({ places: [place, shared] });
    expect(made.places[1]?.failure).toBeNull();
    expect(readdirSync(shared).filter((entry) => entry.endsWith('.part'))).toEqual([other]);
  });

  it('is not there at all when the store is damaged, and the older ones stay', async () => {
    for (let n = 0; n < 50; n += 1) act('x'.repeat(3000));
    await backup({ keep: { last: 1, days: 1 } });
    store.close();
    const bytes = readFileSync(join(folder, 'desk.db'));
    bytes.fill(7, 40 * 4096, 41 * 4096);
    writeFileSync(join(folder, 'desk.db'), bytes);
    expect(await makeBackup(job({ at: '2026-04-02T08:00:00.000Z', keep: { last: 1, days: 1 } }))).toEqual({
      ok: false,
      error: { code: 'store.damaged' },
    });
    expect(readdirSync(place).filter((name) => name !== 'blobs')).toHaveLength(1);
    bytes.copy(bytes);
    rmSync(join(folder, 'desk.db'));
    rmSync(join(folder, 'desk.keycheck'));
    store = mustOpen(folder);
  });
});

describe('rotation', () => {
  it('keeps the newest and of each day one, and the files they need', async () => {
    const first = await blob('starý obraz', 'page:1');
    const days = ['01', '02', '03', '04', '05'];
    for (const day of days) {
      act('a');
      await backup({ at: `2026-04-${day}T08:00:00.000Z`, keep: { last: 2, days: 3 } });
      if (day === '01') {
        store.write((tx) => store.blobs.release(tx, 'page:1'));
        await store.blobs.sweep();
      }
    }
    expect(first).toHaveLength(64);
    expect(backupsIn(place).map(({ name }) => name.slice(8, 10))).toEqual(['05', '04', '03']);
    expect(readdirSync(join(place, 'blobs'))).toEqual([]);
  });

  it('keeps the one just made, whatever the clock said when the others were', async () => {
    const ahead = Array.from({ length: 6 }, (_, hour) => `2027-01-01T0${hour}:00:00.000Z`);
    const keep = { last: 6, days: 0 };
    for (const at of ahead) await backup({ at, keep });
    const days = ['01', '02', '03', '04', '05', '06'].map((day) => `2026-04-${day}T08:00:00.000Z`);
    for (const at of days) {
      const { name } = await backup({ at, keep });
      expect(backupsIn(place).map((one) => one.name)).toContain(name);
    }
    // Those from a time that has not come yet are older than they say, and go like the others.
    expect(backupsIn(place).map(({ manifest }) => manifest.at)).toEqual([...days].reverse());
  });

  it('never removes the newest one', () => {
    const day = fc.integer({ min: 1, max: 9 });
    const names = fc.uniqueArray(
      fc.tuple(day, day, day).map(([d, h, m]) => `2026-04-0${d}T0${h}-0${m}-00Z-0123abcd`),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(names, fc.nat({ max: 5 }), fc.nat({ max: 5 }), (all, last, days) => {
        const made = [...all].sort().at(-1) ?? '';
        const kept = keptBackups(all, made, { last, days });
        expect(kept.has(made)).toBe(true);
        expect(kept.size).toBeLessThanOrEqual(Math.max(1, last) + days);
      }),
    );
  });
});

describe('a restored store', () => {
  it('allots no number before it is reconciled', async () => {
    const { name } = await backup();
    const copy = await restored(name, join(folder, 'other'));
    const of = { series: 'receipt', year: 2026, actId: 'a', at: 'now' };
    expect(() => copy.write((tx) => numbers.allot(tx, of))).toThrow('store.not-reconciled');
    const id = copy.read(recoveries.open)?.id ?? '';
    copy.write((tx) => recoveries.reconciled(tx, { id, at: 'now' }));
    expect(() => copy.write((tx) => numbers.allot(tx, of))).toThrow('store.not-reconciled');
    copy.write((tx) => recoveries.done(tx, { id, at: 'now', by: 'clerk', report: {} }));
    expect(copy.write((tx) => numbers.allot(tx, of)).number).toBe(1);
    copy.close();
  });
});
