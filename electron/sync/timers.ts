/** One-shot timers, passed in so that tests decide when time passes. `after` returns the way to call it off. */
export type Timers = { after(ms: number, run: () => void): () => void };
