/** Where a submission can be at its office, as the interface of the portal names it. */
export const submissionStates = [
  'received',
  'assigned',
  'completion-asked',
  'decided',
  'delivered',
  'closed',
] as const;
export type SubmissionState = (typeof submissionStates)[number];
