/** A keyboard that has its own time: a hand strikes one key, a code reader types all of a code at once, with Enter where a line ends. */
export function keyboard() {
  let at = performance.now();
  const press = (key: string, target: Element | null | undefined, more: KeyboardEventInit): void => {
    const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : /^\d$/.test(key) ? `Digit${key}` : '';
    const event = new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true, ...more });
    Object.defineProperty(event, 'timeStamp', { value: at });
    (target ?? document.activeElement ?? document.body).dispatchEvent(event);
  };
  return {
    strike(key: string, target?: Element | null, more: KeyboardEventInit = {}): void {
      at += 1_000;
      press(key, target, more);
    },
    read(code: string): void {
      at += 1_000;
      for (const key of code) {
        at += 4;
        press(key === '\n' ? 'Enter' : key, null, {});
      }
    },
  };
}
