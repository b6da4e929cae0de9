import { err, ok } from '../values/result.ts';
import { accountsFound, organisationFound } from './answers.ts';
import { type CallFailure, LIMITS } from './client.ts';
import type { SyncContext } from './context.ts';
import { lineFailure } from './failures.ts';
import type { LookCode, Sync } from './port.ts';

type Calls = Pick<Sync, 'searchAccounts' | 'searchOrganisation'>;

const LOOK_CODES = ['look.purpose-unknown', 'look.not-permitted', 'account.ico-unknown'] as const;

function lookFailure(failure: CallFailure): { code: LookCode } {
  if (failure.kind !== 'refused') return lineFailure(failure);
  return { code: LOOK_CODES.find((one) => one === failure.code) ?? 'look.refused' };
}

/** Accounts and organisations, looked up at the portal with a purpose. What is searched by goes in the body only. */
export function accountSearches(ask: SyncContext['ask']): Calls {
  return {
    async searchAccounts(body) {
      const outcome = await ask((portal) =>
        portal.call(accountsFound, LIMITS.call, (signal) =>
          portal.api.POST('/accounts/searches', { body, signal }),
        ),
      );
      return outcome.ok ? ok(outcome.value.accounts) : err(lookFailure(outcome.error));
    },

    async searchOrganisation(body) {
      const outcome = await ask((portal) =>
        portal.call(organisationFound, LIMITS.call, (signal) =>
          portal.api.POST('/organisations/searches', { body, signal }),
        ),
      );
      return outcome.ok ? outcome : err(lookFailure(outcome.error));
    },
  };
}
