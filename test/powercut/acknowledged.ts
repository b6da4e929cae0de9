/** Name of the file in which the desk under the recorder notes what it was told to be done. */
export const ACKNOWLEDGED = 'acknowledged.jsonl';

/** The command that was acknowledged, null where none is remembered, and how long the day log was then. */
export type Acknowledged = { command: string | null; entries: number };
