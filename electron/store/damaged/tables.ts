import { join } from 'node:path';
import type { Reader, SqlRow, SqlValue } from '../transaction.ts';
import { LOCK_PAGE, openDamaged } from './pages.ts';
import { type Found, treePage } from './records.ts';

/** How a table's rows lie in its tree. */
export type TableShape = {
  name: string;
  /** Columns in the order of the record: as declared, but the key's first where the table has no rowid. */
  columns: readonly string[];
  /** The column that is the rowid itself, when there is one. */
  rowidColumn: string | null;
  hasRowid: boolean;
};

/** Rows are handed over one by one: a worked desk has more of them than there is memory. */
type Take = (row: SqlRow) => void;

export type DamagedTables = {
  pages: { total: number; unreadable: number };
  /** Gives the rows of a table that are reached from its root. Returns whether none of its pages is missing. */
  rows(shape: TableShape, take: Take): boolean;
  /** Gives rows of pages that no tree reaches any more, or whose tree is unknown: any of them may be of any table. */
  strays(shape: TableShape, take: Take): void;
  /** Whether rows of `rows` are as they were written; when not, only what proves itself is to be believed. */
  proven: boolean;
};

function rowOf(shape: TableShape, { rowid, values }: Found): SqlRow | null {
  if ((rowid !== null) !== shape.hasRowid || values.length > shape.columns.length) return null;
  const row: Record<string, SqlValue> = {};
  // A row older than a column ends before it: the table's own default stands for it.
  values.forEach((value, index) => {
    const column = shape.columns[index];
    if (column !== undefined) row[column] = column === shape.rowidColumn ? rowid : value;
  });
  return row;
}

/** Reads what is left of a store's database, whatever of it is damaged. Gives it to `work` and lets go of the files. */
export function readDamaged<T>(folder: string, key: Uint8Array, work: (tables: DamagedTables) => T): T {
  const file = openDamaged(join(folder, 'desk.db'), key);
  try {
    let unreadable = 0;
    for (let number = 1; number <= file.count; number += 1)
      if (number !== LOCK_PAGE && (!file.proven || file.page(number) === null)) unreadable += 1;
    const reached = new Set<number>();

    type Tree = { pages: number[]; whole: boolean };
    /** The pages of a tree, each once: a damaged pointer must not lead in circles. */
    function walk(root: number): Tree {
      const pages: number[] = [];
      let whole = true;
      const open = [root];
      for (let number = open.pop(); number !== undefined; number = open.pop()) {
        const page = reached.has(number) ? null : treePage(file, number);
        if (page === null) {
          whole = false;
          continue;
        }
        reached.add(number);
        pages.push(number);
        open.push(...page.children.toReversed());
      }
      return { pages, whole };
    }
    /** Gives what lies on these pages; returns whether all of it could be read. */
    function read(pages: Iterable<number>, take: (found: Found) => void): boolean {
      let whole = true;
      for (const number of pages) {
        const found = treePage(file, number)?.records();
        for (const record of found?.records ?? []) take(record);
        whole &&= found?.whole ?? false;
      }
      return whole;
    }
    function* unreached(): Generator<number> {
      for (let number = 1; number <= file.count; number += 1) if (!reached.has(number)) yield number;
    }

    const trees = new Map<string, Tree>();
    if (file.proven) {
      const roots = new Map<string, number>();
      read(walk(1).pages, ({ values: [type, name, , root] }) => {
        if (typeof name === 'string' && typeof root === 'number' && root > 0)
          roots.set(type === 'table' ? name : `index ${name}`, root);
      });
      for (const [name, root] of roots) trees.set(name, walk(root));
    }
    const asRow =
      (shape: TableShape, take: Take) =>
      (found: Found): void => {
        const row = rowOf(shape, found);
        if (row !== null) take(row);
      };

    return work({
      pages: { total: file.count, unreadable },
      proven: file.proven,
      rows: (shape, take) => {
        const tree = trees.get(shape.name);
        if (tree === undefined) return false;
        return read(tree.pages, asRow(shape, take)) && tree.whole;
      },
      strays: (shape, take) => void read(unreached(), asRow(shape, take)),
    });
  } finally {
    file.close();
  }
}

/** How the tables of an open database lie in their trees. */
export function shapesOf({ all }: Reader): Map<string, TableShape> {
  const shapes = new Map<string, TableShape>();
  type Table = { name: string; wr: number };
  for (const { name, wr } of all<Table>(
    "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'",
  )) {
    type Column = { name: string; type: string; pk: number };
    const declared = all<Column>('SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid', [name]);
    const key = declared.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
    const hasRowid = wr === 0;
    const [only] = key;
    shapes.set(name, {
      name,
      hasRowid,
      columns: (hasRowid ? declared : [...key, ...declared.filter(({ pk }) => pk === 0)]).map(
        (column) => column.name,
      ),
      rowidColumn: hasRowid && key.length === 1 && only?.type === 'INTEGER' ? only.name : null,
    });
  }
  return shapes;
}
