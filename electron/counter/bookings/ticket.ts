import type { PrintView } from '../../contract/outputs.ts';
import type { BookingTicketData } from '../../documents/template-data.ts';
import type { Tx } from '../../store/open.ts';
import { type Booking, ticketNumber } from '../../values/booking.ts';
import type { Desk } from '../desk.ts';
import { ownNumber, ownOffice } from '../outputs/data.ts';
import { findOutput, findPrint, orderOutput, printViewOf } from '../outputs/table.ts';
import type { Frame } from './room.ts';

const WEEKDAYS = ['pondělí', 'úterý', 'středa', 'čtvrtek', 'pátek', 'sobota', 'neděle'];

/** What the QR code of a ticket holds: read aloud it is the number, scanned it is the booking itself. */
const QR_PREFIX = 'VIRTUOS-LISTEK:';

/** The id or the number in what was typed or scanned. */
export function readTicket(text: string): { id: string } | { number: string } {
  const scanned = text.toLowerCase().startsWith(QR_PREFIX.toLowerCase())
    ? text.slice(QR_PREFIX.length)
    : null;
  return scanned === null
    ? { number: text.toUpperCase().replace(/[\s-]/g, '') }
    : { id: scanned.toLowerCase() };
}

/** The ticket for the person. Nobody's name stands on it: whoever finds it learns a number and a time. */
function ticketData(
  desk: Desk,
  tx: Tx,
  of: { booking: Booking; isPending: boolean; frame: Frame; documentId: string; weekday: number | null },
): BookingTicketData {
  const { booking, frame, documentId } = of;
  const agenda = frame.timetable?.agendas.find(({ id }) => id === booking.agendaId);
  return {
    desk: ownOffice(desk, tx).printed,
    document: { number: ownNumber(documentId) },
    number: ticketNumber(booking.id),
    code: `${QR_PREFIX}${booking.id}`,
    agenda: agenda?.title.cs ?? booking.agendaId,
    ...(agenda?.bring && { bring: agenda.bring.cs }),
    ...(booking.time !== undefined && {
      booked: { weekday: WEEKDAYS[(of.weekday ?? 1) - 1] ?? '', date: booking.day, time: booking.time },
    }),
    waits: booking.time === undefined,
    pending: of.isPending && booking.time !== undefined,
    issuedAt: frame.now.toISOString(),
  };
}

export function orderTicket(
  desk: Desk,
  tx: Tx,
  of: { booking: Booking; isPending: boolean; frame: Frame; weekday: number | null },
): PrintView {
  const [documentId, jobId] = [desk.newId(), desk.newId()];
  orderOutput(
    tx,
    {
      documentId,
      visitId: null,
      serviceId: null,
      kind: 'booking-ticket',
      template: 'booking-ticket',
      data: ticketData(desk, tx, { ...of, documentId }),
      madeAt: of.frame.now.toISOString(),
    },
    jobId,
  );
  const [output, print] = [findOutput(tx, documentId), findPrint(tx, jobId)];
  if (!output || !print) throw new Error('an ordered print is there');
  return printViewOf(print, output);
}
