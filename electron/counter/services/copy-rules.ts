import type { FailureCode } from '../../contract/failures.ts';
import type { CopyCount, ServiceDefinition } from '../../contract/services.ts';

type Questions = NonNullable<ServiceDefinition['exclusions']>['questions'];

/** The first answer that means the paper must not be certified (§ 9, § 13 zákona 21/2006 Sb., as data of the catalogue). */
export function refusalOf(
  questions: Questions,
  answers: Readonly<Record<string, boolean>>,
): { reason: string; paragraph: string } | null {
  const refusing = questions.find(({ id, refuseIf }) => answers[id] === refuseIf);
  return refusing ? { reason: refusing.text.cs, paragraph: refusing.paragraph } : null;
}

/** Counts that cannot be true: a sheet has at most two pages, and a fee is taken for pages that exist. */
export function judgeCopyCount(count: CopyCount): FailureCode | null {
  if (count.sourcePages > count.sourceSheets * 2) return 'copy.source-pages';
  if (count.copyPages > count.copySheets * 2) return 'copy.copy-pages';
  if (count.copyPages < count.copySheets || count.sourcePages < count.sourceSheets)
    return 'copy.empty-sheets';
  if (count.a3Pages > count.feePages) return 'copy.a3-pages';
  return null;
}
