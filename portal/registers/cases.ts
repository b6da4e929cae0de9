import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Schemas } from '../api.ts';

const section = z.strictObject({
  heading: z.string(),
  paragraphs: z.array(z.string()).optional(),
  rows: z.array(z.tuple([z.string(), z.string()])).optional(),
  /** So many rows after one pattern, in which `{n}` is the row's number. */
  table: z
    .strictObject({ columns: z.array(z.string()), row: z.array(z.string()), count: z.int().min(1) })
    .optional(),
});
export type Section = z.infer<typeof section>;

const registerCase = z.strictObject({
  id: z.string(),
  /** What was asked about whom or what makes it this case. */
  subject: z.strictObject({
    surname: z.string().optional(),
    birthDate: z.iso.date().optional(),
    ico: z.string().optional(),
    cadastralArea: z.string().optional(),
    ownershipSheet: z.string().optional(),
  }),
  behaviour: z.enum(['answers', 'slow', 'manual', 'fails-once', 'breaks-seal']),
  /** Input this case wants besides what every question needs. */
  alsoNeeds: z.array(z.string()).optional(),
  /** Left out, the register knows nothing. */
  sections: z.array(section).optional(),
});
export type RegisterCase = z.infer<typeof registerCase>;

const register = z.strictObject({
  isPublic: z.boolean(),
  variants: z.record(
    z.string(),
    /** Any one of these lists of input suffices; the first variant is meant when none is named. */
    z.strictObject({ title: z.string(), needs: z.array(z.array(z.string())).min(1) }),
  ),
  noEntry: z.string(),
  cases: z.array(registerCase),
});
export type Register = z.infer<typeof register>;

const registers = z.strictObject({
  askAgainAfterSeconds: z.int().min(1),
  manualAnswerAfterMinutes: z.int().min(0),
  keptDays: z.int().min(1),
  registers: z.strictObject({
    'criminal-record': register,
    trade: register,
    'public-registers': register,
    land: register,
    'driver-points': register,
    insolvency: register,
    population: register,
  }),
});
export type TrainingRegisters = z.infer<typeof registers>;

/** The fictitious cases of the training registers. Throws when the file is not sound. */
export const loadRegisters = (resources: string): TrainingRegisters =>
  registers.parse(JSON.parse(readFileSync(join(resources, 'training', 'registers.json'), 'utf8')));

export type RegisterSubject = Schemas['RegisterSubject'];

const at = (subject: RegisterSubject, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (node, key) =>
        typeof node === 'object' && node !== null
          ? Object.entries(node).find(([name]) => name === key)?.[1]
          : undefined,
      subject,
    );
const isThere = (value: unknown): boolean =>
  value !== undefined && value !== null && (typeof value !== 'string' || value.trim() !== '');

/** Whether what was given suffices to ask at all. */
export const suffices = (needs: readonly (readonly string[])[], subject: RegisterSubject): boolean =>
  needs.some((list) => list.every((path) => isThere(at(subject, path))));

const plain = (text: string | undefined): string =>
  (text ?? '').normalize('NFC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('cs');

/** A birth date as the cases write it; an incomplete one fits none. */
function dateText(date: Schemas['PartialDate'] | undefined): string | undefined {
  if (date?.month === undefined || date.day === undefined) return undefined;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(date.year).padStart(4, '0')}-${two(date.month)}-${two(date.day)}`;
}

/** The case a question is; null when the register knows nothing of that kind. */
export function caseOf({ cases }: Register, subject: RegisterSubject): RegisterCase | null {
  const asked: { [K in keyof RegisterCase['subject']]: string | undefined } = {
    surname: subject.person?.name.surname,
    birthDate: dateText(subject.person?.birthDate),
    ico: subject.ico,
    cadastralArea: subject.cadastralArea,
    ownershipSheet: subject.ownershipSheet,
  };
  const given = new Map(Object.entries(asked));
  return (
    cases.find((one) =>
      Object.entries(one.subject).every(([key, value]) => plain(given.get(key)) === plain(value)),
    ) ?? null
  );
}
