import type { LogEntry } from '../../contract/day-log.ts';
import { type JsonValue, parseJson } from '../../store/json.ts';
import type { Reader } from '../../store/open.ts';
import type { LogRow } from './find.ts';
import { clerkNames, serviceTitles } from './names.ts';
import { codesOf, summaryOf } from './summary.ts';

/** Makes what the window shows of rows of the log; asks for a name, a title or a ticket once. */
export function entryMaker(tx: Reader): (row: LogRow) => LogEntry {
  const names = clerkNames(tx);
  const titles = serviceTitles(tx);
  const tickets = new Map<string, number | null>();
  const ticketOf = (visitId: string): number | null => {
    let ticket = tickets.get(visitId);
    if (ticket === undefined) {
      ticket =
        tx.get<{ ticket: number }>('SELECT ticket FROM visits WHERE id = ?', [visitId])?.ticket ?? null;
      tickets.set(visitId, ticket);
    }
    return ticket;
  };
  const serviceOf = (sequence: number): LogEntry['service'] => {
    const id = tx.get<{ id: string | null }>(
      'SELECT definition_id AS id FROM journal_facets WHERE sequence = ?',
      [sequence],
    )?.id;
    return id == null ? null : (titles.get(id) ?? { cs: id, en: id });
  };
  return (row) => {
    const payload: JsonValue =
      row.payload === null ? null : parseJson(Buffer.from(row.payload).toString('utf8'));
    return {
      sequence: row.sequence,
      at: row.at,
      legalDate: row.legalDate,
      kind: row.kind,
      clerkId: row.clerkId,
      clerkName: names.get(row.clerkId) ?? (row.role === 'machine' ? '' : row.clerkId),
      role: row.role,
      visitId: row.visitId,
      ticket: row.visitId === null ? null : ticketOf(row.visitId),
      service: serviceOf(row.sequence),
      codes: codesOf(payload),
      summary: summaryOf(payload),
    };
  };
}
