import type { Schemas } from '../api.ts';
import { readItem } from '../catalogue/master.ts';
import type { Portal } from '../portal.ts';

/** The rules of accounts as an item of the settings. */
export const ACCOUNT_RULES = 'accounts';

/** The rules in force. The catalogue is taken whole or not at all, so that they are always there. */
export function accountRules({ db, checkAccountRules }: Portal): Schemas['AccountRules'] {
  const rules = checkAccountRules(readItem(db, 'settings', ACCOUNT_RULES));
  if (!rules.ok) throw new Error('The catalogue has no rules of accounts.');
  return rules.value;
}
