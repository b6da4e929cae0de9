import { baseLocale, type Locale, overwriteGetLocale } from './generated/runtime.js';

let current = $state<Locale>(baseLocale);

// Messages ask for the locale each time they are made; read from a rune, every text on the screen follows a change.
overwriteGetLocale(() => current);

/** The language of the window. */
export const language = {
  get current(): Locale {
    return current;
  },
  set(chosen: Locale): void {
    current = chosen;
    document.documentElement.lang = chosen;
  },
};
