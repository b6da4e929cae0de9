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
/** There a code is written, as what a hand types is; in a choice it is not. */
const isWriting = (target: EventTarget | null): boolean =>
  isTyping(target) && !(target instanceof HTMLInputElement && ['radio', 'checkbox'].includes(target.type));

export const OPEN_DIALOG = '[role="dialog"][data-state="open"], [role="alertdialog"][data-state="open"]';
/** An open dialog has the keyboard for itself. */
const isDialogOpen = (): boolean => document.querySelector(OPEN_DIALOG) !== null;

/**
 * Runs the binding of the key, if there is one; a character waits a moment, because a code reader may be typing. Given to the window's `onkeydown` by
 * the shell, once.
 */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const names = pressed(event);
  if (isCharacter(event)) {
    if (isWriting(event.target)) return;
    const isBound = !isDialogOpen() && !isTyping(event.target);
    const run = (): void => {
      if (isBound) bindingOf(names)?.run();
    };
    const isMore = !event.repeat && handReader.stroke(strokeOf(event, run));
    // A space of a code would press the button that has the focus.
    if (isMore || (isBound && bindingOf(names) !== undefined)) event.preventDefault();
    return;
  }
  // Held down, Enter would press the button that has the focus again and again.
  const isHeldEnter = event.repeat && names[0] === 'Enter';
  if ((isOfReader(event) || isHeldEnter) && !isWriting(event.target)) {
    event.preventDefault();
    return;
  }
  const binding = isDialogOpen() ? undefined : bindingOf(names);
  if (binding === undefined) return;
  event.preventDefault();
  if (!event.repeat) binding.run();
}

/**
 * For a component that hears keys itself: runs what the key does there, as the window runs a binding. What a code reader types does nothing, nor
 * does a key that is held down, unless it moves.
 */
export function runKey(event: KeyboardEvent, run: () => void): void {
  event.preventDefault();
  if (isCharacter(event)) {
    if (!event.repeat) handReader.stroke(strokeOf(event, run));
  } else if (!isOfReader(event) && (!event.repeat || /^(Arrow|Page)/.test(event.key))) run();
}

const isCharacter = ({ key, ctrlKey, altKey }: KeyboardEvent): boolean =>
  key.length === 1 && !ctrlKey && !altKey;

const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'CapsLock', 'Meta']);

/** Whether a reader sent the key, which writes nothing, within a code or at its end. */
function isOfReader(event: KeyboardEvent): boolean {
  // A reader presses Shift in the middle of a code.
  if (MODIFIERS.has(event.key)) return false;
  const [name = ''] = pressed(event);
  const endsLine = (name === 'Enter' || name === 'Tab') && !isWriting(event.target);
  return endsLine ? handReader.endLine(event.timeStamp) : handReader.other(event.timeStamp);
}

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

type StrokeHere = Stroke & { run: () => void };
const strokeOf = ({ key, code, shiftKey, timeStamp }: KeyboardEvent, run: () => void): StrokeHere => ({
  ...{ key, code, shiftKey, at: timeStamp },
  run,
});

const handReader = createHandReader<StrokeHere>({
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  onKeys: (strokes) => {
    for (const { run } of strokes) run();
  },
  onCode: (texts) => {
    if (!isDialogOpen()) takeCode(texts);
  },
});
