import { err, ok, type Result } from '../values/result.ts';
import * as answers from './answers.ts';
import { type CallFailure, LIMITS } from './client.ts';
import type { SyncContext } from './context.ts';
import { lineFailure, signInFailure } from './failures.ts';
import type { ClosingCode, Sync } from './port.ts';

type Calls = Pick<Sync, 'waitingClosings' | 'decideClosing'>;

const CLOSING_CODES = ['closing.unknown', 'closing.not-yours', 'closing.decided-already'] as const;

function closingFailure(failure: CallFailure) {
  const code = failure.kind === 'refused' ? CLOSING_CODES.find((one) => one === failure.code) : undefined;
  if (code) return { code };
  return failure.kind === 'refused' && !failure.code.startsWith('clerk.')
    ? lineFailure(failure)
    : signInFailure(failure);
}

// RFC 7617: a user name holds no colon; the portal reads UTF-8.
const basic = (username: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`,
});

/** Closings of other desks that wait for a supervisor who is not there; asked with that supervisor's own password. */
export function closingsElsewhere(ask: SyncContext['ask'], of: { onDecided: () => void }): Calls {
  const unwrapped = <T>(outcome: Result<T, CallFailure>): Result<T, { code: ClosingCode }> =>
    outcome.ok ? outcome : err(closingFailure(outcome.error));

  return {
    async waitingClosings(username, password) {
      const outcome = unwrapped(
        await ask((portal) =>
          portal.call(answers.waitingClosings, LIMITS.signIn, (signal) =>
            portal.api.GET('/closings', { headers: basic(username, password), signal }),
          ),
        ),
      );
      return outcome.ok ? ok(outcome.value.closings) : outcome;
    },

    async decideClosing(username, password, { closingId, decision, note }) {
      const outcome = unwrapped(
        await ask((portal) =>
          portal.call(answers.decidedClosing, LIMITS.signIn, (signal) =>
            portal.api.POST('/closings/{id}/approval', {
              params: { path: { id: closingId } },
              headers: basic(username, password),
              body: { decision, ...(note !== null && { note }) },
              signal,
            }),
          ),
        ),
      );
      if (outcome.ok) of.onDecided();
      return outcome;
    },
  };
}
