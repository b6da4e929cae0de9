/** Between the crash run and the desk's process that it kills. */
export type ToDesk =
  | { do: 'open'; folder: string; portalUrl: string; enrolmentCode: string }
  | { do: 'call'; request: number; window: string; name: string; id: string | null; input: unknown }
  | { do: 'look'; request: number; commands: string[]; blobsKnown: string[]; everything: boolean };

export type FromDesk =
  | { said: 'ready' }
  | { said: 'reply'; request: number; reply: unknown }
  | { said: 'seen'; request: number; seen: Seen }
  | { said: 'failed'; what: string };

/** What lies in the store. */
export type Seen = {
  /** What is wrong with it; nothing should be. */
  wrong: string[];
  blobs: string[];
  kinds: Record<string, number>;
  effects: { id: string; visitId: string; ordinal: number; state: string; code: string | null }[];
  leaves: number;
  /** SHA-256 over all leaves in their order. */
  logHash: string;
  acknowledgedTo: number;
};
