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
    /** Seeds of the desk's signing key and of the one that is to take its place. */
    signingKey: z.instanceof(Uint8Array),
    nextSigningKey: z.instanceof(Uint8Array).nullable(),
    environment: z.enum(['training', 'production']),
    version: z.string(),
    resources: z.string(),
    logFolder: z.string(),
    /** The training portal that main started, with a code to enrol this desk by itself. */
    trainingPortal: z.strictObject({ url: z.string(), enrolmentCode: z.string() }).nullable(),
    language: z.enum(['cs', 'en']).nullable(),
  }),
  /** The store does not open: the process serves what restores one, and nothing else. The key where it can be had. */
  z.strictObject({
    type: z.literal('recover'),
    folder: z.string(),
    key: z.instanceof(Uint8Array).nullable(),
    environment: z.enum(['training', 'production']),
    logFolder: z.string(),
  }),
  /** Where a new store is put together, and the key made for it; null when none could be kept. */
  z.strictObject({
    type: z.literal('new-store'),
    request: z.int(),
    store: z.strictObject({ folder: z.string(), key: z.instanceof(Uint8Array) }).nullable(),
  }),
  /** A window's port follows; the key binds it to its session across reloads and restarts of the counter. */
  z.strictObject({ type: z.literal('window'), windowKey: z.string().min(32) }),
  z.strictObject({ type: z.literal('line-hint') }),
  /** Where a person said a file shall go or come from; null when they chose none. */
  z.strictObject({ type: z.literal('place'), request: z.int(), path: z.string().nullable() }),
  /** What became of a signing key asked for: the next key's seed where one was to be made; not kept when `ok` is false. */
  z.strictObject({
    type: z.literal('signing-key'),
    request: z.int(),
    ok: z.boolean(),
    seed: z.instanceof(Uint8Array).nullable(),
  }),
  /** The port follows to the process that was asked for. */
  z.strictObject({ type: z.literal('examiner'), request: z.int() }),
  z.strictObject({ type: z.literal('examiner-ended'), request: z.int() }),
  z.strictObject({ type: z.literal('stop') }),
]);
export type FromMain = z.output<typeof fromMain>;

const examinerKinds = ['document', 'cards', 'usb'] as const;
export type ExaminerKind = (typeof examinerKinds)[number];

export const toMain = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({
    type: z.literal('refused'),
    code: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  z.strictObject({ type: z.literal('stopped') }),
  z.strictObject({ type: z.literal('new-store'), request: z.int() }),
  /** The new store is whole and takes the old one's place. */
  z.strictObject({ type: z.literal('switch-store') }),
  /** The desk left: its store stays sealed as it is, or its keys are destroyed. */
  z.strictObject({ type: z.literal('leave-store'), how: z.enum(['sealed', 'erased']) }),
  /** Asks the person at the window for a file. The page neither names a path nor ever learns one. */
  z.strictObject({
    type: z.literal('ask-place'),
    request: z.int(),
    to: z.enum(['save', 'open']),
    name: z.string().regex(/^[\w.-]+$/),
    /** `*`: of any kind. */
    extension: z.string().regex(/^(?:[a-z0-9]{1,10}|\*)$/),
  }),
  /** Asks for the key that is to take the signing key's place, or says that it has. */
  z.strictObject({ type: z.literal('signing-key'), request: z.int(), what: z.enum(['renew', 'adopt']) }),
  /** Asks for a process that reads one document from a stranger or talks to card readers, or for its end. */
  z.strictObject({ type: z.literal('start-examiner'), request: z.int(), what: z.enum(examinerKinds) }),
  z.strictObject({ type: z.literal('end-examiner'), request: z.int() }),
]);
export type ToMain = z.output<typeof toMain>;
