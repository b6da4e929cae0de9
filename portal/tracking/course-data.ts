import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { submissionStates } from './states.ts';

/** What the offices of the training environment do by themselves, as it is prepared. */

const text = z.strictObject({ cs: z.string(), en: z.string() });
const step = z.strictObject({
  /** After the step before, the first one after the reference number. */
  afterMinutes: z.int().min(1),
  state: z.enum(submissionStates),
  by: z.strictObject({ unit: z.string(), person: z.string().exactOptional() }),
  note: text.exactOptional(),
  deadlineDays: z.int().min(1).exactOptional(),
});
const courses = z.strictObject({
  fictitious: z.literal(true),
  usual: z.array(step).min(1),
  /** By service. */
  services: z.record(z.string(), z.array(step).min(1)),
});
export type CourseStep = z.infer<typeof step>;
export type OfficeCourses = z.infer<typeof courses>;

/** Throws when the file is not sound. */
export const loadCourses = (resources: string): OfficeCourses =>
  courses.parse(JSON.parse(readFileSync(join(resources, 'training', 'office-courses.json'), 'utf8')));
