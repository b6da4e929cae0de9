import type { z } from 'zod';
import type { text } from '../../../electron/contract/shared.ts';
import type { Failure } from '../../../electron/values/result.ts';
import { day, timeOfDay } from './format.ts';
import { m } from './generated/messages.js';
import { language } from './language.svelte.ts';
import { paperName, trayName } from './paper-words.ts';

type Sentence = (values: Record<string, unknown>, options?: { locale?: 'cs' | 'en' }) => string;

// Compiled messages are functions of one object of values; which values, only the code of the failure tells.
const isSentence = (message: unknown): message is Sentence => typeof message === 'function';

const messages: Readonly<Record<string, unknown>> = m;

/** `printer.out-of-paper` → `failure_printer_out_of_paper`. */
export const failureKey = (code: string): string => `failure_${code.replace(/[.-]/g, '_')}`;

/** Values that are keywords: a printer's, or the fields of a zone, several of them apart by commas. */
const keywords: Readonly<Record<string, (keyword: string) => string>> = {
  tray: trayName,
  paper: paperName,
  fields: (names) =>
    names
      .split(', ')
      .map((name) => named('visit_mrz_field', name))
      .join(', '),
};

// A value that the failure did not bring is a gap in the sentence, not the word "undefined".
const withGaps = (params: Record<string, unknown>): Record<string, unknown> =>
  new Proxy(params, {
    get: (target, name) => {
      const value = legible(Reflect.get(target, name) ?? '…');
      const inWords = typeof name === 'string' ? keywords[name] : undefined;
      return inWords && typeof value === 'string' ? inWords(value) : value;
    },
  });

/** Instants and days come as the counter keeps them and are shown as people write them. */
function legible(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return timeOfDay(value);
  return /^\d{4}-\d\d-\d\d$/.test(value) ? day(value) : value;
}

/** What happened, what was kept and what to do next, in the window's language. */
export function sentence({ code, params = {} }: Failure): string {
  const key = failureKey(code);
  const message = Object.hasOwn(messages, key) ? messages[key] : undefined;
  return isSentence(message) ? message(withGaps(params)) : m.failure_without_sentence({ code });
}

/** The same for lists of codes that come without values (what a visit still misses, why a number is suspicious). */
export const sentenceOf = (code: string): string => sentence({ code });

/** A text of the catalogue in the window's language. */
export const inLanguage = (translated: z.output<typeof text>): string => translated[language.current];

/** Looks a message up by a key made at run time, for example the name of a kind; the key itself when there is none. */
export function named(prefix: string, name: string): string {
  const key = `${prefix}_${name.replace(/[.-]/g, '_')}`;
  const message = Object.hasOwn(messages, key) ? messages[key] : undefined;
  return isSentence(message) ? message({}) : name;
}

/** A sentence looked up by a key made at run time, with its values; null when there is none. */
export function said(prefix: string, name: string, values: Record<string, unknown>): string | null {
  const key = `${prefix}_${name.replace(/[.-]/g, '_')}`;
  const message = Object.hasOwn(messages, key) ? messages[key] : undefined;
  return isSentence(message) ? message(withGaps(values)) : null;
}

/** All texts whose keys begin so, by the rest of their keys: for what is named outside the window. */
export const textsOf = (prefix: string, locale: 'cs' | 'en'): Record<string, string> =>
  Object.fromEntries(
    Object.entries(messages).flatMap(([key, message]) =>
      key.startsWith(`${prefix}_`) && isSentence(message)
        ? [[key.slice(prefix.length + 1), message(withGaps({}), { locale })]]
        : [],
    ),
  );
