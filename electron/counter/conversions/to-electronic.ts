import { ok } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { type Handler, preparedCommand } from '../handlers.ts';
import { toElectronicIssuer } from '../issuing/conversion.ts';
import { askNumber } from '../issuing/evidence.ts';
import { issueOne, takeEvidenceNumber } from '../issuing/issue.ts';
import { mayGoOn, standsAt } from '../services/guards.ts';
import { keepSigned } from '../signed-files/signed-file.ts';
import type { Trust } from '../trust/trust.ts';
import type { Service } from '../visits/record.ts';
import { getRunningService } from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';
import { makeConvertedFile } from './converted-file.ts';
import { withConversion } from './record.ts';

/** Papers converted to files, signed under their number. */
export function toElectronicHandlers(desk: Desk, trust: Trust): Handler[] {
  const { store } = desk;

  return [
    preparedCommand(
      'conversions.sign',
      async (asked, { serviceId, pin }) => {
        const { session, now } = asked;
        const { visit, service } = store.read((tx) => getRunningService(tx, serviceId, session.clerkId));
        standsAt(service, 'issue');
        mayGoOn(visit, service, session);
        const { evidence, kind } = service.definition;
        if (!evidence || kind !== 'conversion-to-electronic') return refuse('service.not-offered');
        const number = await askNumber(desk, {
          serviceId,
          series: evidence,
          acting: { ...asked, role: 'clerk' },
        });
        if (!number.ok) return number;
        const made = await makeConvertedFile(desk, trust, {
          service,
          number: number.value.number,
          now,
          session,
          pin,
        });
        return made.ok ? ok({ number: number.value, file: made.value, said: saidBy(service) }) : made;
      },
      (commanded, { serviceId }, { number, file, said }) => {
        const { tx, session, now } = commanded;
        const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
        standsAt(service, 'issue');
        mayGoOn(visit, service, session);
        // The paper may have been scanned or counted anew while its file was signed.
        if (saidBy(service) !== said) return refuse('service.not-at-this-step');
        const at = now.toISOString();
        const allotted = takeEvidenceNumber(tx, service, number, at);
        if (!allotted) return refuse('service.not-offered');
        keepSigned(tx, service, file, { kind: 'conversion-file', madeAt: at });
        const signed = withConversion(service, { output: file.output });
        const { issued } = issueOne(desk, commanded, toElectronicIssuer, visit, signed, allotted);
        return ok(serviceViewOf(tx, visit, issued));
      },
    ),
  ];
}

/** All of a service that its file says. */
const saidBy = ({ record: { attachments, conversion } }: Service): string =>
  JSON.stringify([attachments, conversion?.count]);
