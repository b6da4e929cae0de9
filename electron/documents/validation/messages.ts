import type { Result } from '../../values/result.ts';
import type { Subject } from './examine.ts';
import type { Facts } from './facts.ts';
import type { TrustList, TrustListFault } from './trust/list.ts';

/** What the counter and the process that reads hostile files say to each other. One process serves one document. */

export type ToExaminer =
  | { type: 'examine'; subject: Subject; lists: TrustList[] }
  | { type: 'evidence'; fetched: Uint8Array[] }
  | { type: 'read-list'; xml: string; signers: Uint8Array[] }
  | { type: 'read-attachment'; bytes: Uint8Array; attachment: number };

export type FromExaminer =
  | { type: 'facts'; facts: Facts }
  | { type: 'list'; list: Result<TrustList, TrustListFault> }
  | { type: 'attachment'; content: Uint8Array | undefined };

/** The process as the counter sees it; what starts it differs between Electron and plain Node. */
export type ExaminerProcess = {
  post(message: ToExaminer): void;
  onMessage(listener: (message: FromExaminer) => void): void;
  onEnd(listener: () => void): void;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
};
