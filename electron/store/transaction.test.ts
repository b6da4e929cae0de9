import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as deskValues from './desk-values.ts';
import { StoreError } from './failures.ts';
import { connect, type Store } from './open.ts';
import { mustOpen, openTestStore, temporaryStore, testKey } from './testing/temporary-store.ts';
import type { Tx } from './transaction.ts';

let store: Store;
let remove: () => void;
beforeEach(() => {
  ({ store, remove } = temporaryStore());
});
afterEach(() => remove());

const value = (key: string) => store.read((tx) => deskValues.get(tx, key));

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a transaction', () => {
  it('keeps all of its work, or nothing when the work throws', () => {
    store.write((tx) => deskValues.set(tx, 'a', 1));
    expect(() =>
      store.write((tx) => {
        deskValues.set(tx, 'a', 2);
        deskValues.set(tx, 'b', 2);
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect([value('a'), value('b')]).toEqual([1, undefined]);
  });

  it('is never nested, and stays usable when someone tried', () => {
    expect(() => store.write(() => store.write(() => 1))).toThrow('inside');
    expect(() => store.read(() => store.write(() => 1))).toThrow('inside');
    expect(() => store.write(() => store.read(() => 1))).toThrow('inside');
    store.write((tx) => deskValues.set(tx, 'a', 1));
    expect(value('a')).toBe(1);
  });

  it('does not wait: work that returns a promise is undone', () => {
    expect(() =>
      store.write(async (tx) => {
        deskValues.set(tx, 'a', 1);
      }),
    ).toThrow('must not wait');
    expect(value('a')).toBeUndefined();
  });

  it('is void once its work has returned', () => {
    const kept = store.write((tx) => tx);
    expect(() => kept.get('SELECT 1 AS one')).toThrow('ended');
    expect(() => kept.run("DELETE FROM desk WHERE key = 'a'")).toThrow('ended');
  });

  it('that only reads can not change anything', () => {
    expect(() => store.read((tx) => tx.get("INSERT INTO desk VALUES ('a', '1') RETURNING key"))).toThrow(
      'reader',
    );
    expect(value('a')).toBeUndefined();
  });

  it('throws what is a bug as it is', () => {
    expect(
      thrownBy(() => store.write((tx) => tx.run('INSERT INTO desk (key) VALUES (NULL)'))),
    ).not.toBeInstanceOf(StoreError);
  });
});

/** Writes rows until the store refuses; returns how many were acknowledged. */
function fill(into: Store): { written: number; error: unknown } {
  let written = 0;
  const error = thrownBy(() => {
    for (; written < 5000; written += 1) {
      into.write((tx: Tx) => deskValues.set(tx, `row-${written}`, 'x'.repeat(2000)));
    }
  });
  return { written, error };
}

const countRows = (of: Store): number =>
  of.read((tx) => tx.get<{ n: number }>("SELECT count(*) AS n FROM desk WHERE key LIKE 'row-%'"))?.n ?? -1;

describe('a full disk', () => {
  it('is told, undoes the command, and the store works on when there is room again', () => {
    const pages = store.read((tx) => tx.get<{ page_count: number }>('PRAGMA page_count'))?.page_count ?? 0;
    store.read((tx) => tx.get(`PRAGMA max_page_count = ${pages + 20}`));
    const { written, error } = fill(store);
    expect(error).toMatchObject({ name: 'StoreError', failure: { code: 'store.no-space' } });
    expect(countRows(store)).toBe(written);
    store.read((tx) => tx.get('PRAGMA max_page_count = 1000000'));
    store.write((tx) => deskValues.set(tx, 'after', true));
    expect(value('after')).toBe(true);
  });

  const mountPoint = mkdtempSync(join(tmpdir(), 'virtuos-full-'));
  const mount = (...options: string[]): boolean =>
    spawnSync('mount', [...options, '-t', 'tmpfs', 'tmpfs', mountPoint]).status === 0;
  const unmount = () => spawnSync('umount', ['--lazy', mountPoint]);
  const mayMount = process.platform === 'linux' && process.getuid?.() === 0 && mount('-o', 'size=3m');
  let small: Store | undefined;
  afterAll(() => {
    small?.close();
    if (mayMount) unmount();
    rmSync(mountPoint, { recursive: true, force: true });
  });

  it.skipIf(!mayMount)(
    'of a real file system: nothing acknowledged is lost, a blob is refused whole',
    async () => {
      const desk = join(mountPoint, 'desk');
      small = mustOpen(desk);
      const { written, error } = fill(small);
      expect(error).toMatchObject({ failure: { code: 'store.no-space' } });
      expect(countRows(small)).toBe(written);
      const put = await small.blobs.put(new Uint8Array(8_000_000));
      expect(put).toMatchObject({ ok: false, error: { code: 'store.no-space' } });
      expect(readdirSync(join(desk, 'blobs'))).toEqual([]);
      small.close();
      expect(spawnSync('mount', ['-o', 'remount,size=6m', mountPoint]).status).toBe(0);
      small = mustOpen(desk);
      expect(countRows(small)).toBe(written);
      small.write((tx) => deskValues.set(tx, 'row-more', true));
      expect(countRows(small)).toBe(written + 1);
      small.close();
      expect(spawnSync('mount', ['-o', 'remount,ro', mountPoint]).status).toBe(0);
      expect(openTestStore(desk)).toMatchObject({ ok: false, error: { code: 'store.no-access' } });
    },
  );
});

describe('damage met while the store is in use', () => {
  it('is told once, and nothing is written from then on', () => {
    let told = 0;
    const { store: watched, folder, remove: scrap } = temporaryStore({ onDamaged: () => (told += 1) });
    for (let n = 0; n < 200; n += 1) watched.write((tx) => deskValues.set(tx, `key-${n}`, 'x'.repeat(2000)));
    watched.cutLog();
    // Another connection's write makes the first one read the file again.
    const path = join(folder, 'desk.db');
    const other = connect(path, testKey(), process.env.VIRTUOS_SQLITE_BINDING);
    other.exec("UPDATE desk SET value = '1' WHERE key = 'key-0'; PRAGMA wal_checkpoint(TRUNCATE)");
    other.close();
    const handle = openSync(path, 'r+');
    const pages = fstatSync(handle).size / 4096;
    for (let page = pages - 60; page < pages; page += 1)
      writeSync(handle, Buffer.alloc(1000, 0xa5), 0, 1000, page * 4096 + 50);
    closeSync(handle);
    const all = () => watched.read((tx) => tx.all('SELECT value FROM desk'));
    expect(thrownBy(all)).toMatchObject({ failure: { code: 'store.damaged' } });
    expect(thrownBy(all)).toMatchObject({ failure: { code: 'store.damaged' } });
    const write = () => watched.write((tx) => deskValues.set(tx, 'key-0', 2));
    expect(thrownBy(write)).toMatchObject({ failure: { code: 'store.damaged' } });
    expect(told).toBe(1);
    scrap();
  });
});
