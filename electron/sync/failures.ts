import type { Failure } from '../values/result.ts';
import { formatDateTime } from '../values/time.ts';
import type { CallFailure, Refused } from './client.ts';
import type { LineCode, SignInCode } from './port.ts';

/** When a waiting time ends, as a sentence shows it. */
function untilOf({ details }: Refused): Record<string, string> | undefined {
  const { until } = details;
  const at = typeof until === 'string' ? new Date(until) : undefined;
  return at && !Number.isNaN(at.getTime()) ? { until: formatDateTime(at) } : undefined;
}

/** Which trouble of the line a failed call of a person is; the desk's own stopping looks like a line that is down. */
export const lineFailure = (failure: CallFailure): Failure<LineCode> =>
  failure.kind === 'no-answer'
    ? { code: failure.code }
    : { code: failure.kind === 'stopped' ? 'line.down' : 'line.portal-failed' };

const SIGN_IN_CODES = ['clerk.wrong-password', 'clerk.blocked', 'clerk.locked', 'clerk.too-soon'] as const;

/** Why the portal did not take a user name and a password. */
export function signInFailure(failure: CallFailure): Failure<SignInCode> {
  if (failure.kind !== 'refused') return lineFailure(failure);
  // What the portal does not take as a user name and a password at all is none.
  if (failure.code === 'request.invalid') return { code: 'clerk.wrong-password' };
  const code = SIGN_IN_CODES.find((one) => one === failure.code);
  if (!code) return lineFailure(failure);
  const params = untilOf(failure);
  return params ? { code, params } : { code };
}
