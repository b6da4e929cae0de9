import { describe, expect, it } from 'vitest';
import { accountPlan, type FoundAccount } from '../../../electron/contract/accounts.ts';
import {
  type AccountDraft,
  actionsFor,
  emptyAccount,
  emptyOther,
  readPlan,
  targetOf,
} from './account-draft.ts';

const pattern = '^[a-z][a-z0-9._-]{3,29}$';
const draft = (change: Partial<AccountDraft>): AccountDraft => ({ ...emptyAccount(''), ...change });
const read = (
  change: Partial<AccountDraft>,
  holder: 'person' | 'organisation' = 'person',
  needsDespite = false,
) => readPlan(draft(change), { holder, pattern, administrator: 'administer', needsDespite });
const problems = (...of: Parameters<typeof read>): string[] => {
  const result = read(...of);
  return result.ok ? [] : Object.keys(result.error).sort();
};
const found = (n: number, state: FoundAccount['state']): FoundAccount => ({
  ...{ accountId: `0199acc0-0000-7000-8000-00000000000${n}`, registrationNumber: `U-2026-00000${n}`, state },
  ...{ kind: 'person', name: 'Jan Vzorový', userName: `jan${n}`, email: null, phone: null, birthDate: null },
  ...{ ico: null, registeredAt: '2026-04-01T08:00:00.000Z', activatedAt: null, mergedInto: null },
  users: [],
  memberOf: [],
});

describe('what was typed of an account', () => {
  it('is nothing before it is said what is to be done', () => {
    expect(problems({})).toEqual(['action']);
  });

  it('names each field that is missing or wrong', () => {
    expect(problems({ action: 'open-person' })).toEqual(['email', 'userName']);
    expect(
      problems({ action: 'open-person', userName: 'Jan', email: 'x', phone: 'a' }, 'person', true),
    ).toEqual(['despite', 'email', 'phone', 'userName']);
    expect(problems({ action: 'activate' })).toEqual(['said']);
    expect(problems({ action: 'activate', said: { by: 'registration-number', text: '12' } })).toEqual([
      'said',
    ]);
    expect(problems({ action: 'block', said: { by: 'user-name', text: 'jan.vzorovy' } })).toEqual(['reason']);
    expect(problems({ action: 'change-users', ico: '99900212' }, 'organisation')).toEqual(['ico', 'newUser']);
    expect(
      problems({ action: 'open-organisation', ico: '99900211', others: [emptyOther()] }, 'organisation'),
    ).toEqual(['email', 'newUser', 'other0.birthDate', 'other0.number', 'other0.surname']);
    expect(
      problems({ action: 'end', ico: '99900211', actingAs: 'proxy', reason: 'zánik' }, 'organisation'),
    ).toEqual(['scope']);
  });

  it('wants everybody who has to act together, and an administrator left, where the register and the account say so', () => {
    const holder = { ...found(1, 'active'), rights: ['administer'] };
    const [remove, add] = [
      { what: 'remove' as const, user: targetOf(holder), label: 'a', rights: [] },
      { what: 'add' as const, user: targetOf(found(2, 'active')), label: 'b', rights: ['administer'] },
    ];
    const organisation = {
      ...{ ico: '99900254', name: 'Družstvo', seat: null, together: 2, members: [] },
      account: { ...found(3, 'active'), users: [holder] },
    };
    const base = { action: 'change-users' as const, ico: '99900254', organisation };
    expect(problems({ ...base, users: [remove] }, 'organisation')).toEqual(['actingAs', 'newUser']);
    expect(problems({ ...base, users: [remove, add], organisation: null }, 'organisation')).toEqual([]);
    const by = {
      ...emptyOther(),
      name: { ...emptyOther().name, surname: 'Pasťová' },
      birthDate: '8. 8. 1995',
    };
    const others = [{ ...by, by: 'verified-signature' as const, under: 'Nýrsko, 44/2026' }];
    expect(problems({ ...base, users: [remove, add], others }, 'organisation')).toEqual([]);
    expect(problems({ ...base, users: [add], actingAs: 'proxy', scope: 'x' }, 'organisation')).toEqual([]);
  });

  it('is what the counter takes, with names and numbers in one writing', () => {
    const plans = [
      read({
        action: 'open-person',
        userName: ' Jan.Vzorovy ',
        email: 'jan@cvicne.example',
        phone: ' 377 111 222',
      }),
      read({ action: 'activate', said: { by: 'registration-number', text: 'u-2026-000001' } }),
      read({ action: 'renew', found: [found(1, 'active')], accountId: found(1, 'active').accountId }),
      read({
        action: 'correct',
        said: { by: 'user-name', text: 'Jan.Vzorovy' },
        email: 'novy@cvicne.example',
      }),
      read({ action: 'end', ico: '99900211', reason: 'zánik' }, 'organisation'),
    ];
    for (const plan of plans) expect(plan.ok && accountPlan.parse(plan.value)).toEqual(plan.ok && plan.value);
    expect(plans.map((plan) => plan.ok && plan.value)).toMatchObject([
      { userName: 'jan.vzorovy', phone: '377 111 222', despite: null },
      { account: { by: 'registration-number', registrationNumber: 'U-2026-000001' } },
      { account: { by: 'found', registrationNumber: 'U-2026-000001' } },
      { account: { userName: 'jan.vzorovy' }, userName: null, email: 'novy@cvicne.example' },
      { account: { by: 'ico', ico: '99900211' }, acting: { as: 'statutory-body', others: [] } },
    ]);
  });

  it('merges two different accounts, for a reason', () => {
    const both = [found(1, 'active'), found(2, 'registered')];
    const [kept, dropped] = both.map(({ accountId }) => accountId);
    const merge = { action: 'merge' as const, found: both, accountId: kept ?? null, reason: 'táž osoba' };
    expect(problems({ ...merge, droppedId: kept ?? null })).toEqual(['dropped']);
    expect(problems({ ...merge, droppedId: dropped ?? null, reason: '' })).toEqual(['reason']);
    expect(read({ ...merge, droppedId: dropped ?? null }).ok).toBe(true);
  });
});

it('an account in its state is offered only what the portal lets come to it', () => {
  const offered = ['activate', 'block', 'unblock', 'renew', 'correct', 'end'] as const;
  expect(actionsFor('registered', offered)).toEqual(['activate', 'correct', 'end']);
  expect(actionsFor('active', offered)).toEqual(['block', 'renew', 'correct', 'end']);
  expect(actionsFor('blocked', offered)).toEqual(['unblock', 'correct', 'end']);
  expect(actionsFor('ended', offered)).toEqual([]);
  expect(actionsFor(null, offered)).toEqual(offered);
});
