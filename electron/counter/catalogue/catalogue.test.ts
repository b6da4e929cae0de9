import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as master from '../../store/master.ts';
import type { Store } from '../../store/open.ts';
import { temporaryStore } from '../../store/testing/temporary-store.ts';
import { accountRules, servicesOn } from './catalogue.ts';

let store: Store;
let remove: () => void;
beforeEach(() => {
  ({ store, remove } = temporaryStore());
});
afterEach(() => remove());

const shipped = readFileSync(
  new URL('../../../resources/catalogue/services/general-submission.json', import.meta.url),
  'utf8',
);

/** The services offered when the portal gives out the shipped one and this one beside. */
function offeredWith(text: string): string[] {
  store.write((tx) => master.begin(tx, 'services', null));
  const changes = [shipped, text].map((item, index) => ({
    id: index === 0 ? 'general-submission' : 'other',
    revision: index + 1,
    text: item,
    hash: `h${index}`,
  }));
  store.write((tx) => master.lay(tx, 'services', changes, 'c1'));
  store.write((tx) => master.putInForce(tx, 'services', '2026-04-01T08:00:00.000Z'));
  return store.read((tx) => servicesOn(tx, '2026-04-01').map(({ id }) => id));
}
const other = (change: (form: { schema: { properties: object }; ui: object }) => object): string => {
  const { form, ...rest } = JSON.parse(shipped);
  return JSON.stringify({ ...rest, id: 'other', form: change(form) });
};

it('offers a form beside the one that ships', () => {
  expect(offeredWith(other((form) => form))).toEqual(['general-submission', 'other']);
});

it.each([
  ['a pattern that would never end', { type: 'string', pattern: '^(a+)+$' }],
  ['a pattern that is none', { type: 'string', pattern: '(' }],
  ['a shape that leads to itself', { $ref: '#' }],
])('passes over a form that would stop the desk, and goes on with the others: %s', (_what, property) => {
  const text = other(({ schema, ui }) => ({
    schema: { ...schema, properties: { ...schema.properties, extra: property } },
    ui,
  }));
  expect(offeredWith(text)).toEqual(['general-submission']);
});

const accounts = JSON.parse(
  readFileSync(new URL('../../../resources/catalogue/accounts.json', import.meta.url), 'utf8'),
);

it.each([
  ['takes rules of accounts as they ship', accounts.userName.pattern, true],
  ['passes over rules of accounts whose pattern would stop whoever judges by it', '^(a+)+$', false],
])('%s', (_what, pattern, isTaken) => {
  const text = JSON.stringify({ ...accounts, userName: { ...accounts.userName, pattern } });
  store.write((tx) => master.begin(tx, 'settings', null));
  store.write((tx) => master.lay(tx, 'settings', [{ id: 'accounts', revision: 1, text, hash: 'h' }], 'c1'));
  store.write((tx) => master.putInForce(tx, 'settings', '2026-04-01T08:00:00.000Z'));
  expect(store.read(accountRules) !== undefined).toBe(isTaken);
});
