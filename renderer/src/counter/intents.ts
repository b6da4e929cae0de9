import { z } from 'zod';

/**
 * Ids of commands that wait for a reply, kept over a reload of the window: whoever repeats the same command right after
 * the reload repeats the same id, and the counter does it once.
 */
export type Intents = {
  /** The id for this command; the same one when the window was reloaded while it waited. */
  begin(name: string, input: unknown, secret: boolean): string;
  end(commandId: string): void;
};

/** The part of Web Storage that is needed. */
export type IntentStore = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'pending-intents';
// Long enough for a reload and one more press of the key, too short for the clerk to mean something new by it.
const REPEAT_WITHIN_MS = 15_000;

const pending = z.array(z.strictObject({ id: z.uuid(), print: z.string(), at: z.number() }));
type Pending = z.output<typeof pending>;

/** FNV-1a, 32 bits: tells inputs apart and gives nothing of them away. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16);
}

// A file of many megabytes is told apart well enough by its name and length.
const bytesAsLength = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? value.byteLength : value;

export function createIntents(store: IntentStore, newId: () => string, now: () => number): Intents {
  const read = (): Pending => {
    try {
      return pending.parse(JSON.parse(store.getItem(KEY) ?? '[]'));
    } catch {
      return [];
    }
  };
  // What an earlier load of the page left behind; ids made since then are never given out twice.
  let left = read();
  let own: Pending = [];
  const write = (): void => store.setItem(KEY, JSON.stringify([...left, ...own]));

  return {
    begin(name, input, secret) {
      // Of a secret nothing is kept, not even a fingerprint; the counter carries such a command out again.
      if (secret) return newId();
      const at = now();
      const print = `${name} ${fingerprint(JSON.stringify(input, bytesAsLength))}`;
      left = left.filter((intent) => at - intent.at < REPEAT_WITHIN_MS);
      const repeated = left.find((intent) => intent.print === print);
      left = left.filter((intent) => intent !== repeated);
      const id = repeated?.id ?? newId();
      own.push({ id, print, at });
      write();
      return id;
    },
    end(commandId) {
      own = own.filter((intent) => intent.id !== commandId);
      write();
    },
  };
}
