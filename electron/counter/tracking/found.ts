import type { CallOutput } from '../../contract/index.ts';
import type { TrackedSubmission } from '../../contract/tracking.ts';
import type { Reader, Tx } from '../../store/open.ts';
import type { FoundSubmission } from '../../sync/answers.ts';
import { offices } from '../catalogue/catalogue.ts';
import type { Heard } from '../looks/last-heard.ts';
import { type KnownSubmission, knownOf, markShown, saveKnown } from './table.ts';

/**
 * Keeps what the portal told of a person's submissions and tells it as shown in this visit; without the portal, what it told the
 * same person last. `isAskedFor` picks among that.
 */
export function takeSubmissions(
  tx: Tx,
  answer: Heard<FoundSubmission[]>,
  of: { person: string; visitId: string; now: Date; isAskedFor: (one: TrackedSubmission) => boolean },
): CallOutput<'tracking.find'> {
  const { person, visitId } = of;
  const asOf = of.now.toISOString();
  if (answer.isFresh)
    for (const one of answer.value) saveKnown(tx, { person, visitId, submission: known(tx, one), asOf });
  const ids = answer.isFresh ? new Set(answer.value.map(({ submissionId }) => submissionId)) : null;
  const submissions = knownOf(tx, person).filter((one) =>
    ids === null ? of.isAskedFor(one) : ids.has(one.submissionId),
  );
  for (const { submissionId } of submissions) markShown(tx, person, submissionId, visitId);
  const oldest = submissions.map((one) => one.asOf).sort()[0] ?? null;
  return { submissions, asOf: answer.isFresh ? asOf : oldest, isFresh: answer.isFresh };
}

const known = (tx: Reader, one: FoundSubmission): KnownSubmission => ({
  submissionId: one.submissionId,
  medium: one.medium,
  office: offices.find(tx, one.office)?.name.cs ?? one.office,
  subject: one.subject,
  handedInOn: one.handedInOn,
  receiptNumber: one.receiptNumber ?? null,
  referenceNumber: one.referenceNumber ?? null,
  states: one.states.map(({ state, at, by, note, deadline }) => ({
    state,
    at,
    by: by ? { unit: by.unit, person: by.person ?? null } : null,
    note: note ?? null,
    deadline: deadline ?? null,
  })),
});
