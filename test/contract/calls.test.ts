import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallDefinition, Role } from '../../electron/contract/call.ts';
import { events } from '../../electron/contract/events.ts';
import { type CallName, calls } from '../../electron/contract/index.ts';
import { roleFor } from '../../electron/counter/dispatch.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
} from '../rigs/counter.ts';

const names = Object.keys(calls).filter((name): name is CallName => Object.hasOwn(calls, name));
const definitionOf = (name: CallName): CallDefinition => calls[name];
const idOf = (name: CallName) => (definitionOf(name).kind === 'command' ? newId() : null);

let portal: PortalRig;
let desk: CounterRig;
let nobody: TestWindow;
const windows = new Map<string, { window: TestWindow; roles: Role[] }>();

beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
  nobody = desk.window();
  for (const [username, roles] of [
    ['cizek', ['clerk']],
    ['dvorak', ['clerk', 'supervisor']],
    ['hajickova', ['administrator']],
  ] satisfies [string, Role[]][])
    windows.set(username, { window: await desk.signedIn(username), roles });
});

afterAll(async () => {
  await desk.close();
  await portal.close();
});

describe('every call of the contract', () => {
  it('says who may make it', () => {
    for (const name of names) {
      const { who } = definitionOf(name);
      expect(who === 'anyone' || who === 'signed-in' || who.length > 0, name).toBe(true);
    }
  });

  it.each(names.filter((name) => definitionOf(name).who !== 'anyone'))(
    '%s is refused to nobody',
    async (name) => {
      expect(await nobody.raw(name, idOf(name), {})).toEqual({
        ok: false,
        error: { code: 'call.not-signed-in' },
      });
    },
  );

  it.each(names.filter((name) => Array.isArray(definitionOf(name).who)))(
    '%s is refused to the wrong role',
    async (name) => {
      const { who } = definitionOf(name);
      const wrong = [...windows.values()].filter(
        ({ roles }) => Array.isArray(who) && !roles.some((role) => who.includes(role)),
      );
      expect(wrong.length, 'a training account without the role').toBeGreaterThan(0);
      for (const { window } of wrong)
        expect(await window.raw(name, idOf(name), {})).toEqual({
          ok: false,
          error: { code: 'call.not-your-role' },
        });
    },
  );

  it.each(names)('%s refuses wrong input and says where', async (name) => {
    const { who } = definitionOf(name);
    const right = [...windows.values()].find(({ roles }) =>
      roles.some((role) => Array.isArray(who) && who.includes(role)),
    );
    const window = Array.isArray(who) ? right?.window : [...windows.values()][0]?.window;
    for (const input of [{ unexpected: 1 }, null, [], 'text', 7]) {
      const reply = await window?.raw(name, idOf(name), input);
      expect(reply, JSON.stringify(input)).toMatchObject({ ok: false, error: { code: 'call.wrong-input' } });
    }
  });

  it.each(names.filter((name) => definitionOf(name).kind === 'command'))(
    '%s needs an id to be done once by',
    async (name) => {
      const { who } = definitionOf(name);
      const holder = [...windows.values()].find(
        ({ roles }) => !Array.isArray(who) || roles.some((role) => who.includes(role)),
      );
      for (const id of [null, '', 'x'.repeat(36)]) {
        const reply = await holder?.window.raw(name, id, {});
        expect(reply).toMatchObject({ ok: false, error: { code: 'call.wrong-input' } });
      }
    },
  );

  it('that does not exist is refused', async () => {
    for (const name of ['visits.everything', '__proto__', 'constructor', ''])
      expect(await nobody.raw(name, newId(), {})).toEqual({ ok: false, error: { code: 'call.unknown' } });
  });

  it('is refused while the session is locked, but for what unlocks it', async () => {
    const locked = await desk.signedIn('cizek');
    await locked.must('clerks.lock', {});
    for (const name of names) {
      const definition = definitionOf(name);
      if (definition.whileLocked) continue;
      const reply = await locked.raw(name, idOf(name), {});
      const mayAsk = roleFor(definition.who, {
        roles: ['clerk'],
        clerkId: '',
        username: '',
        name: { surname: 'x' },
        competences: [],
        mode: 'online',
        signedInAt: '',
        rolesAsOf: '',
        offlineUntil: '',
        locked: true,
      });
      expect(reply, name).toEqual({
        ok: false,
        error: { code: mayAsk === null ? 'call.not-your-role' : 'call.locked' },
      });
    }
    expect((await locked.call('clerks.unlock', { password: 'wrong' })).ok).toBe(false);
    expect((await locked.call('clerks.unlock', { password: 'Cvicna-Prepazka-2' })).ok).toBe(true);
  });
});

describe('every event of the contract', () => {
  it('says who is told', () => {
    for (const [name, { who }] of Object.entries(events))
      expect(who === 'anyone' || who === 'signed-in' || who.length > 0, name).toBe(true);
  });

  it('that tells what a reader read goes to those who serve people, and to nobody who locked the window', async () => {
    const told = async (window: TestWindow, name: string) => {
      // The counter's word about everything comes behind what was told before.
      await window.must('desk.frame', {});
      return window.events.filter((event) => event.name === name).length;
    };
    const locked = await desk.signedIn('cizek');
    await locked.must('clerks.lock', {});
    desk.counter.desk.emit('code-read', { text: 'Jan Vzorový' });
    desk.counter.desk.emit('reader-read', { ok: false, error: { code: 'reader.busy' } });
    desk.counter.desk.emit('reader-heard', { heard: 'code', length: 11 });
    for (const [username, { window, roles }] of windows) {
      const isServing = roles.some((role) => role !== 'administrator');
      for (const name of ['code-read', 'reader-read'])
        expect(await told(window, name), `${name} to ${username}`).toBe(isServing ? 1 : 0);
      expect(await told(window, 'reader-heard'), username).toBe(1);
    }
    for (const name of ['code-read', 'reader-read', 'reader-heard'])
      for (const window of [nobody, locked]) expect(await told(window, name), name).toBe(0);
  });
});
