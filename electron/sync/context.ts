import type { Store } from '../store/open.ts';
import type { Clock } from '../values/clock.ts';
import type { Outcome, PortalClient } from './client.ts';
import type { Line } from './line.ts';
import type { SyncLog } from './log.ts';
import type { SyncNews } from './port.ts';

/** What the streams share. */
export type SyncContext = {
  store: Store;
  clock: Clock;
  random: (length: number) => Uint8Array;
  log: SyncLog;
  line: Line;
  news: (news: SyncNews) => void;
  /** Asks the portal the desk is enrolled at now and notes what that says of the line. */
  ask: <T>(work: (client: PortalClient) => Promise<Outcome<T>>, how?: AskHow) => Promise<Outcome<T>>;
  /** Something says that the portal may not have all it had: what it accepted is compared. */
  mayHaveForgotten: (why: 'log' | 'inbox' | 'effect') => void;
  /** Takes what should never happen, so that one stream's bug neither ends the process nor goes unseen. */
  bug: (call: string) => (error: unknown) => void;
};

export type AskHow = {
  /** One of the line's own tries: its failure moves the next one. */
  isTry?: boolean;
  /** An inner failure of the portal may come of what was sent; it then says nothing of the line. */
  mayBePoison?: boolean;
  /** An upload that is cut says little of the line; only the pump's calls judge it. */
  isUpload?: boolean;
};

/** What a step of a stream came to: it did something, there is nothing to do, or the line is gone. */
export type Step = 'moved' | 'idle' | 'cut';
