import { expect, it } from 'vitest';
import type { ActingFor } from '../../contract/accounts.ts';
import type { PortalOrganisation } from '../../sync/answers.ts';
import { notCheckedOf } from '../identity/not-checked.ts';
import type { IdentityRecord } from '../visits/record.ts';
import { icosOf, organisationsOf, type PlannedService, powersIn } from './organisations.ts';
import { isBookedBy, isSame } from './same-person.ts';

const birthDate = { year: 1984, month: 5, day: 17 };
const verified = { name: { givenNames: 'Žaneta', surname: 'Nováková' }, birthDate };
const concerns: IdentityRecord['concerns'] = { kind: 'organisation', title: 'Spolek', ico: '99900211' };

const service = (state: PlannedService['state'], acting: ActingFor, ico = '99900211'): PlannedService => ({
  state,
  record: {
    account: {
      plan: { action: 'change-users', account: { by: 'ico', ico }, name: null, acting, users: [] },
    },
  },
});
const proxy = (validTo: string | null): ActingFor => ({ as: 'proxy', scope: 'users', validTo });

it('knows powers that were said in the visit and not given up, of whom they are', () => {
  const services = [
    service('in-progress', proxy('2026-04-30')),
    service('withdrawn', proxy('2026-05-30')),
    service('done', { as: 'statutory-body', others: [] }),
    service('done', proxy(null), '99900254'),
  ];
  expect(powersIn(services, concerns)).toEqual([
    { ico: '99900211', name: 'Spolek', scope: 'users', validTo: '2026-04-30' },
    { ico: '99900254', name: '', scope: 'users', validTo: null },
  ]);
});

it('puts an organisation together of account, register and visit, each once', () => {
  const entry = (members: { birthDate: typeof birthDate }[]): PortalOrganisation => ({
    organisation: { name: 'Spolek, z. s.', ico: '99900211' },
    statutoryBody: { together: 2, members: members.map((one) => ({ ...one, name: verified.name })) },
    account: null,
  });
  const known = {
    memberOf: [{ accountId: 'a', ico: '99900211', name: 'Spolek', rights: ['submit', 'other'] }],
    identity: { actingAs: 'proxy' as const, concerns },
    powers: powersIn([service('done', proxy('2026-04-30'))], concerns),
  };
  const rules = {
    rights: [{ code: 'submit', title: { cs: 'podání', en: 'submits' } }],
    proxyScopes: [{ code: 'users', title: { cs: 'uživatelé', en: 'users' }, actions: [] }],
  };
  expect(icosOf(known)).toEqual(['99900211']);
  const told = new Map([['99900211', entry([{ birthDate }])]]);
  expect(organisationsOf(known, { told, verified, rules })).toEqual([
    {
      ico: '99900211',
      name: 'Spolek, z. s.',
      rights: [
        { cs: 'podání', en: 'submits' },
        { cs: 'other', en: 'other' },
      ],
      statutoryBody: { together: 2 },
      isRegisterAsked: true,
      inVisitAs: 'proxy',
      powers: [{ scope: { cs: 'uživatelé', en: 'users' }, validTo: '2026-04-30' }],
    },
  ]);
  // A namesake born another day is no member, and an organisation nobody asked about is not said to have none.
  const namesake = new Map([['99900211', entry([{ birthDate: { ...birthDate, day: 18 } }])]]);
  expect(organisationsOf(known, { told: namesake, verified, rules })[0]?.statutoryBody).toBeNull();
  expect(organisationsOf(known, { told: new Map(), verified, rules })[0]).toMatchObject({
    name: 'Spolek',
    statutoryBody: null,
    isRegisterAsked: false,
  });
});

it('takes for the person’s own what has their whole name and day, or their account', () => {
  const { name } = verified;
  expect(isSame({ name: { givenNames: 'zaneta', surname: 'NOVÁKOVÁ' }, birthDate }, verified)).toBe(true);
  expect(isSame({ name, birthDate: { year: 1984 } }, verified)).toBe(false);
  expect(isSame({ name }, verified)).toBe(false);
  expect(isBookedBy({ name, birthDate: '1984-05-17' }, verified, [])).toBe(true);
  expect(isBookedBy({ name: { surname: 'Nováková' }, birthDate: '1984-05-17' }, verified, [])).toBe(false);
  expect(isBookedBy({ name }, verified, [])).toBe(false);
  expect(isBookedBy({ name: { surname: 'Jiná' }, accountId: 'a' }, verified, ['a'])).toBe(true);
  const yearOnly = { ...verified, birthDate: { year: 1984 } };
  expect(isBookedBy({ name, birthDate: '1984-05-17' }, yearOnly, [])).toBe(false);
});

it('says what an identity was not checked by', () => {
  const document = {
    kind: 'id-card' as const,
    number: '998001234',
    issuer: 'CZE',
    expiry: '2030-01-01',
    source: 'reader' as const,
    overruledChecks: [],
  };
  const of = {
    document,
    register: null,
    concerns: null,
    actingAs: 'in-person' as const,
    verification: null,
  };
  const register = (state: NonNullable<IdentityRecord['register']>['state']) => ({
    ...of,
    register: { state, asOf: null, listedSince: null },
  });
  const always = ['chip-not-read', 'population-register'];
  expect(notCheckedOf(register('not-listed'))).toEqual(always);
  expect(notCheckedOf(of)).toEqual(['register-not-asked', ...always]);
  expect(notCheckedOf(register('cannot-be-asked-now'))).toEqual(['register-not-asked', ...always]);
  expect(notCheckedOf(register('cannot-be-checked'))).toEqual(['register-cannot-check', ...always]);
  expect(
    notCheckedOf({
      ...register('not-listed'),
      document: { ...document, expiry: null, source: 'typed', overruledChecks: ['expiry'] },
      concerns,
      actingAs: 'proxy',
    }),
  ).toEqual(['no-expiry', 'zone-not-read', 'checks-overruled', ...always, 'power-not-in-register']);
  const withChip = (state: 'passed' | 'failed' | 'not-checked') => ({
    ...register('not-listed'),
    document: {
      ...{ ...document, source: 'chip' as const },
      chip: { strength: 'proven' as const, checks: [{ name: 'revocation' as const, state, reason: null }] },
    },
  });
  for (const state of ['passed', 'failed'] as const)
    expect(notCheckedOf(withChip(state))).toEqual(['population-register']);
  expect(notCheckedOf(withChip('not-checked'))).toEqual(['chip-revocation', 'population-register']);
});
