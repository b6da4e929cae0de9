import type { z } from 'zod';
import type { LogWords } from '../../contract/day-log.ts';
import type { text } from '../../contract/shared.ts';
import type { JsonValue } from '../../store/json.ts';
import type { Reader } from '../../store/open.ts';
import { agendas, newestService, offices, purposes, tariffOn, waitingRules } from '../catalogue/catalogue.ts';
import { findService } from '../visits/table.ts';
import { clerkNames, serviceTitles } from './names.ts';

type Text = z.output<typeof text>;

/**
 * What an entry says in ids of master data, in words: forms, questions and exemptions of its service, services, offices,
 * clerks. The window has words of its own for all else.
 */
export function wordsOf(
  tx: Reader,
  entry: { payload: JsonValue | null; serviceId: string | null; legalDate: string },
): LogWords {
  const members: Record<string, Text> = {};
  const values: Record<string, Text> = {};
  const said = idsIn(entry.payload);

  const titles = serviceTitles(tx);
  const names = clerkNames(tx);
  for (const { member, value } of said) {
    const word = titles.get(value) ?? offices.find(tx, value)?.name ?? sameInBoth(names.get(value));
    if (word) values[`${member}=${value}`] = word;
  }

  const { priorities, breakReasons } = waitingRules(tx);
  for (const { code, label } of priorities) values[`priority=${code}`] = label;
  for (const { code, label } of breakReasons) values[`breakReason=${code}`] = label;
  for (const { id, title } of agendas(tx)) values[`agenda=${id}`] = title;

  for (const { code, label } of purposes(tx)) values[`lookPurpose=${code}`] = label;

  const started = entry.serviceId === null ? undefined : findService(tx, entry.serviceId);
  const named = said.find(({ member }) => member === 'service');
  const definition = started?.definition ?? (named && newestService(tx, named.value));
  for (const { fields } of definition?.form?.ui.sections ?? [])
    for (const { name, label, options = [] } of fields.flatMap((field) => [field, ...(field.fields ?? [])])) {
      members[name] = label;
      for (const option of options) values[`${name}=${option.value}`] = option.label;
    }
  for (const question of definition?.exclusions?.questions ?? []) members[question.id] = question.text;
  for (const slot of definition?.attachments?.slots ?? []) values[`slotId=${slot.id}`] = slot.title;
  const tariffId = definition?.fee.tariff;
  for (const { id, title } of (tariffId && tariffOn(tx, tariffId, entry.legalDate)?.exemptions) || [])
    values[`exemption=${id}`] = title;
  return { members, values };
}

const sameInBoth = (name: string | undefined): Text | undefined =>
  name === undefined ? undefined : { cs: name, en: name };

/** Members that hold the id of something the master data name. */
const NAMED = [
  'service',
  'id',
  'addressee',
  'officeId',
  'clerkId',
  'deputy',
  'from',
  'closedBy',
  'inPlaceOf',
];

function idsIn(value: JsonValue | null, member = ''): { member: string; value: string }[] {
  if (typeof value === 'string') return NAMED.includes(member) ? [{ member, value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value)
    ? value.flatMap((part) => idsIn(part, member))
    : Object.entries(value).flatMap(([name, part]) => (part === undefined ? [] : idsIn(part, name)));
}
