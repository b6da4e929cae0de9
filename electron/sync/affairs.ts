import { err, ok } from '../values/result.ts';
import * as answers from './answers.ts';
import { type CallFailure, LIMITS } from './client.ts';
import type { SyncContext } from './context.ts';
import { lineFailure } from './failures.ts';
import type { AffairsCode, Sync } from './port.ts';

type Calls = Pick<Sync, 'submissions' | 'mailbox' | 'openMessage' | 'messageFile'>;

const LOOK_CODES = [
  'look.identity-not-verified',
  'look.not-permitted',
  'look.purpose-unknown',
  'submission.not-participant',
  'mailbox.not-theirs',
  'mailbox.not-opened',
] as const;

function affairsFailure(failure: CallFailure): { code: AffairsCode } {
  if (failure.kind !== 'refused') return lineFailure(failure);
  return { code: LOOK_CODES.find((one) => one === failure.code) ?? 'line.portal-failed' };
}

/** A person's affairs at the portal, asked with a purpose. */
export const affairsCalls = (ask: SyncContext['ask']): Calls => ({
  async submissions(question) {
    const outcome = await ask((portal) =>
      portal.call(answers.submissionsFound, LIMITS.call, (signal) =>
        portal.api.POST('/submissions/searches', { body: question, signal }),
      ),
    );
    return outcome.ok ? ok(outcome.value.submissions) : err(affairsFailure(outcome.error));
  },

  async mailbox(question) {
    const outcome = await ask((portal) =>
      portal.call(answers.mailboxFound, LIMITS.call, (signal) =>
        portal.api.POST('/mailbox/searches', { body: question, signal }),
      ),
    );
    return outcome.ok ? outcome : err(affairsFailure(outcome.error));
  },

  async openMessage(question) {
    const outcome = await ask((portal) =>
      portal.call(answers.openedMessage, LIMITS.call, (signal) =>
        portal.api.POST('/mailbox/openings', { body: question, signal }),
      ),
    );
    return outcome.ok ? outcome : err(affairsFailure(outcome.error));
  },

  async messageFile(attachmentId, size) {
    const outcome = await ask((portal) => portal.getFile(`/mailbox/attachments/${attachmentId}`, size));
    if (!outcome.ok) return err(affairsFailure(outcome.error));
    return outcome.value ? ok(outcome.value.bytes) : err({ code: 'mailbox.file-differs' });
  },
});
