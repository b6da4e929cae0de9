import { denominations } from '../../../electron/contract/cash-desk.ts';
import type { OpenItem } from '../../../electron/contract/closing.ts';

/**
 * What was counted and decided so far. Kept while the supervisor goes to resolve something on another screen and comes
 * back; gone with the closing or with the window. Nothing personal is in it.
 */
type Draft = {
  pieces: Record<string, string>;
  differenceReason: string;
  reasons: Record<string, string>;
  note: string;
};

const fresh = (): Draft => ({
  pieces: Object.fromEntries(denominations.map((value) => [value, ''])),
  differenceReason: '',
  reasons: {},
  note: '',
});

let current = $state<Draft>(fresh());

export const closingDraft = {
  get value(): Draft {
    return current;
  },
  clear(): void {
    current = fresh();
  },
};

export const keyOf = ({ kind, id }: Pick<OpenItem, 'kind' | 'id'>): string => `${kind}:${id}`;
