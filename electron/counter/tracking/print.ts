import type { Session } from '../../contract/clerks.ts';
import type { TrackedSubmission } from '../../contract/tracking.ts';
import type { SubmissionCourseData } from '../../documents/template-data.ts';
import type { Reader } from '../../store/open.ts';
import { displayName } from '../../values/person-name.ts';
import type { SubmissionState } from '../../values/submission-states.ts';
import { formatDate, formatDateTime } from '../../values/time.ts';
import type { Desk } from '../desk.ts';
import { ownOffice } from '../outputs/data.ts';

/** As papers say it; Czech whatever the window speaks. */
const STATES: Readonly<Record<SubmissionState, string>> = {
  received: 'přijato',
  assigned: 'přiděleno',
  'completion-asked': 'výzva k doplnění',
  decided: 'rozhodnuto',
  delivered: 'doručeno',
  closed: 'uzavřeno',
};

/** What is printed of a submission's course. */
export function courseData(
  desk: Desk,
  tx: Reader,
  of: { submission: TrackedSubmission; session: Session; number: string; now: Date },
): SubmissionCourseData {
  const { submission, session, now } = of;
  return {
    desk: ownOffice(desk, tx).printed,
    document: { number: of.number },
    submission: {
      subject: submission.subject,
      office: submission.office,
      medium: submission.medium === 'paper' ? 'v listinné podobě' : 'elektronicky',
      handedInOn: submission.handedInOn,
      ...(submission.referenceNumber !== null && { referenceNumber: submission.referenceNumber }),
      ...(submission.receiptNumber !== null && { receiptNumber: submission.receiptNumber }),
    },
    states: submission.states.map(({ state, at, by, note, deadline }) => ({
      at: formatDateTime(new Date(at)),
      state: STATES[state],
      by: [by?.unit, by?.person].filter(Boolean).join(', ') || '–',
      said: [note?.cs, deadline && `lhůta do ${formatDate(deadline)}`].filter(Boolean).join(' ') || '–',
    })),
    asOf: submission.asOf,
    printedAt: now.toISOString(),
    clerk: { name: displayName(session.name) },
  };
}
