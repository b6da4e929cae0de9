import { holds } from '../../electron/values/forms/conditions.ts';
import { settleForm } from '../../electron/values/forms/judge.ts';
import type { Schemas } from '../api.ts';
import { formOf, slotsOf } from '../catalogue/form-versions.ts';
import type { Database } from '../database.ts';

const ROLE = 'attachment:';

/** What is wrong with the attachments of a submission: the kind, and how it is wrong. */
export type AttachmentFault = { slot: string; problem: 'missing' | 'not-asked' | 'more-than-one' };

/**
 * The first thing wrong with what is attached, by the version the form was filled with: of each kind that is asked for with the
 * form as it is, one content, or none where it may be left out. Null too for a version this portal does not know.
 */
export function attachmentFault(
  db: Database,
  { payload: { service, form }, blobs }: Schemas['SubmissionEffect'],
): AttachmentFault | null {
  const definition = formOf(db, service.id, service.version);
  const slots = slotsOf(db, service.id, service.version);
  if (definition === null || slots === null) return null;
  const { data } = settleForm(definition, form);
  const asked = slots.filter(({ when }) => holds(when, data));
  const kinds = blobs.flatMap(({ role }) => (role.startsWith(ROLE) ? [role.slice(ROLE.length)] : []));
  const strange = kinds.find((kind) => !asked.some(({ id }) => id === kind));
  if (strange !== undefined) return { slot: strange, problem: 'not-asked' };
  const twice = kinds.find((kind, at) => kinds.indexOf(kind) !== at);
  if (twice !== undefined) return { slot: twice, problem: 'more-than-one' };
  const missing = asked.find(({ id, required }) => required && !kinds.includes(id));
  return missing === undefined ? null : { slot: missing.id, problem: 'missing' };
}
