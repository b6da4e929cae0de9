import { z } from 'zod';

/** Messages on the port between window and counter. The port itself stays in the preload. */

export const toCounter = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('call'),
    request: z.int(),
    name: z.string().max(60),
    /** Id of a command, made by the window: repeated, the counter returns the first result. */
    commandId: z.uuid().nullable(),
    input: z.unknown(),
  }),
]);
export type ToCounter = z.output<typeof toCounter>;

export const toWindow = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('reply'), request: z.int(), result: z.unknown() }),
  z.strictObject({ type: z.literal('event'), name: z.string(), data: z.unknown() }),
]);
export type ToWindow = z.output<typeof toWindow>;

/** What the preload offers the page, as `window.counter`. */
export type CounterBridge = {
  /** Sends one call; resolves with the raw reply. Rejects with `counter-gone` when the counter went away meanwhile. */
  call(name: string, commandId: string | null, input: unknown): Promise<unknown>;
  onEvent(listener: (name: string, data: unknown) => void): () => void;
  /** Tells whether a counter is connected; called at once with the present state. */
  onConnection(listener: (connected: boolean) => void): () => void;
};

/** Main to counter, over the utility process' own channel. */
export const fromMain = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    folder: z.string(),
    key: z.instanceof(Uint8Array),
    keyKept: z.enum(['system', 'file']),
    environment: z.enum(['training', 'production']),
    version: z.string(),
    resources: z.string(),
    logFolder: z.string(),
    /** The training portal that main started, with a code to enrol this desk by itself. */
    trainingPortal: z.strictObject({ url: z.string(), enrolmentCode: z.string() }).nullable(),
    language: z.enum(['cs', 'en']).nullable(),
  }),
  /** A window's port follows; the key binds it to its session across reloads and restarts of the counter. */
  z.strictObject({ type: z.literal('window'), windowKey: z.string().min(32) }),
  z.strictObject({ type: z.literal('line-hint') }),
  /** Where a person said a file shall go or come from; null when they chose none. */
  z.strictObject({ type: z.literal('place'), request: z.int(), path: z.string().nullable() }),
  z.strictObject({ type: z.literal('stop') }),
]);
export type FromMain = z.output<typeof fromMain>;

export const toMain = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({
    type: z.literal('refused'),
    code: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  z.strictObject({ type: z.literal('stopped') }),
  /** Asks the person at the window for a file. The page neither names a path nor ever learns one. */
  z.strictObject({
    type: z.literal('ask-place'),
    request: z.int(),
    to: z.enum(['save', 'open']),
    name: z.string().regex(/^[\w.-]+$/),
    extension: z.string().regex(/^[a-z0-9]{1,10}$/),
  }),
]);
export type ToMain = z.output<typeof toMain>;
