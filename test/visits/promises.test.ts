import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { acceptSubmission, person, takeDocument } from '../rigs/visits.ts';

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;

beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal.close());
beforeEach(async () => {
  desk = await startCounter({ portal });
  clerk = await desk.signedIn('novakova');
});
afterEach(() => desk.close());

const effectOf = (id: string) =>
  desk.store.read((tx) =>
    tx.get<{ state: string; last_code: string | null }>('SELECT state, last_code FROM outbox WHERE id = ?', [
      id,
    ]),
  );

describe('what the desk accepts, the portal takes', () => {
  it('also with a person represented whose name was typed with empty parts', async () => {
    const visit = await clerk.must('visits.open', {});
    await takeDocument(clerk, visit.id);
    const { person: who } = person('person-01');
    const nameless = await clerk.call('identity.confirm', {
      visitId: visit.id,
      name: who.name,
      birthDate: who.birthDate,
      birthNumber: null,
      citizenship: null,
      address: null,
      actingAs: 'proxy',
      concerns: { kind: 'person', name: { surname: '  ' } },
      overrideReason: null,
    });
    expect(nameless.ok).toBe(false);
    const confirmed = await clerk.must('identity.confirm', {
      visitId: visit.id,
      name: who.name,
      birthDate: who.birthDate,
      birthNumber: null,
      citizenship: null,
      address: null,
      actingAs: 'proxy',
      concerns: { kind: 'person', name: { titlesBefore: '', givenNames: ' ', surname: ' Ňouma ' } },
      overrideReason: null,
    });
    expect(confirmed.concerns).toEqual({ kind: 'person', name: { surname: 'Ňouma' } });
    const accepted = await acceptSubmission(clerk, visit.id);
    const id = accepted.acceptance?.submissionId ?? '';
    await until(
      'the portal has it',
      () => !['waiting', 'sending', 'incomplete'].includes(effectOf(id)?.state ?? ''),
    );
    expect(effectOf(id)).toEqual({ state: 'accepted', last_code: null });
  });
});

describe('a question to the register', () => {
  it('that was open when the counter died is asked again by itself', async () => {
    const visit = await clerk.must('visits.open', {});
    await takeDocument(clerk, visit.id);
    desk.store.write((tx) =>
      tx.run(`UPDATE visits SET identity = json_set(identity, '$.register.state', 'asking')`),
    );
    await desk.stop();
    desk = await startCounter({ portal, folder: desk.folder });
    clerk = await desk.signedIn('novakova');
    const state = await until('the register answers', async () => {
      const { identity } = await clerk.must('visits.get', { visitId: visit.id });
      return identity.register?.state !== 'asking' && identity.register?.state;
    });
    expect(state).toBe('not-listed');
  });
});

describe('the address of the portal', () => {
  it('is where the desk is enrolled, also when the language was chosen before', async () => {
    const { deskId } = await clerk.must('desk.frame', {});
    const enrolment = desk.store.read((tx) =>
      tx.get<{ value: string }>(`SELECT value FROM desk WHERE key = 'enrolment'`),
    );
    desk.store.write((tx) => tx.run(`DELETE FROM desk WHERE key = 'enrolment'`));
    await desk.window().must('settings.set-language', { language: 'en' });
    desk.store.write((tx) =>
      tx.run(`INSERT INTO desk (key, value) VALUES ('enrolment', ?)`, [enrolment?.value ?? '']),
    );
    const administrator = await desk.signedIn('hajickova');
    const settings = await administrator.must('settings.get', {});
    expect(settings.portalUrl).toBe(portal.url());
    await administrator.must('settings.save', { ...settings, printer: { uri: 'ipp://127.0.0.1:1/' } });
    expect((await clerk.must('desk.try-line', {})).state).toBe('up');
    expect(deskId).not.toBeNull();
  });
});

describe('a sign-in', () => {
  it('asked for again under its id, because its answer was lost, is answered again', async () => {
    const window = desk.window();
    const id = newId();
    const account = (await window.must('clerks.training-accounts', {})).find(
      ({ username }) => username === 'novakova',
    );
    const input = { username: 'novakova', password: account?.password ?? '' };
    const first = await window.must('clerks.sign-in', input, id);
    expect((await window.must('clerks.sign-in', input, id)).clerkId).toBe(first.clerkId);
    const unlock = newId();
    await window.must('clerks.lock', {});
    await window.must('clerks.unlock', { password: input.password }, unlock);
    await window.must('clerks.unlock', { password: input.password }, unlock);
    expect(desk.problems).toEqual([]);
  });
});

describe('a password judged at the desk', () => {
  const wrong = (window: TestWindow) => window.call('clerks.unlock', { password: 'Spatne-Heslo-1' });

  it('is counted before it is judged: tries sent at once do not slip through', async () => {
    await clerk.must('clerks.lock', {});
    const answers = await Promise.all(Array.from({ length: 8 }, () => wrong(clerk)));
    const codes = answers.map((answer) => (answer.ok ? 'ok' : answer.error.code));
    expect(codes.filter((code) => code === 'clerk.wrong-password').length).toBeLessThanOrEqual(3);
    expect(codes).toContain('clerk.locked');
  });

  it('opens nothing after the time an account may be used without the portal', async () => {
    await clerk.must('clerks.lock', {});
    desk.store.write((tx) => tx.run(`UPDATE clerk_accounts SET verified_at = '2020-01-01T00:00:00.000Z'`));
    expect(await wrong(clerk)).toMatchObject({ ok: false, error: { code: 'clerk.offline-too-long' } });
  });

  it('is of no use to a clerk whom the directory no longer has', async () => {
    desk.store.write((tx) =>
      tx.run(
        `DELETE FROM master_settled WHERE collection = 'clerks' AND json_extract(data, '$.username') = 'novakova'`,
      ),
    );
    expect(await clerk.call('visits.open', {})).toEqual({ ok: false, error: { code: 'call.not-signed-in' } });
  });
});

it('a command still running does not give its answer to another who uses its id', async () => {
  const other = await desk.signedIn('cizek');
  const id = newId();
  const password = 'Spatne-Heslo-1';
  const [first, second] = await Promise.all([
    clerk.call('clerks.unlock', { password }, id),
    other.call('clerks.unlock', { password }, id),
  ]);
  expect(first).toMatchObject({ ok: false, error: { code: 'clerk.wrong-password' } });
  expect(second).toEqual({ ok: false, error: { code: 'call.id-reused' } });
});
