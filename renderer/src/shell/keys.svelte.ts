import { SvelteSet } from 'svelte/reactivity';
import { digitOf } from './digits.ts';
import { createHandReader, type Stroke } from './hand-reader.ts';

/** A key that does something on the present screen; the help (F1) lists all of them. */
export type KeyBinding = {
  /** As `KeyboardEvent.key`, with `Ctrl+`, `Alt+` or `Shift+` in front: `F8`, `Ctrl+Enter`, `n`. */
  key: string;
  label: string;
  run: () => void;
  /** False: the key is listed but does nothing now. */
  enabled?: boolean;
};

const groups = new SvelteSet<() => readonly KeyBinding[]>();

/** All keys that work now, the innermost screen first. */
export const activeKeys = (): KeyBinding[] => [...groups].reverse().flatMap((bindings) => bindings());

/** Offers keys as long as the component lives. Letters work only outside of fields. */
export function useKeys(bindings: () => readonly KeyBinding[]): void {
  $effect(() => {
    groups.add(bindings);
    return () => {
      groups.delete(bindings);
    };
  });
}

/** What the key may be bound as: by what it writes, and by the digit it bears. */
const pressed = (event: KeyboardEvent): string[] => {
  const shift = event.shiftKey && event.key.length > 1;
  const held = `${event.ctrlKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}`;
  const digit = event.shiftKey ? null : digitOf(event);
  return [event.key, ...(digit === null || digit === event.key ? [] : [digit])].map((key) => held + key);
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [contenteditable="true"]') !== null;

export const OPEN_DIALOG = '[role="dialog"][data-state="open"], [role="alertdialog"][data-state="open"]';

/**
 * Runs the binding of the key, if there is one; a character waits a moment, because a code reader may be typing. Given to the window's `onkeydown` by
 * the shell, once.
 */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const names = pressed(event);
  // An open dialog has the keyboard for itself.
  if (document.querySelector(OPEN_DIALOG)) return;
  if (event.key.length === 1 && !event.ctrlKey && !event.altKey) {
    if (isTyping(event.target)) return;
    const isMore = !event.repeat && handReader.stroke(strokeOf(event));
    // A space of a code would press the button that has the focus.
    if (isMore || bindingOf(names) !== undefined) event.preventDefault();
    return;
  }
  const endsLine = names[0] === 'Enter' || names[0] === 'Tab';
  if (endsLine && !isTyping(event.target) && handReader.endLine(event.timeStamp)) {
    event.preventDefault();
    return;
  }
  // A reader presses Shift in the middle of a code.
  if (!MODIFIERS.has(event.key) && handReader.other(event.timeStamp) && !isTyping(event.target)) {
    event.preventDefault();
    return;
  }
  const binding = bindingOf(names);
  if (binding === undefined) return;
  event.preventDefault();
  if (!event.repeat) binding.run();
}

const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'CapsLock', 'Meta']);

const bindingOf = (names: readonly string[]): KeyBinding | undefined => {
  const keys = activeKeys();
  for (const name of names) {
    const found = keys.find(({ key }) => key.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found.enabled === false ? undefined : found;
  }
  return undefined;
};

let takeCode: (texts: readonly string[]) => void = () => {};

/** Gives what code readers type outside of fields to the component, as long as it lives. */
export function useHandReader(onCode: (texts: readonly string[]) => void): void {
  $effect(() => {
    takeCode = onCode;
    return () => {
      takeCode = () => {};
    };
  });
}

type StrokeHere = Stroke & { pressed: string[] };
const strokeOf = (event: KeyboardEvent): StrokeHere => ({
  key: event.key,
  code: event.code,
  shiftKey: event.shiftKey,
  at: event.timeStamp,
  pressed: pressed(event),
});

const handReader = createHandReader<StrokeHere>({
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  onKeys: (strokes) => {
    for (const stroke of strokes) bindingOf(stroke.pressed)?.run();
  },
  onCode: (texts) => takeCode(texts),
});
