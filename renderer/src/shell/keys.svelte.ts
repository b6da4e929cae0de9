import { SvelteSet } from 'svelte/reactivity';

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

const pressed = (event: KeyboardEvent): string => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && event.key.length > 1;
  return `${event.ctrlKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`;
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [contenteditable="true"]') !== null;

/** Runs the binding of the key, if there is one. Given to the window's `onkeydown` by the shell, once. */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const key = pressed(event);
  if (key.length === 1 && isTyping(event.target)) return;
  // An open dialog has the keyboard for itself.
  if (document.querySelector('[role="dialog"][data-state="open"], [role="alertdialog"][data-state="open"]'))
    return;
  const binding = activeKeys().find((candidate) => candidate.key.toLowerCase() === key.toLowerCase());
  if (binding === undefined || binding.enabled === false) return;
  event.preventDefault();
  if (!event.repeat) binding.run();
}
