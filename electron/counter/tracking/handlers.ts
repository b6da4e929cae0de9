import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { TrackedSubmission } from '../../contract/tracking.ts';
import { readReceiptCode } from '../../journal/receipt.ts';
import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { Refusal, refuse } from '../failure.ts';
import { command, type Handler, preparedCommand } from '../handlers.ts';
import { heard } from '../looks/last-heard.ts';
import { lookOf, recordLook } from '../looks/looks.ts';
import { participantOf, personKey } from '../looks/participant.ts';
import { ownNumber } from '../outputs/data.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { findOutput, findPrint, orderOutput, printViewOf } from '../outputs/table.ts';
import { getOpenVisit } from '../visits/table.ts';
import { takeSubmissions } from './found.ts';
import { courseData } from './print.ts';
import { shownIn } from './table.ts';

type Schemas = components['schemas'];
type By = { what: 'themselves' } | { what: 'represented' } | { what: 'number'; text: string };

/** Submissions followed through their offices: looked up at the portal with a purpose, told from the last look without a line. */
export function trackingHandlers(desk: Desk, prints: PrintRunner): Handler[] {
  const { store, sync } = desk;
  return [
    preparedCommand(
      'tracking.find',
      async ({ session, now }, { visitId, by, purpose }) => {
        const question = store.read((tx) => {
          const visit = getOpenVisit(tx, visitId, session.clerkId);
          return {
            look: lookOf(tx, { session, now }, purpose, visitId),
            participant: participantOf(desk, tx, visit, session),
            by: referenceOf(by),
          };
        });
        return heard(await sync.submissions(question));
      },
      (commanded, { visitId, by, purpose }, answer) => {
        const { tx, session, now } = commanded;
        const visit = getOpenVisit(tx, visitId, session.clerkId);
        const person = personKey(participantOf(desk, tx, visit, session));
        const found = takeSubmissions(tx, answer, {
          person,
          visitId,
          now,
          isAskedFor: (one) => isAskedFor(one, by),
        });
        const { submissions } = found;
        if (!found.isFresh && submissions.length === 0) return refuse('tracking.nothing-known');
        recordLook(desk, commanded, {
          kind: 'submission',
          purpose,
          subjects: submissions.map(({ submissionId }) => submissionId),
          visitId,
        });
        return ok(found);
      },
    ),

    command('tracking.print', (commanded, { visitId, submissionId }) => {
      const { tx, session, now, after } = commanded;
      getOpenVisit(tx, visitId, session.clerkId);
      const submission = shownIn(tx, visitId, submissionId);
      if (!submission) return refuse('tracking.not-shown');
      const [documentId, jobId] = [desk.newId(), desk.newId()];
      orderOutput(
        tx,
        {
          documentId,
          visitId,
          serviceId: null,
          kind: 'submission-course',
          template: 'submission-course',
          data: courseData(desk, tx, { submission, session, number: ownNumber(documentId), now }),
          madeAt: now.toISOString(),
        },
        jobId,
      );
      record(desk, commanded, {
        kind: 'course-printed',
        visitId,
        payload: { submissionId, documentId },
      });
      after(() => prints.kick());
      const [output, print] = [findOutput(tx, documentId), findPrint(tx, jobId)];
      if (!output || !print) throw new Error('an ordered print is there');
      return ok(printViewOf(print, output));
    }),
  ];
}

/** A code that a reader typed, or a number typed from a paper. */
function referenceOf(by: By): Schemas['SubmissionSearch']['by'] {
  if (by.what !== 'number') return { of: by.what };
  if (!by.text.startsWith('VC1:')) return { number: by.text.slice(0, 60) };
  const entry = readReceiptCode(by.text);
  if (entry === null) throw new Refusal('tracking.code-unreadable');
  return { logEntry: { deskId: entry.deskId, sequence: entry.sequence } };
}

/** Without a line: what was shown to the same person before. A code on a receipt says nothing without the portal. */
const typed = (text: string): string => text.toUpperCase().replace(/\s+/g, '');
const isAskedFor = ({ referenceNumber, receiptNumber }: TrackedSubmission, by: By): boolean =>
  by.what !== 'number' || [referenceNumber, receiptNumber].includes(typed(by.text));
