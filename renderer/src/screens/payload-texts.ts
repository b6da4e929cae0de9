import { day, dayAndSeconds } from '../i18n/format.ts';
import { m } from '../i18n/generated/messages.js';
import { named } from '../i18n/sentence.ts';
import { flatten, type Json } from './flatten.ts';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const CODE = /^[a-z][a-z0-9-]*$/;

/** A member's name in the window's language; the fields of a form keep the names their service gave them. */
function fieldName(name: string): string {
  if (/^\d+$/.test(name)) return `${name}.`;
  const found = named('log_field', snake(name));
  return found === snake(name) ? name : found;
}

function shown(member: string, value: string): string {
  if (INSTANT.test(value)) return dayAndSeconds(value);
  if (DAY.test(value)) return day(value);
  if (!CODE.test(value)) return value;
  const code = `${snake(member)}_${value}`;
  const found = named('log_value', code);
  return found === code ? value : found;
}

/** What an entry holds, line by line, as people read it. */
export function payloadLines(payload: Json): { label: string; value: string }[] {
  return flatten(payload).map(({ path, value }) => ({
    label: path.map(fieldName).join(' › '),
    value:
      value === null
        ? '–'
        : typeof value === 'boolean'
          ? value
            ? m.log_value_yes()
            : m.log_value_no()
          : typeof value === 'number'
            ? String(value)
            : shown(path.findLast((part) => !/^\d+$/.test(part)) ?? '', value),
  }));
}
