import { ok } from '../../electron/values/result.ts';
import type { OpenHandler, Schemas } from '../api.ts';
import { readItem } from '../catalogue/master.ts';
import { statement } from '../database.ts';
import type { Portal } from '../portal.ts';
import { readEvidenceNumber } from './number.ts';

type Row = {
  number: string;
  series: Schemas['EvidenceSeries'];
  office_id: string;
  issued: string | null;
  cancelled: string | null;
};

/** What anybody may learn of a number. Built field by field, so that nothing of the record shows that is not named here. */
export function clauseState(portal: Portal, written: string): Schemas['ClauseState'] {
  const { db, environment } = portal;
  const number = readEvidenceNumber(written);
  const row = statement<[string], Row>(
    db,
    `SELECT n.number, n.series, n.office_id, i.content AS issued, c.content AS cancelled
     FROM evidence_numbers AS n LEFT JOIN effects AS i ON i.id = n.issued_by LEFT JOIN effects AS c ON c.id = n.cancelled_by
     WHERE n.number = ?`,
  ).get(number);
  const decided = row?.cancelled ?? row?.issued ?? null;
  if (row === undefined || decided === null) return { number, environment, state: 'unknown' };
  const record = payloadOf(row.issued ?? decided);
  const { extract, conversion } = record;
  return {
    number,
    environment,
    state: row.cancelled === null ? 'issued' : 'cancelled',
    clause: {
      series: row.series,
      officeName: officeName(portal, row.office_id),
      on: payloadOf(decided).issuedOn,
      ...(extract && {
        extract: { register: extract.register, sheets: extract.sheets, partial: extract.partial },
      }),
      ...(conversion && {
        conversion: {
          direction: conversion.direction,
          sheets: conversion.sheets,
          securityElement: conversion.securityElement,
          ...(conversion.outputSha256 && { outputSha256: conversion.outputSha256 }),
        },
      }),
    },
  };
}

// Checked when the effect was taken in.
const payloadOf = (content: string): Schemas['CertificationPayload'] => JSON.parse(content).payload;

function officeName({ db, checkOffice }: Portal, officeId: string): Schemas['Text'] {
  const office = checkOffice(readItem(db, 'offices', officeId));
  return office.ok ? office.value.name : { cs: officeId, en: officeId };
}

/** GET /clauses/{number} */
export const readClause =
  (portal: Portal): OpenHandler<'readClause'> =>
  ({ path: { number } }) =>
    ok({ status: 200, body: clauseState(portal, number) });
