import type { CounterBridge } from '../../../electron/contract/wire.ts';

declare global {
  interface Window {
    /** Offered by the preload; missing only when the page is opened outside the application (`'counter' in window`). */
    readonly counter: CounterBridge;
  }
}

export type { CounterBridge };
