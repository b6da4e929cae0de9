import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../electron/values/ids.ts';
import { instanceOf, openDatabase } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

describe('the portal’s database', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'portal-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('is durable at each commit, keeps its references, and stays itself', () => {
    const first = openDatabase(dataDir, systemRandom);
    const pragma = (name: string) => first.pragma(name, { simple: true });
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 2, 1]);
    const instance = instanceOf(first);
    first.close();
    const second = openDatabase(dataDir, systemRandom);
    expect(instanceOf(second)).toBe(instance);
    second.close();
    const other = openDatabase(':memory:', systemRandom);
    expect(instanceOf(other)).not.toBe(instance);
    other.close();
  });

  it('has strict tables only', () => {
    const db = openDatabase(':memory:', systemRandom);
    const loose = db
      .prepare<[], { name: string }>(
        "SELECT name FROM pragma_table_list WHERE strict = 0 AND name NOT LIKE 'sqlite_%'",
      )
      .all();
    expect(loose).toEqual([]);
    db.close();
  });

  it('is not touched by a program older than its schema', () => {
    const db = openDatabase(dataDir, systemRandom);
    db.pragma(`user_version = ${MIGRATIONS.length + 1}`);
    db.close();
    expect(() => openDatabase(dataDir, systemRandom)).toThrow(
      new RegExp(`schema ${MIGRATIONS.length + 1}; this program knows ${MIGRATIONS.length}`),
    );
  });
});
