import { type SubmissionState, submissionStates } from '../../electron/values/submission-states.ts';

/** Where a submission can be at its office, and where it can go from there. Pure; the table's trigger holds the same moves. */

export { type SubmissionState, submissionStates };

/**
 * Assigned anew when another unit takes it over or when what was asked for came. What was decided is no more asked about; it is
 * closed without a delivery where nothing is delivered.
 */
export const moves: Readonly<Record<SubmissionState, readonly SubmissionState[]>> = {
  received: ['assigned', 'completion-asked', 'decided', 'closed'],
  assigned: ['assigned', 'completion-asked', 'decided', 'closed'],
  'completion-asked': ['assigned', 'completion-asked', 'decided', 'closed'],
  decided: ['delivered', 'closed'],
  delivered: ['closed'],
  closed: [],
};

export const canMove = (from: SubmissionState, to: SubmissionState): boolean => moves[from].includes(to);

export const isSubmissionState = (text: string): text is SubmissionState =>
  submissionStates.some((one) => one === text);
