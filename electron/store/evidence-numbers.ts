import { type JsonValue, parseJson } from './json.ts';
import type { Reader, Tx } from './transaction.ts';

/**
 * Numbers of central evidences this desk asked for. A number is known by the service it was asked for, at the portal too:
 * so whatever dies between the question and the act, the same service has the same number, and each has one fate.
 */
export type EvidenceNumber = {
  serviceId: string;
  series: string;
  year: number;
  /** Who asked for it, as the portal is told. */
  askedBy: JsonValue;
  number: number | null;
  printed: string | null;
  fate: 'asked' | 'used' | 'cancelled';
  reason: string | null;
};

type Row = {
  service_id: string;
  series: string;
  year: number;
  asked_by: string;
  number: number | null;
  printed: string | null;
  fate: EvidenceNumber['fate'];
  reason: string | null;
};

const toNumber = ({ service_id: serviceId, asked_by: askedBy, ...row }: Row): EvidenceNumber => ({
  ...row,
  serviceId,
  askedBy: parseJson(askedBy),
});

/** Notes durably that a number is about to be asked for; asked before, it changes nothing. Returns what is noted. */
export function ask(
  tx: Tx,
  of: { serviceId: string; series: string; year: number; askedBy: JsonValue; at: string },
): EvidenceNumber {
  tx.run(
    `INSERT INTO evidence_numbers (service_id, series, year, asked_by, fate, changed_at)
     VALUES (?, ?, ?, ?, 'asked', ?)
     ON CONFLICT (service_id) DO NOTHING`,
    [of.serviceId, of.series, of.year, JSON.stringify(of.askedBy), of.at],
  );
  const noted = find(tx, of.serviceId);
  if (!noted) throw new Error('the number that was just asked for is not noted');
  return noted;
}

export function find(tx: Reader, serviceId: string): EvidenceNumber | undefined {
  const row = tx.get<Row>('SELECT * FROM evidence_numbers WHERE service_id = ?', [serviceId]);
  return row && toNumber(row);
}

/** Whether another service bears the number already. */
export const isOfAnother = (tx: Reader, of: { serviceId: string; printed: string }): boolean =>
  tx.get('SELECT 1 AS found FROM evidence_numbers WHERE printed = ? AND service_id <> ?', [
    of.printed,
    of.serviceId,
  ]) !== undefined;

export function settle(
  tx: Tx,
  of: { serviceId: string; year: number; number: number; printed: string; at: string } & (
    | { fate: 'used' }
    | { fate: 'cancelled'; reason: string }
  ),
): void {
  const changed = tx.run(
    `UPDATE evidence_numbers SET year = ?, number = ?, printed = ?, fate = ?, reason = ?, changed_at = ?
     WHERE service_id = ?`,
    [
      of.year,
      of.number,
      of.printed,
      of.fate,
      of.fate === 'cancelled' ? of.reason : null,
      of.at,
      of.serviceId,
    ],
  );
  if (changed !== 1) throw new Error('a number is asked for before it has a fate');
}

/** Asked for by services that ended without it: somebody has to say that these numbers came to nothing. */
export const orphans = (tx: Reader): EvidenceNumber[] =>
  tx
    .all<Row>(
      `SELECT n.* FROM evidence_numbers AS n JOIN services AS s ON s.id = n.service_id
       WHERE n.fate = 'asked' AND s.state <> 'in-progress' ORDER BY n.service_id`,
    )
    .map(toNumber);
