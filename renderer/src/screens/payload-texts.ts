import type { LogWords } from '../../../electron/contract/day-log.ts';
import { day, dayAndSeconds } from '../i18n/format.ts';
import { m } from '../i18n/generated/messages.js';
import { inLanguage, named, sentenceOf } from '../i18n/sentence.ts';
import { flatten, type Json } from './flatten.ts';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const CODE = /^[a-z][a-zA-Z0-9.-]*$/;

/** A member's name in the window's language; the fields of a form have the names their service gave them. */
function fieldName(name: string, words: LogWords): string {
  if (/^\d+$/.test(name)) return `${name}.`;
  const word = words.members[name];
  if (word !== undefined) return inLanguage(word);
  const found = named('log_field', snake(name));
  return found === snake(name) ? name : found;
}

function shown(member: string, value: string, words: LogWords): string {
  const word = words.values[`${member}=${value}`];
  if (word !== undefined) return inLanguage(word);
  if (INSTANT.test(value)) return dayAndSeconds(value);
  if (DAY.test(value)) return day(value);
  if (!CODE.test(value)) return value;
  if (member === 'trouble') return sentenceOf(value);
  const code = `${snake(member)}_${snake(value)}`;
  const found = named('log_value', code);
  return found === code ? value : found;
}

/** What an entry holds, line by line, as people read it. */
export function payloadLines(payload: Json, words: LogWords): { label: string; value: string }[] {
  return flatten(payload).map(({ path, value }) => ({
    label: path.map((name) => fieldName(name, words)).join(' › '),
    value:
      value === null
        ? '–'
        : typeof value === 'boolean'
          ? value
            ? m.log_value_yes()
            : m.log_value_no()
          : typeof value === 'number'
            ? String(value)
            : shown(path.findLast((part) => !/^\d+$/.test(part)) ?? '', value, words),
  }));
}
