import type { BookYear } from '../../contract/book.ts';
import type { Session } from '../../contract/clerks.ts';
import type { BookClosingData } from '../../documents/template-data.ts';
import type { Reader } from '../../store/open.ts';
import { displayName } from '../../values/person-name.ts';
import { ok } from '../../values/result.ts';
import { formatDate, legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import { bookSeries } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { Refusal, refuse } from '../failure.ts';
import { command, type Handler, query } from '../handlers.ts';
import { ownNumber, ownOffice, printedOffice } from '../outputs/data.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { orderOutput } from '../outputs/table.ts';
import { mayBeClosed } from './rules.ts';
import {
  certifiersOf,
  closingOf,
  countsOf,
  insertClosing,
  isClosed,
  lastOf,
  rowsOf,
  yearsOf,
} from './table.ts';

/** The desk's index of the bound register book, and the end of its year. */
export function bookHandlers(desk: Desk, prints: PrintRunner): Handler[] {
  const yearView = (tx: Reader, of: { series: string; year: number; last: number }, now: Date): BookYear => ({
    ...of,
    counts: countsOf(tx, of),
    closable: !isClosed(tx, of.series, of.year) && mayBeClosed(of.year, legalDate(now)),
    closing: closingOf(tx, of),
  });

  return [
    query('book.years', ({ session, now }) => {
      mayKeepBook(session);
      return desk.store.read((tx) =>
        ok(
          bookSeries(tx)
            .flatMap((series) => yearsOf(tx, series).map((of) => yearView(tx, { series, ...of }, now)))
            .sort((a, b) => b.year - a.year || a.series.localeCompare(b.series)),
        ),
      );
    }),

    query('book.rows', ({ session }, { limit, ...of }) => {
      mayKeepBook(session);
      return desk.store.read((tx) => {
        const found = rowsOf(tx, { ...of, limit: limit + 1 });
        return ok({ rows: found.slice(0, limit), more: found.length > limit });
      });
    }),

    command('book.close', (commanded, { series, year }) => {
      const { tx, actId, session, now, after } = commanded;
      mayKeepBook(session);
      const last = lastOf(tx, { series, year });
      if (last === 0 || !bookSeries(tx).includes(series)) return refuse('book.nothing');
      if (isClosed(tx, series, year)) return refuse('book.closed', { year });
      if (!mayBeClosed(year, legalDate(now))) return refuse('book.year-not-over', { year });
      const documentId = desk.newId();
      orderOutput(
        tx,
        {
          documentId,
          visitId: null,
          serviceId: null,
          kind: 'book-closing',
          template: 'book-closing',
          data: closingData(desk, tx, { series, year, last, documentId, session, now }),
          madeAt: now.toISOString(),
        },
        desk.newId(),
      );
      insertClosing(tx, {
        id: actId,
        series,
        year,
        last,
        closedAt: now.toISOString(),
        closedBy: session.clerkId,
        documentId,
      });
      record(desk, commanded, {
        kind: 'book-closed',
        payload: { series, year, last, ...countsOf(tx, { series, year }) },
      });
      after(() => prints.kick());
      return ok(yearView(tx, { series, year, last }, now));
    }),
  ];
}

/** The book is kept by those who write into it, and looked at by the supervisor. */
function mayKeepBook(session: Pick<Session, 'roles' | 'competences'>): void {
  if (!session.competences.includes('verification') && !session.roles.includes('supervisor'))
    throw new Refusal('service.needs-competence');
}

const KINDS = { V: 'vidimace', L: 'legalizace' } as const;

function closingData(
  desk: Desk,
  tx: Reader,
  of: {
    series: string;
    year: number;
    last: number;
    documentId: string;
    session: Pick<Session, 'name'>;
    now: Date;
  },
): BookClosingData {
  const own = ownOffice(desk, tx);
  const { series, year, last } = of;
  const all = { series, year, kind: null, number: null, date: null, before: null, limit: last };
  const spoiled = [...rowsOf(tx, { ...all, state: 'cancelled' }), ...rowsOf(tx, { ...all, state: 'lost' })];
  return {
    desk: own.printed,
    office: printedOffice(own.office),
    document: { number: ownNumber(of.documentId) },
    book: { name: 'Ověřovací kniha' },
    year: String(year),
    last,
    counts: countsOf(tx, of),
    cancelled: spoiled
      .sort((a, b) => a.number - b.number)
      .map((row) => ({
        number: `${row.number}/${year}`,
        date: formatDate(row.legalDate),
        kind: row.kind === null ? '–' : KINDS[row.kind],
        reason: row.state === 'lost' ? 'ztraceno s diskem' : (row.reason ?? '–'),
      })),
    clerks: certifiersOf(tx, of).map((name) => ({ name })),
    closedAt: of.now.toISOString(),
    clerk: { name: displayName(of.session.name) },
    place: own.place,
  };
}
