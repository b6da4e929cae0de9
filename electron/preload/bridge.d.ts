import type { CounterBridge } from '../contract/wire.ts';

declare global {
  interface Window {
    /** The page's one way out; see preload.ts. */
    readonly counter: CounterBridge;
  }
}
