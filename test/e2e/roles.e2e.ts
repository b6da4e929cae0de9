import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallDefinition, Role } from '../../electron/contract/call.ts';
import { type CallName, calls, isCallName } from '../../electron/contract/index.ts';
import { newId } from '../rigs/counter.ts';
import { deskPages, said } from '../rigs/desk-pages.ts';
import { type Desk, launchDesk } from '../rigs/electron.ts';

/** From inside the page, past all of its own code: the counter refuses each call to who may not make it. */

let desk: Desk;
beforeAll(async () => {
  desk = await launchDesk();
  // The counter is there once the window knows that nobody is signed in.
  await desk.window.getByRole('heading', { name: said('sign_in_title') }).waitFor();
}, 120_000);
afterAll(() => desk?.close());

const names = Object.keys(calls).filter(isCallName);
const definitionOf = (name: CallName): CallDefinition => calls[name];

/** What the counter answers to each call with input that no call takes, so that nothing is ever carried out. */
async function answers(asked: readonly CallName[]): Promise<Record<string, unknown>> {
  const list = asked.map((name) => [name, definitionOf(name).kind === 'command' ? newId() : null]);
  return desk.window.evaluate(`(async () => {
    const codes = {};
    for (const [name, id] of ${JSON.stringify(list)}) {
      const reply = await window.counter.call(name, id, { unheard: true });
      codes[name] = reply.ok ? 'carried out' : reply.error.code;
    }
    return codes;
  })()`);
}

const expected = (asked: readonly CallName[], code: (name: CallName) => string) =>
  Object.fromEntries(asked.map((name) => [name, code(name)]));

test('nobody signed in: every call but those for anyone', async () => {
  expect(await answers(names)).toEqual(
    expected(names, (name) =>
      definitionOf(name).who === 'anyone' ? 'call.wrong-input' : 'call.not-signed-in',
    ),
  );
});

test.each<[username: string, password: string, held: Role[]]>([
  ['cizek', 'Cvicna-Prepazka-2', ['clerk']],
  ['dvorak', 'Cvicna-Prepazka-3', ['clerk', 'supervisor']],
  ['hajickova', 'Cvicna-Prepazka-4', ['administrator']],
])('%s: every call of a role that is not theirs', async (username, password, held) => {
  const pages = deskPages(desk.window);
  await pages.signIn(username, password);
  const mayCall = (name: CallName): boolean => {
    const { who } = definitionOf(name);
    return who === 'anyone' || who === 'signed-in' || who.some((role) => held.includes(role));
  };
  expect(
    names.some((name) => !mayCall(name)),
    'a call to be refused',
  ).toBe(true);
  expect(await answers(names)).toEqual(
    expected(names, (name) => (mayCall(name) ? 'call.wrong-input' : 'call.not-your-role')),
  );
  await pages.signOut();
});
