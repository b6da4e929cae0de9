import type { Schemas } from '../api.ts';

/** Where an account can be, what can come to it there, and why not. Pure; the table's triggers hold the same moves. */

export type AccountState = Schemas['AccountState'];
export const accountStates = [
  'registered',
  'active',
  'blocked',
  'ended',
  'merged',
] as const satisfies AccountState[];

export const accountEvents = [
  'activate',
  'block',
  'unblock',
  'renew',
  'correct',
  'change-users',
  'take-over',
  'merge',
  'end',
] as const;
/** `merge` comes to the account that is dropped, `take-over` to the one that stays. */
export type AccountEvent = (typeof accountEvents)[number];

type Moves = Partial<Record<AccountEvent, AccountState>>;

export const transitions: Readonly<Record<AccountState, Moves>> = {
  registered: { activate: 'active', correct: 'registered', merge: 'merged', end: 'ended' },
  active: {
    block: 'blocked',
    renew: 'active',
    correct: 'active',
    'change-users': 'active',
    'take-over': 'active',
    merge: 'merged',
    end: 'ended',
  },
  blocked: { unblock: 'active', correct: 'blocked', merge: 'merged', end: 'ended' },
  ended: {},
  merged: {},
};

export const nextState = (from: AccountState, event: AccountEvent): AccountState | null =>
  transitions[from][event] ?? null;

/** Why an event cannot come to an account in this state. */
export function whyNot(from: AccountState, event: AccountEvent): Schemas['AccountRefusal'] {
  switch (from) {
    case 'ended':
      return 'account.is-ended';
    case 'merged':
      return 'account.is-merged';
    case 'blocked':
      return 'account.is-blocked';
    case 'registered':
      return 'account.not-activated';
    case 'active':
      return event === 'unblock' ? 'account.not-blocked' : 'account.activated-already';
  }
}
