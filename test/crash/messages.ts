import type { PrinterLimits } from '../../electron/devices/printer/ipp-printer.ts';

/** Between the crash run and the desk's process that it kills. */
export type ToDesk =
  | {
      do: 'open';
      folder: string;
      portalUrl: string;
      enrolmentCode: string;
      /** Virtual devices around it: the scanner's tool, and limits that need no patience. */
      devices?: {
        scanimage: string;
        printer: Partial<PrinterLimits>;
        chips: { wait: number; silence: number };
      };
    }
  /** What the windows were told since it was asked last. */
  | { do: 'events'; request: number; window: string }
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
