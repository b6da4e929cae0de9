import { expect, it } from 'vitest';
import type { AccountPlan, ActingFor } from '../../contract/accounts.ts';
import type { AccountRules } from '../catalogue/catalogue.ts';
import { newOneTimeCode, recognition } from './one-time-code.ts';
import { judgePlan, needsPower } from './rules.ts';

const text = { cs: '', en: '' };
const rules: AccountRules = {
  userName: { pattern: '^[a-z][a-z0-9._-]{3,29}$', hint: text },
  oneTimeCode: { validDays: 14 },
  proxyWarningDays: 30,
  administrator: 'administer',
  rights: [
    { code: 'administer', title: text },
    { code: 'submit', title: text },
  ],
  proxyScopes: [{ code: 'users', title: text, actions: ['change-users'] }],
};
const today = '2026-04-01';
const person: Parameters<typeof judgePlan>[1]['identity'] = {
  ...{ actingAs: 'in-person', concerns: null, document: null },
  refuted: [],
};
const judge = (plan: AccountPlan, identity: Parameters<typeof judgePlan>[1]['identity'] = person) =>
  judgePlan(plan, { rules, identity, today });
const account = { by: 'user-name', userName: 'jan.vzorovy' } as const;
const body: ActingFor = { as: 'statutory-body', others: [] };
const user = (userName: string, ...rights: string[]) => ({
  what: 'add' as const,
  user: { by: 'user-name' as const, userName },
  rights,
});

it('a citizen’s account is handled by nobody but the citizen', () => {
  const concerns = { kind: 'organisation', title: 'Spolek', ico: '99900211' } as const;
  expect(judge({ action: 'activate', account })).toBeNull();
  expect(judge({ action: 'activate', account }, { ...person, actingAs: 'proxy', concerns })).toBe(
    'account.in-person-only',
  );
  const blocked = { action: 'block', account, reason: 'x', acting: body } as const;
  expect(judge(blocked, { ...person, actingAs: 'statutory-body', concerns })).toBeNull();
});

it('a correction corrects something, a merge takes two accounts', () => {
  const correct = { action: 'correct', account, userName: null, email: null, phone: null } as const;
  expect(judge({ ...correct, fromDocument: false })).toBe('account.nothing-changed');
  expect(judge({ ...correct, fromDocument: true })).toBeNull();
  expect(judge({ action: 'merge', account, dropped: account, reason: 'x' })).toBe(
    'account.merge-not-possible',
  );
});

it('users have known rights, stand there once, and of a new account one administers', () => {
  const open = (...users: ReturnType<typeof user>[]) =>
    judge({
      action: 'open-organisation',
      ico: '99900211',
      name: null,
      email: 'a@b.cz',
      acting: body,
      users: users as [ReturnType<typeof user>],
    });
  expect(open(user('prvni', 'administer'), user('druhy', 'submit'))).toBeNull();
  expect(open(user('prvni', 'submit'))).toBe('account.last-administrator');
  expect(open(user('prvni', 'administer'), user('prvni', 'submit'))).toBe('account.user-twice');
  expect(open(user('prvni', 'administer'), user('druhy'))).toBe('account.rights-missing');
  expect(open(user('prvni', 'administer', 'everything'))).toBe('account.right-unknown');
});

it('a proxy acts within scope and time, by a paper', () => {
  const change = (acting: ActingFor): AccountPlan => ({
    action: 'change-users',
    account: { by: 'ico', ico: '99900211' },
    name: null,
    acting,
    users: [user('prvni', 'submit')],
  });
  const proxy = (scope: string, validTo: string | null): ActingFor => ({ as: 'proxy', scope, validTo });
  expect(judge(change(proxy('users', null)))).toBeNull();
  expect(judge(change(proxy('users', today)))).toBeNull();
  expect(judge(change(proxy('users', '2026-03-31')))).toBe('account.proxy-expired');
  expect(judge(change(proxy('other', null)))).toBe('account.proxy-scope');
  expect(needsPower(change(proxy('users', null)))).toBe(true);
  expect(needsPower(change(body))).toBe(false);
});

it('members who act together are proved by a document each, which is seen before anybody signs', () => {
  const shown = (number: string, kind: 'id-card' | 'passport' = 'id-card') => ({
    kind,
    number,
    issuer: 'CZE',
    expiry: '2030-01-01',
  });
  const other = (surname: string, document: ReturnType<typeof shown>) => ({
    name: { givenNames: 'Alena', surname },
    birthDate: { year: 1970 },
    how: { by: 'verified-here' as const, document },
  });
  const block = (...others: ReturnType<typeof other>[]) =>
    judge(
      { action: 'block', account, reason: 'x', acting: { as: 'statutory-body', others } },
      {
        actingAs: 'statutory-body',
        concerns: { kind: 'organisation', title: 'Spolek', ico: '99900211' },
        document: {
          ...{ kind: 'id-card', number: '998001234', expiry: null, issuer: 'CZE' },
          ...{ source: 'typed', overruledChecks: [] },
        },
        refuted: [{ number: '998001239', chip: { strength: 'refuted', checks: [] } }],
      },
    );
  expect(block(other('Malá', shown('998001235')), other('Velká', shown('998001236')))).toBeNull();
  // The same document, taken for one of another kind.
  expect(block(other('Malá', shown('998001235')), other('Velká', shown('998001235', 'passport')))).toBe(
    'account.document-twice',
  );
  expect(block(other('Velká', shown('998001234', 'passport')))).toBe('account.document-twice');
  expect(block(other('Malá', shown(' 998 001 234')))).toBe('account.document-twice');
  // One whose chip was refuted in this visit proves nobody else either.
  expect(block(other('Malá', shown('998 001 239')))).toBe('account.proof-insufficient');
  expect(block(other('Malá', shown('AB-1')), other('Velká', shown('ab1')))).toBe('account.document-twice');
});

it('a one-time code is three groups nobody confuses, another each time, recognised by its salted hash only', async () => {
  let byte = 0;
  const random = (length: number) => new Uint8Array(length).map(() => (byte = (byte + 37) % 256));
  const made = await Promise.all([1, 2].map(() => newOneTimeCode(random, today, 14)));
  for (const { code, recognised } of made) {
    expect(code).toMatch(/^([2-9A-HJKMNP-TV-Z]{4}-){2}[2-9A-HJKMNP-TV-Z]{4}$/);
    expect(recognised.expiresOn).toBe('2026-04-15');
    expect(recognised.hash).not.toContain(code);
    const salt = Buffer.from(recognised.hash.split('$')[4] ?? '', 'base64url');
    expect(await recognition(code, salt)).toBe(recognised.hash);
  }
  expect(made[0]?.code).not.toBe(made[1]?.code);
});
