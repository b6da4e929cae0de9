import { ok } from '../../values/result.ts';
import { withConversion } from '../conversions/record.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { type Handler, preparedCommand } from '../handlers.ts';
import { bookObstacle, takeBookNumber, upcomingNumbers } from '../issuing/book-number.ts';
import { electronicSignatureIssuer } from '../issuing/electronic-signature.ts';
import { furtherService } from '../issuing/further.ts';
import { issueOne } from '../issuing/issue.ts';
import { signatureIssuer } from '../issuing/signature.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { mayGoOn, standsAt } from '../services/guards.ts';
import { keepSigned } from '../signed-files/signed-file.ts';
import type { Trust } from '../trust/trust.ts';
import type { Service, Visit } from '../visits/record.ts';
import { getRunningService } from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';
import { makeClauses } from './clauses.ts';
import { perSignature } from './split.ts';

/** Signatures on electronic documents, certified: the clauses are signed files, the numbers are the register book's. */
export function electronicSignatureHandlers(desk: Desk, trust: Trust, prints: PrintRunner): Handler[] {
  const { store } = desk;

  return [
    preparedCommand(
      'services.issue-signed',
      async ({ session, now }, { serviceId, pin }) => {
        const { visit, service } = store.read((tx) => getRunningService(tx, serviceId, session.clerkId));
        standsAt(service, 'issue');
        mayGoOn(visit, service, session);
        if (!service.definition.electronic) return refuse('service.not-offered');
        const obstacle = signatureIssuer.obstacle?.({ visit, service, now, session });
        if (obstacle) return refuse(obstacle);
        const closed = store.read((tx) => bookObstacle(tx, service.definition, now));
        if (closed) return { ok: false, error: closed };
        const services = perSignature(service);
        // The clause states its number, and it is signed before the act: the act then finds the number untaken or comes to nothing.
        const numbers = store.read((tx) => upcomingNumbers(tx, service.definition, now, services.length));
        if (!numbers.ok) return numbers;
        const numbered = numbers.value.flatMap((number, index) => {
          const of = services[index];
          return of ? [{ service: of, number }] : [];
        });
        const files = await makeClauses(desk, trust, numbered, { visit, session, now, pin });
        return files.ok
          ? ok({ numbers: numbers.value, files: files.value, said: saidBy(visit, service) })
          : files;
      },
      (commanded, { serviceId }, { numbers, files, said }) => {
        const { tx, session, now, after } = commanded;
        const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
        standsAt(service, 'issue');
        mayGoOn(visit, service, session);
        // What was chosen or whose it is may have been said anew while it was signed.
        if (saidBy(visit, service) !== said) return refuse('service.not-at-this-step');
        const closed = bookObstacle(tx, service.definition, now);
        if (closed) return { ok: false, error: closed };
        const shown = [];
        for (const [index, one] of perSignature(service).entries()) {
          const file = files[index];
          if (!file) return refuse('service.not-offered');
          const signed = withConversion(one, { output: file.output });
          const { service: own, act } =
            index === 0
              ? { service: signed, act: commanded }
              : furtherService(desk, commanded, visit, signed);
          const obstacle = electronicSignatureIssuer.obstacle?.({ visit, service: own, now, session });
          if (obstacle) return refuse(obstacle);
          const allotted = takeBookNumber(tx, own, act);
          if (!allotted || allotted.printed !== numbers[index]) return refuse('book.number-taken');
          keepSigned(tx, own, file, { kind: 'signature-clause-file', madeAt: now.toISOString() });
          const { issued } = issueOne(desk, act, electronicSignatureIssuer, visit, own, allotted);
          shown.push(issued);
        }
        const [first] = shown;
        if (!first) return refuse('signing.chosen-none');
        after(() => prints.kick());
        return ok(serviceViewOf(tx, visit, first));
      },
    ),
  ];
}

/** All of a visit that its clauses say. */
const saidBy = ({ identity }: Visit, { record: { signing, conversion } }: Service): string =>
  JSON.stringify([identity.applicant, identity.document, signing, conversion?.input?.documentId]);
