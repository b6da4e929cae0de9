import type { Session } from '../../contract/clerks.ts';
import { serviceDefinition } from '../../contract/services.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { Refusal } from '../failure.ts';
import {
  identityRecord,
  type Service,
  serviceRecord,
  serviceState,
  type Visit,
  visitState,
} from './record.ts';

type VisitRow = {
  id: string;
  ticket: number;
  legal_date: string;
  state: string;
  clerk_id: string;
  opened_at: string;
  note: string | null;
  identity: string;
  erased_at: string | null;
};

type ServiceRow = {
  id: string;
  visit_id: string;
  ordinal: number;
  definition: string;
  state: string;
  record: string;
};

const toVisit = (row: VisitRow): Visit => ({
  id: row.id,
  ticket: row.ticket,
  legalDate: row.legal_date,
  state: visitState.parse(row.state),
  clerkId: row.clerk_id,
  openedAt: row.opened_at,
  note: row.note,
  identity: identityRecord.parse(JSON.parse(row.identity)),
  erasedAt: row.erased_at,
});

const toService = (row: ServiceRow): Service => ({
  id: row.id,
  visitId: row.visit_id,
  ordinal: row.ordinal,
  definition: serviceDefinition.parse(JSON.parse(row.definition)),
  state: serviceState.parse(row.state),
  record: serviceRecord.parse(JSON.parse(row.record)),
});

export function insertVisit(tx: Tx, visit: Omit<Visit, 'ticket' | 'erasedAt'>): Visit {
  const last = tx.get<{ ticket: number | null }>(
    'SELECT max(ticket) AS ticket FROM visits WHERE legal_date = ?',
    [visit.legalDate],
  );
  const ticket = (last?.ticket ?? 0) + 1;
  tx.run(
    `INSERT INTO visits (id, ticket, legal_date, state, clerk_id, opened_at, note, identity)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      visit.id,
      ticket,
      visit.legalDate,
      visit.state,
      visit.clerkId,
      visit.openedAt,
      visit.note,
      JSON.stringify(visit.identity),
    ],
  );
  return { ...visit, ticket, erasedAt: null };
}

export function saveVisit(tx: Tx, visit: Visit): void {
  tx.run('UPDATE visits SET state = ?, clerk_id = ?, note = ?, identity = ? WHERE id = ?', [
    visit.state,
    visit.clerkId,
    visit.note,
    JSON.stringify(visit.identity),
    visit.id,
  ]);
}

export function findVisit(tx: Reader, id: string): Visit | undefined {
  const row = tx.get<VisitRow>('SELECT * FROM visits WHERE id = ?', [id]);
  return row && toVisit(row);
}

export function getVisit(tx: Reader, id: string): Visit {
  const visit = findVisit(tx, id);
  if (!visit) throw new Refusal('visit.not-found');
  return visit;
}

/** Whether what came of a visit is another clerk's matter; a supervisor may put it right all the same. */
export const isOfAnother = (visit: Visit, session: Pick<Session, 'clerkId' | 'roles'>): boolean =>
  visit.clerkId !== session.clerkId && !session.roles.includes('supervisor');

/** The visit, if it may still be changed by this clerk: open, and his own. */
export function getOpenVisit(tx: Reader, id: string, clerkId: string): Visit {
  const visit = getVisit(tx, id);
  if (visit.state === 'parked') throw new Refusal('visit.parked');
  if (visit.state !== 'open') throw new Refusal('visit.ended');
  if (visit.clerkId !== clerkId) throw new Refusal('visit.of-another-clerk');
  return visit;
}

export const visitsInProgress = (tx: Reader): Visit[] =>
  tx
    .all<VisitRow>(`SELECT * FROM visits WHERE state IN ('open', 'parked') ORDER BY opened_at, id`, [])
    .map(toVisit);

/** The visit a clerk is serving now. */
export const openVisitOf = (tx: Reader, clerkId: string): Visit | undefined =>
  visitsInProgress(tx).find((visit) => visit.state === 'open' && visit.clerkId === clerkId);

export function insertService(tx: Tx, service: Omit<Service, 'ordinal'>): Service {
  const last = tx.get<{ ordinal: number | null }>(
    'SELECT max(ordinal) AS ordinal FROM services WHERE visit_id = ?',
    [service.visitId],
  );
  const ordinal = (last?.ordinal ?? 0) + 1;
  tx.run(
    `INSERT INTO services (id, visit_id, ordinal, definition_id, definition, state, record)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [
      service.id,
      service.visitId,
      ordinal,
      service.definition.id,
      JSON.stringify(service.definition),
      service.state,
      JSON.stringify(service.record),
    ],
  );
  return { ...service, ordinal };
}

export function saveService(tx: Tx, service: Service): void {
  tx.run('UPDATE services SET state = ?, record = ? WHERE id = ?', [
    service.state,
    JSON.stringify(service.record),
    service.id,
  ]);
}

export function findService(tx: Reader, id: string): Service | undefined {
  const row = tx.get<ServiceRow>('SELECT * FROM services WHERE id = ?', [id]);
  return row && toService(row);
}

export function getService(tx: Reader, id: string): Service {
  const service = findService(tx, id);
  if (!service) throw new Refusal('service.not-found');
  return service;
}

export const servicesOf = (tx: Reader, visitId: string): Service[] =>
  tx.all<ServiceRow>('SELECT * FROM services WHERE visit_id = ? ORDER BY ordinal', [visitId]).map(toService);

/** Services that wait for a register's answer, in visits that are not over. */
export const servicesAsking = (tx: Reader): Service[] =>
  tx
    .all<ServiceRow>(
      `SELECT s.* FROM visits AS v JOIN services AS s ON s.visit_id = v.id
       WHERE v.state IN ('open', 'parked') AND s.state = 'in-progress'
         AND json_extract(s.record, '$.extract.state') IN ('asking', 'waiting') ORDER BY s.id`,
      [],
    )
    .map(toService);

/** A service in progress within a visit this clerk may change. */
export function getRunningService(
  tx: Reader,
  id: string,
  clerkId: string,
): { visit: Visit; service: Service } {
  const service = getService(tx, id);
  const visit = getOpenVisit(tx, service.visitId, clerkId);
  if (service.state !== 'in-progress') throw new Refusal('service.ended');
  return { visit, service };
}
