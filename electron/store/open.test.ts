import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as deskValues from './desk-values.ts';
import type { StoreCode } from './failures.ts';
import { migrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { mustOpen, openTestStore, temporaryFolder, testKey } from './testing/temporary-store.ts';

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
});
afterEach(() => remove());

/** Every file in the folder with its content. */
function contents(): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    files
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  );
}

function makeStore(rows = 0): void {
  const store = mustOpen(folder);
  store.write((tx) => {
    deskValues.set(tx, 'mark', 'kept');
    for (let row = 0; row < rows; row += 1) deskValues.set(tx, `row-${row}`, 'x'.repeat(1000));
  });
  store.close();
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 0x55;
  writeFileSync(file, bytes);
}

const codeOf = (opened: ReturnType<typeof openTestStore>): StoreCode | 'opened' => {
  if (!opened.ok) return opened.error.code;
  opened.value.close();
  return 'opened';
};

describe('a store', () => {
  it('is made, and opens again with what was written', () => {
    makeStore();
    const store = mustOpen(folder);
    expect(store.schemaVersion).toBe(migrations.length);
    expect(store.read((tx) => deskValues.get(tx, 'mark'))).toBe('kept');
    store.close();
  });

  it('is durable, encrypted and strict as promised', () => {
    const store = mustOpen(folder);
    const pragma = (name: string) =>
      store.write((tx) => Object.values(tx.get<Record<string, string | number>>(`PRAGMA ${name}`) ?? {})[0]);
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('foreign_keys')).toBe(1);
    expect(pragma('secure_delete')).toBe(1);
    const tables = store.read((tx) =>
      tx.all<{ name: string; strict: number }>(
        "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'",
      ),
    );
    expect(tables.length).toBeGreaterThan(15);
    expect(tables.filter(({ strict }) => strict !== 1)).toEqual([]);
    store.write((tx) => deskValues.set(tx, 'mark', 'a-text-that-must-not-be-seen'));
    const raw = readdirSync(folder, { encoding: 'utf8' })
      .filter((name) => name.startsWith('desk.db'))
      .map((name) => readFileSync(join(folder, name)).toString('latin1'))
      .join('');
    expect(raw).not.toContain('a-text-that-must-not-be-seen');
    expect(raw).not.toContain('SQLite format 3');
    store.close();
  });

  it.skipIf(process.platform === 'win32')('is closed to other users of the machine', () => {
    makeStore();
    for (const name of ['desk.db', 'desk.lock', 'desk.keycheck']) {
      expect(statSync(join(folder, name)).mode & 0o007).toBe(0);
    }
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  it('belongs to one process at a time', () => {
    const store = mustOpen(folder);
    expect(codeOf(openTestStore(folder))).toBe('store.in-use');
    const child = spawnSync(
      process.execPath,
      [join(dirname(fileURLToPath(import.meta.url)), 'testing/try-open.ts'), folder],
      {
        encoding: 'utf8',
      },
    );
    expect(child.stdout.trim()).toBe('store.in-use');
    store.close();
    expect(codeOf(openTestStore(folder))).toBe('opened');
  });
});

describe('opening tells', () => {
  it('a wrong key', () => {
    makeStore();
    const before = contents();
    expect(codeOf(openTestStore(folder, { key: testKey(8) }))).toBe('store.wrong-key');
    expect(contents()).toEqual(before);
  });

  it('a wrong key also without the check file, and keeps what only the WAL has', () => {
    const store = mustOpen(folder);
    store.write((tx) => deskValues.set(tx, 'mark', 'only in the WAL'));
    // What a crash leaves: the files as they are while the store is open.
    const crashed = join(dirname(folder), 'crashed');
    cpSync(folder, crashed, { recursive: true });
    store.close();
    rmSync(join(crashed, 'desk.keycheck'));
    expect(statSync(join(crashed, 'desk.db-wal')).size).toBeGreaterThan(0);
    expect(codeOf(openTestStore(crashed, { key: testKey(8) }))).toBe('store.wrong-key');
    const again = mustOpen(crashed);
    expect(again.read((tx) => deskValues.get(tx, 'mark'))).toBe('only in the WAL');
    again.close();
    expect(existsSync(join(crashed, 'desk.keycheck'))).toBe(true);
  });

  it('a key check that was lost or spoiled by making it anew, once the key opened the store', () => {
    makeStore();
    writeFileSync(join(folder, 'desk.keycheck'), 'nonsense');
    expect(codeOf(openTestStore(folder))).toBe('opened');
    expect(codeOf(openTestStore(folder, { key: testKey(8) }))).toBe('store.wrong-key');
  });

  it.each([
    [
      'a file that is no database',
      (db: string) => writeFileSync(db, 'this is a letter, not a database'.repeat(500)),
    ],
    ['its first page changed', (db: string) => flip(db, 100)],
    ['a later page changed', (db: string) => flip(db, statSync(db).size - 2000)],
    [
      'a file cut in the middle',
      (db: string) => truncateSync(db, Math.floor(statSync(db).size / 2 / 4096) * 4096),
    ],
    ['an emptied file', (db: string) => truncateSync(db, 0)],
    ['a lost file', (db: string) => rmSync(db)],
    [
      'bytes of something else at its start',
      (db: string) => {
        const bytes = readFileSync(db);
        bytes.fill(0, 0, 8192);
        writeFileSync(db, bytes);
      },
    ],
  ])('damage: %s', (_name, spoil) => {
    makeStore(200);
    spoil(join(folder, 'desk.db'));
    const before = contents();
    expect(codeOf(openTestStore(folder))).toBe('store.damaged');
    expect(contents()).toEqual(before);
  });

  it('nothing wrong when bytes were appended that belong to no page', () => {
    makeStore(10);
    appendFileSync(join(folder, 'desk.db'), 'xyz');
    expect(codeOf(openTestStore(folder))).toBe('opened');
  });

  it('a schema of a newer program', () => {
    const newer: Migration = {
      version: migrations.length + 1,
      name: 'future',
      sql: 'CREATE TABLE future (a TEXT) STRICT',
    };
    mustOpen(folder, { migrations: [...migrations, newer] }).close();
    const before = contents();
    const opened = openTestStore(folder);
    expect(opened).toEqual({
      ok: false,
      error: {
        code: 'store.newer-schema',
        params: { found: migrations.length + 1, known: migrations.length },
      },
    });
    expect(contents()).toEqual(before);
  });

  it('a migration that fails, and leaves the version before it', () => {
    makeStore();
    const version = migrations.length + 1;
    const broken: Migration = {
      version,
      name: 'broken',
      sql: 'CREATE TABLE half (a TEXT) STRICT; INSERT INTO nowhere VALUES (1)',
    };
    expect(openTestStore(folder, { migrations: [...migrations, broken] })).toEqual({
      ok: false,
      error: { code: 'store.migration-failed', params: { version, name: 'broken' } },
    });
    const store = mustOpen(folder);
    expect(store.schemaVersion).toBe(migrations.length);
    expect(
      store.read((tx) => tx.get("SELECT 1 AS one FROM sqlite_schema WHERE name = 'half'")),
    ).toBeUndefined();
    expect(store.read((tx) => deskValues.get(tx, 'mark'))).toBe('kept');
    store.close();
  });

  it('a migration that was edited after it had been applied', () => {
    makeStore();
    const edited = migrations.map((step) =>
      step.version === 1 ? { ...step, sql: `${step.sql}\n-- edited` } : step,
    );
    expect(codeOf(openTestStore(folder, { migrations: edited }))).toBe('store.migration-failed');
  });

  it('a place that can not be a folder', () => {
    mkdirSync(dirname(folder), { recursive: true });
    writeFileSync(folder, '');
    expect(codeOf(openTestStore(folder))).toBe('store.no-access');
  });

  it('an older copy put in place of the database is opened as it is', () => {
    makeStore();
    const old = join(dirname(folder), 'old.db');
    copyFileSync(join(folder, 'desk.db'), old);
    const store = mustOpen(folder);
    store.write((tx) => deskValues.set(tx, 'mark', 'newer'));
    store.close();
    copyFileSync(old, join(folder, 'desk.db'));
    const again = mustOpen(folder);
    expect(again.read((tx) => deskValues.get(tx, 'mark'))).toBe('kept');
    again.close();
  });
});
