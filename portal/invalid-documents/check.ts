import { invalidDocumentsNumber } from '../../electron/values/document-number.ts';
import { invalidDocumentsAsk } from '../../electron/values/identity-document.ts';
import { err, ok } from '../../electron/values/result.ts';
import { legalDate } from '../../electron/values/time.ts';
import type { DeskHandler, Schemas } from '../api.ts';
import type { Portal } from '../portal.ts';
import type { RegisterKind } from './client.ts';

// Identity cards: 9 digits; older ones 6 digits with the series AA or AA99. Weapons licences: 6 digits, as a rule with
// such a series. The number comes with its series behind.
const SHAPES: { readonly [K in RegisterKind]: RegExp } = {
  0: /^(\d{9}|\d{6}[A-Z]{2}(\d{2})?)$/,
  4: /^\d{8}$/,
  6: /^\d{6,8}([A-Z]{2}(\d{2})?)?$/,
};

/** POST /document-checks */
export function checkDocument({ register, clock }: Portal): DeskHandler<'checkDocument'> {
  return async ({ body: { kind, number, issuer = 'CZE' } }) => {
    const today = legalDate(clock.now());
    const answer = (body: Schemas['DocumentCheck']) => ok({ status: 200 as const, body });

    const ask = invalidDocumentsAsk(kind, issuer);
    if (!ask.canBeAsked) return answer({ outcome: 'cannot-be-checked', asOf: today });
    const plain = invalidDocumentsNumber(number);
    if (!SHAPES[ask.kind].test(plain)) return answer({ outcome: 'wrong-shape', asOf: today });

    const asked = await register.ask(ask.kind, plain);
    if (!asked.ok) return err({ code: 'document-register.unavailable' });
    return answer(
      asked.value.outcome === 'wrong-shape' ? { outcome: 'wrong-shape', asOf: today } : asked.value,
    );
  };
}
