import type Database from 'better-sqlite3';
import { asThrown, StoreError } from './failures.ts';

/** What a column holds and a parameter may be. */
export type SqlValue = string | number | bigint | Uint8Array | null;
/** Positional (`?`) or named (`:name`) parameters. */
export type SqlParams = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;
/** A row; say its columns with a `type`, not an `interface`. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Reads within one consistent view of the store. */
export type Reader = {
  /** The first row, or undefined. */
  get<Row extends SqlRow>(sql: string, params?: SqlParams): Row | undefined;
  all<Row extends SqlRow>(sql: string, params?: SqlParams): Row[];
};

/** The one open transaction. It is void as soon as the work that got it returns. */
export type Tx = Reader & {
  /** Runs a statement that changes rows; returns how many. */
  run(sql: string, params?: SqlParams): number;
};

const isPromise = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/**
 * `write` and `read` over one connection, with its statements kept prepared. Damage met by any of them is told at once, and
 * nothing is written from then on: what is damaged must not be made worse.
 */
export function transactions(
  db: Database.Database,
  folder: string,
  onDamaged: () => void = () => {},
): {
  write<T>(work: (tx: Tx) => T): T;
  read<T>(work: (tx: Reader) => T): T;
  /** What an error outside of both is to be thrown as. */
  told(error: unknown): unknown;
} {
  const statements = new Map<string, Database.Statement<[SqlParams], SqlRow>>();
  let running: 'write' | 'read' | undefined;
  let isDamaged = false;

  const prepared = (sql: string): Database.Statement<[SqlParams], SqlRow> => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = db.prepare<[SqlParams], SqlRow>(sql);
    statements.set(sql, made);
    return made;
  };
  const readable = (sql: string): Database.Statement<[SqlParams], SqlRow> => {
    if (running === undefined) throw new Error('A transaction was used after it had ended.');
    const statement = prepared(sql);
    if (running === 'read' && !statement.readonly) throw new Error('A reader can not change the store.');
    return statement;
  };

  /** What an error is to be thrown as; damage is told the first time. */
  const told = (error: unknown): unknown => {
    const thrown = asThrown(error, folder);
    if (thrown instanceof StoreError && thrown.failure.code === 'store.damaged' && !isDamaged) {
      isDamaged = true;
      onDamaged();
    }
    return thrown;
  };

  const tx: Tx = {
    run: (sql, params = []) => {
      if (running !== 'write') throw new Error('A transaction was used after it had ended.');
      return prepared(sql).run(params).changes;
    },
    // The rows' types are what the caller's SQL says; STRICT tables keep columns to their declared types.
    get: <Row extends SqlRow>(sql: string, params: SqlParams = []) => {
      const row = readable(sql).get(params);
      return row as Row | undefined;
    },
    all: <Row extends SqlRow>(sql: string, params: SqlParams = []) => readable(sql).all(params) as Row[],
  };

  const within = <T>(kind: 'write' | 'read', work: (tx: Tx) => T): T => {
    if (running !== undefined) throw new Error(`A ${kind} was started inside another ${running}.`);
    if (isDamaged && kind === 'write') throw new StoreError({ code: 'store.damaged' });
    try {
      db.exec(kind === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN');
      running = kind;
      const value = work(tx);
      if (isPromise(value)) throw new Error('The work of a transaction must not wait for anything.');
      running = undefined;
      db.exec('COMMIT');
      return value;
    } catch (error) {
      // SQLite has rolled back by itself after some errors (a full disk, an I/O error).
      if (db.open && db.inTransaction) db.exec('ROLLBACK');
      throw told(error);
    } finally {
      running = undefined;
    }
  };

  return {
    write: (work) => within('write', work),
    read: (work) => within('read', work),
    told,
  };
}
