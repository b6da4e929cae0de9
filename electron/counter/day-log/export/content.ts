import { join } from 'node:path';
import type { ExportFormat } from '../../../contract/day-log.ts';
import { loadTemplate } from '../../../documents/template/load.ts';
import type { DayLogData } from '../../../documents/template-data.ts';
import { lastCheckpoint } from '../../../journal/checkpoint.ts';
import { exportLog } from '../../../journal/export.ts';
import type { Reader } from '../../../store/open.ts';
import { pinnedWitness } from '../../../sync/evidence.ts';
import { formatDate } from '../../../values/time.ts';
import { offices } from '../../catalogue/catalogue.ts';
import type { Desk } from '../../desk.ts';
import { ExportError, type Piece } from '../../exports.ts';
import { entryMaker } from '../entries.ts';
import { findEntries, type LogFilter } from '../find.ts';
import { csvHead, csvLines } from './csv.ts';
import { type ExportRow, exportRow, type Names, writtenDate } from './rows.ts';
import { XLSX_ROWS, xlsxWriter } from './xlsx.ts';

/** A slice is read, packed and written before anybody else is heard. */
const SLICE = 100;
/** A paper longer than some hundred sheets is read by nobody; a table is made for that. */
export const PDF_ROWS = 3000;

export const mostRows: Readonly<Record<ExportFormat, number>> = {
  csv: Number.MAX_SAFE_INTEGER,
  xlsx: XLSX_ROWS - 1,
  pdf: PDF_ROWS,
  jsonl: Number.MAX_SAFE_INTEGER,
};

export type LogFile = {
  format: ExportFormat;
  filter: LogFilter;
  names: Names;
  total: number;
  /** The last entry when the file was asked for; what comes later is not in it. */
  last: number;
  at: Date;
  clerkName: string;
};

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Rows from the oldest on. */
async function* rowsOf(desk: Pick<Desk, 'store'>, file: LogFile): AsyncGenerator<ExportRow[]> {
  for (let after = 0; ; ) {
    const rows = desk.store.read((tx) => {
      const found = findEntries(tx, file.filter, { after }, SLICE).filter(
        ({ sequence }) => sequence <= file.last,
      );
      const entryOf = entryMaker(tx);
      return found
        .reverse()
        .map((row) => exportRow(entryOf(row), Buffer.from(row.leafHash).toString('hex'), file.names));
    });
    const end = rows.at(-1);
    if (end === undefined) return;
    yield rows;
    after = end.sequence;
    await breath();
  }
}

/** The file's bytes in pieces. The index has to know the whole log. */
export async function* contentOf(desk: Desk, file: LogFile, signal: AbortSignal): AsyncGenerator<Piece> {
  if (file.format === 'jsonl') return yield* evidence(desk, file);
  const rows = rowsOf(desk, file);
  let done = 0;
  switch (file.format) {
    case 'csv':
      yield { bytes: Buffer.from(csvHead(file.names.columns)), done };
      for await (const slice of rows) {
        done += slice.length;
        yield { bytes: Buffer.from(csvLines(slice)), done };
      }
      return;
    case 'xlsx': {
      const writer = xlsxWriter({
        sheetName: `${file.filter.from} – ${file.filter.to}`,
        columns: file.names.columns,
        rows: file.total,
        at: file.at,
      });
      for await (const slice of rows) {
        done += slice.length;
        yield { bytes: writer.add(slice), done };
      }
      yield { bytes: writer.end(), done };
      return;
    }
    case 'pdf': {
      const all: ExportRow[] = [];
      for await (const slice of rows) {
        all.push(...slice);
        yield { bytes: new Uint8Array(), done: all.length };
      }
      yield { bytes: await paper(desk, file, all, signal), done: all.length };
    }
  }
}

/**
 * The log of the period with what proves it: entries without their contents, from the period's first to what the newest
 * checkpoint covers. The other filters do not apply: a log with gaps proves nothing.
 */
async function* evidence(desk: Desk, file: LogFile): AsyncGenerator<Piece> {
  const { range, deskId, witness } = desk.store.read((tx) => ({
    range: evidenceRange(tx, file),
    deskId: desk.enrolled(tx)?.deskId ?? 'not-enrolled',
    witness: pinnedWitness(tx),
  }));
  const count = Math.max(1, range.to - range.from + 1);
  let written = 0;
  const log = exportLog(desk.store.read, { deskId, ...range, payloads: false, witness, at: file.at });
  for (const text of log) {
    written += (text.match(/^\{"leaf":/gm) ?? []).length;
    yield { bytes: Buffer.from(text), done: Math.round((file.total * Math.min(written, count)) / count) };
    await breath();
  }
}

function evidenceRange(tx: Reader, { filter, last }: LogFile): { from: number; to: number } {
  const days = tx.get<{ first: number | null; end: number | null }>(
    `SELECT min(first_sequence) AS first, max(last_sequence) AS "end" FROM journal_days
     WHERE legal_date BETWEEN ? AND ?`,
    [filter.from, filter.to],
  );
  const end = Math.min(days?.end ?? last, last);
  const covered = lastCheckpoint(tx)?.size ?? 0;
  return { from: days?.first ?? 1, to: covered >= end ? covered : last };
}

async function paper(
  desk: Desk,
  file: LogFile,
  rows: readonly ExportRow[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { from, to } = file.filter;
  const { own, office } = desk.store.read((tx) => {
    const enrolled = desk.enrolled(tx);
    return { own: enrolled, office: enrolled && offices.find(tx, enrolled.officeId) };
  });
  const data: DayLogData = {
    desk: { officeName: office?.name.cs ?? own?.deskName ?? '–', id: own?.deskName ?? '–' },
    period: from === to ? formatDate(from) : `${formatDate(from)} – ${formatDate(to)}`,
    count: rows.length,
    exportedAt: file.at.toISOString(),
    clerk: { name: file.clerkName },
    entries: rows.map((row) => ({
      sequence: String(row.sequence),
      time: `${writtenDate(row)} ${row.time}`,
      what: row.kind,
      about: [row.service, row.summary].filter((part) => part !== '').join(' · ') || '–',
      ticket: row.ticket === null ? '–' : String(row.ticket),
      clerk: row.clerk,
    })),
  };
  const template = await loadTemplate(join(desk.resources, 'templates'), 'day-log');
  const rendered = template.ok
    ? await desk.documents.renderDocument(
        { template: template.value, data, environment: desk.environment, createdAt: file.at, language: 'cs' },
        { signal },
      )
    : template;
  if (!rendered.ok) throw new ExportError(rendered.error);
  return rendered.value.bytes;
}
