import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccountPlan, FoundAccount } from '../../electron/contract/accounts.ts';
import type { ServiceView } from '../../electron/contract/services.ts';
import { recognition } from '../../electron/counter/accounts/one-time-code.ts';
import { backupKey } from '../../electron/counter/recovery/backup-reading.ts';
import { makeBackup } from '../../electron/store/backup.ts';
import { backupsIn } from '../../electron/store/backup-manifest.ts';
import { connect } from '../../electron/store/open.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { person, settlePrints, verify } from '../rigs/visits.ts';

// Accounts over the whole counter and the real portal with its training accounts (resources/training/accounts.json).

const KEY = new Uint8Array(32).fill(7);
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

const purpose = { code: 'service-of-visit', note: '' };
const found = ({ accountId, registrationNumber, name, userName }: FoundAccount) =>
  ({ by: 'found', accountId, registrationNumber, name, userName }) as const;

async function begin(definitionId: string, personId: string) {
  const visit = await clerk.must('visits.open', {});
  await verify(clerk, visit.id, personId);
  const { id: serviceId } = await clerk.must('services.start', { visitId: visit.id, definitionId });
  return { visitId: visit.id, serviceId };
}
type Begun = Awaited<ReturnType<typeof begin>>;

const serviceOf = async ({ visitId, serviceId }: Begun): Promise<ServiceView> => {
  const { services } = await clerk.must('visits.get', { visitId });
  const service = services.find(({ id }) => id === serviceId);
  if (!service) throw new Error('the service is gone');
  return service;
};
const look = async (serviceId: string, text: string): Promise<FoundAccount> => {
  const { accounts } = await clerk.must('accounts.find', {
    serviceId,
    by: { what: 'user-name', text },
    purpose,
  });
  const [only] = accounts;
  if (!only) throw new Error(`no account ${text}`);
  return only;
};

/** Chosen, printed, signed, accepted. */
async function accept(of: Begun, plan: AccountPlan): Promise<ServiceView> {
  const { serviceId } = of;
  const chosen = await clerk.must('accounts.complete', { serviceId, plan });
  if (chosen.steps.some(({ step, state }) => step === 'attachments' && state === 'current'))
    await clerk.must('services.complete-attachments', { serviceId });
  await clerk.must('services.print-request', { serviceId });
  await settlePrints(clerk, of.visitId);
  await clerk.must('services.confirm-signed', { serviceId });
  return clerk.must('accounts.accept', { serviceId });
}

/** What the portal answered, once it has. */
const answered = (of: Begun): Promise<ServiceView> =>
  until('the portal has answered', async () => {
    await clerk.must('desk.try-line', {});
    const service = await serviceOf(of);
    return service.account?.outcome !== null && service;
  });

async function handOver(of: Begun): Promise<void> {
  await settlePrints(clerk, of.visitId);
  await clerk.must('visits.hand-over', { visitId: of.visitId });
}

let n = 0;
/** Names nobody has: the portal goes on from test to test. */
const fresh = () => {
  n += 1;
  return { userName: `nove.jmeno${n}`, email: `nove${n}@jinde.example`, phone: null, despite: 'zkouška' };
};
const outputData = (kind: string): Record<string, unknown>[] =>
  desk.store
    .read((tx) =>
      tx.all<{ data: string }>('SELECT data FROM outputs WHERE kind = ? ORDER BY document_id', [kind]),
    )
    .map(({ data }) => JSON.parse(data));
const logText = (): string =>
  desk.store.read((tx) =>
    tx
      .all<{ text: string }>(
        `SELECT cast(l.leaf AS TEXT) || coalesce(cast(p.payload AS TEXT), '') AS text
         FROM journal_leaves l LEFT JOIN journal_payloads p USING (sequence)`,
      )
      .map(({ text }) => text)
      .join('\n'),
  );

/** What a backup made now has of it. */
async function inBackup(sql: string): Promise<string> {
  const made = await makeBackup({
    folder: desk.folder,
    key: KEY,
    places: [join(desk.folder, 'backups')],
    id: newId(),
    at: new Date().toISOString(),
    reason: 'timer',
    environment: 'training',
    program: 'test',
    desk: { id: 'desk-1', name: 'Přepážka 1', officeId: 'klatovy' },
    recoveryKey: null,
    keep: { last: 1, days: 1 },
  });
  const [backup] = backupsIn(join(desk.folder, 'backups'));
  if (!made.ok || !backup) throw new Error('no backup');
  const key = backupKey(backup.manifest, { kind: 'desk', key: KEY });
  if (!key.ok) throw new Error(key.error.code);
  const db = connect(join(desk.folder, 'backups', backup.name, 'desk.db'), key.value, undefined);
  try {
    const rows = db.prepare<[], { text: string }>(sql).all();
    expect(rows).not.toEqual([]);
    return rows.map(({ text }) => text).join('\n');
  } finally {
    db.close();
  }
}

describe('a citizen', () => {
  it('who registered on-line is found with a purpose, activated, and gets a confirmation in the same visit', async () => {
    const of = await begin('account-citizen', 'person-02');
    const account = await look(of.serviceId, 'ruzena.ukazkova');
    expect(account).toMatchObject({
      state: 'registered',
      name: 'prof. Ing. arch. Růžena Ukázková, Ph.D., MBA',
    });
    const log = logText();
    expect(log).toContain('affairs-looked-into');
    expect(log).toContain(account.accountId);
    expect(log, 'what is searched by is written down nowhere').not.toContain('ruzena.ukazkova');
    const accepted = await accept(of, { action: 'activate', account: found(account) });
    expect(accepted.account?.prints, 'a password set on-line may be anybody’s').toMatchObject([
      { kind: 'account-credentials' },
    ]);
    const service = await answered(of);
    expect(service.account?.outcome).toMatchObject({ result: 'done', account: { state: 'active' } });
    const confirmed = await clerk.must('accounts.print-confirmation', { serviceId: of.serviceId });
    expect(confirmed.account).toMatchObject({
      confirmed: true,
      prints: [{ kind: 'account-credentials' }, { kind: 'account-confirmation' }],
    });
    expect(outputData('account-confirmation')).toMatchObject([
      { account: { userName: 'ruzena.ukazkova', state: 'aktivní' } },
    ]);
    expect(await clerk.call('accounts.print-confirmation', { serviceId: of.serviceId })).toMatchObject({
      error: { code: 'service.printed-already' },
    });
    await handOver(of);
  });

  it('registered here gets a one-time code that stands on the letter only, and nowhere once it is handed over', async () => {
    const of = await begin('account-citizen', 'person-01');
    const plan = { action: 'open-person', ...fresh() } as const;
    await accept(of, plan);
    const [letter] = outputData('account-credentials');
    const code = String(letter?.code);
    expect(code).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$/);
    const { account: shown } = await answered(of);
    expect(shown?.outcome).toMatchObject({ account: { userName: plan.userName } });
    const documentId = shown?.prints.find(({ kind }) => kind === 'account-credentials')?.documentId ?? '';
    expect(await clerk.call('outputs.page', { documentId, page: 0, maxPixels: 600 })).toMatchObject({
      error: { code: 'print.for-holder-only' },
    });

    const everywhere = desk.store.read((tx) =>
      [
        ...tx.all<{ text: string | null }>('SELECT payload AS text FROM outbox'),
        ...tx.all<{ text: string | null }>('SELECT record AS text FROM services'),
        ...tx.all<{ text: string | null }>('SELECT result AS text FROM commands'),
        ...tx.all<{ text: string | null }>('SELECT body AS text FROM inbox_answers'),
        ...tx.all<{ text: string | null }>(
          "SELECT data AS text FROM outputs WHERE kind <> 'account-credentials'",
        ),
      ].map(({ text }) => text ?? ''),
    );
    expect([...everywhere, logText()].join('\n')).not.toContain(code);
    expect(desk.problems.join('\n')).not.toContain(code);
    // What the portal got recognises the code.
    const [sent] = desk.store.read((tx) =>
      tx.all<{ hash: string }>(
        "SELECT payload ->> '$.credentials.hash' AS hash FROM outbox WHERE kind = 'account'",
      ),
    );
    const [, , , , salt = ''] = (sent?.hash ?? '').split('$');
    expect(await recognition(code, Buffer.from(salt, 'base64url'))).toBe(sent?.hash);
    expect(await inBackup('SELECT data AS text FROM outputs')).not.toContain(code);

    await handOver(of);
    await until('the letter is erased', async () => {
      await desk.counter.retention.run();
      return outputData('account-credentials').every((data) => data.code === undefined);
    });
  });

  it('is not asked to sign what cannot be: wrong name, another acting, nothing to correct', async () => {
    const of = await begin('account-citizen', 'person-01');
    const refused = (plan: AccountPlan) => clerk.call('accounts.complete', { serviceId: of.serviceId, plan });
    expect(await refused({ action: 'open-person', ...fresh(), userName: '1prvni' })).toMatchObject({
      error: { code: 'account.user-name-wrong' },
    });
    expect(
      await refused({ action: 'renew', account: { by: 'user-name', userName: 'hostivit.vyjimecny' } }),
    ).toMatchObject({ error: { code: 'service.not-offered' } });
    expect(await clerk.call('services.accept', { serviceId: of.serviceId })).toMatchObject({ ok: false });
    expect(
      await clerk.call('accounts.find', {
        serviceId: of.serviceId,
        by: { what: 'applicant' },
        purpose: { code: 'other-reason', note: '' },
      }),
    ).toMatchObject({ error: { code: 'look.note-missing' } });
  });

  it('whose identity is verified anew has the account chosen and the declaration signed anew', async () => {
    const of = await begin('account-care', 'person-09');
    const account = await look(of.serviceId, 'hostivit.vyjimecny');
    await clerk.must('accounts.complete', {
      serviceId: of.serviceId,
      plan: { action: 'renew', account: found(account) },
    });
    await clerk.must('services.print-request', { serviceId: of.serviceId });
    await settlePrints(clerk, of.visitId);
    await clerk.must('identity.reopen', { visitId: of.visitId });
    expect(await serviceOf(of)).toMatchObject({
      account: null,
      request: null,
      steps: [{ step: 'account', state: 'current' }, {}, {}, {}],
    });
  });

  it('has a duplicate merged by a decision that a supervisor sees', async () => {
    const of = await begin('account-merge', 'person-13');
    const { accounts } = await clerk.must('accounts.find', {
      serviceId: of.serviceId,
      by: { what: 'applicant' },
      purpose,
    });
    const [kept, dropped] = accounts;
    if (!kept || !dropped) throw new Error('two accounts are prepared');
    await accept(of, {
      action: 'merge',
      account: found(kept),
      dropped: found(dropped),
      reason: 'osoba potvrdila oba účty',
    });
    expect((await answered(of)).account?.outcome).toMatchObject({ result: 'done' });
    await clerk.must('accounts.print-confirmation', { serviceId: of.serviceId });
    expect(outputData('account-confirmation')).toMatchObject([{ title: 'Potvrzení o sloučení účtů' }]);
    const kinds = desk.store.read((tx) => tx.all<{ kind: string }>('SELECT kind FROM exceptions'));
    expect(kinds).toContainEqual({ kind: 'account-decision' });
  });
});

describe('without the portal', () => {
  it('it is taken in, promised as what it is, sent once, and confirmed in the visit that was left', async () => {
    const plan = { action: 'open-person', ...fresh() } as const;
    const of = await begin('account-citizen', 'person-24');
    await portal.stop();
    try {
      expect(
        await clerk.call('accounts.find', { serviceId: of.serviceId, by: { what: 'applicant' }, purpose }),
      ).toMatchObject({ error: { code: 'line.down' } });
      expect(logText(), 'nothing was seen').not.toContain('affairs-looked-into');
      const accepted = await accept(of, plan);
      expect(accepted.account?.outcome).toBeNull();
      expect(outputData('acceptance-receipt')).toMatchObject([{ offline: true, hasCode: true }]);
      expect(outputData('account-credentials')).toMatchObject([{ offline: true }]);
      expect(await clerk.call('accounts.print-confirmation', { serviceId: of.serviceId })).toMatchObject({
        error: { code: 'account.not-settled' },
      });
      await handOver(of);
    } finally {
      await portal.start();
    }
    const service = await answered(of);
    expect(service.account?.outcome).toMatchObject({ result: 'done', account: { state: 'active' } });
    const confirmed = await clerk.must('accounts.print-confirmation', { serviceId: of.serviceId });
    expect(confirmed.account?.confirmed).toBe(true);
  });

  it('two acts of one visit are carried out in their order', async () => {
    const plan = { action: 'open-person', ...fresh() } as const;
    const opened = await begin('account-citizen', 'person-22');
    await portal.stop();
    let corrected = opened;
    try {
      await accept(opened, plan);
      const definitionId = 'account-care';
      const { id } = await clerk.must('services.start', { visitId: opened.visitId, definitionId });
      corrected = { ...opened, serviceId: id };
      const account = { by: 'user-name', userName: plan.userName } as const;
      const more = { userName: null, email: null, phone: '377 111 222', fromDocument: false } as const;
      await accept(corrected, { action: 'correct', account, ...more });
    } finally {
      await portal.start();
    }
    for (const of of [opened, corrected])
      expect((await answered(of)).account?.outcome).toMatchObject({ result: 'done' });
  });

  it('a conflict comes back as a task: changed, sent again, done under the other name', async () => {
    const plan = { action: 'open-person', ...fresh(), userName: 'eliska.novackova' } as const;
    const of = await begin('account-citizen', 'person-26');
    await accept(of, plan);
    const refused = await answered(of);
    expect(refused.account?.outcome).toMatchObject({ result: 'refused', code: 'account.user-name-taken' });
    const tasks = () => clerk.must('queue.list', { show: 'needs-person', after: null, limit: 50 });
    expect((await tasks()).items).toMatchObject([
      { kind: 'account', state: 'returned', owner: 'clerk', problem: { code: 'account.user-name-taken' } },
    ]);
    expect((await tasks()).items[0]?.actions).toContain('complete');
    await handOver(of);

    const userName = fresh().userName;
    const again = await clerk.must('accounts.send-again', { serviceId: of.serviceId, change: { userName } });
    expect(again.account).toMatchObject({ outcome: null, sentAgain: 1, plan: { userName } });
    expect((await tasks()).items).toEqual([]);
    expect((await answered(of)).account?.outcome).toMatchObject({
      result: 'done',
      account: { userName, state: 'active' },
    });
    expect(await clerk.call('accounts.send-again', { serviceId: of.serviceId, change: {} })).toMatchObject({
      error: { code: 'account.not-refused' },
    });
    await clerk.must('accounts.print-confirmation', { serviceId: of.serviceId });
  });

  it('what was signed about one account is not sent again about another, and not again as it was', async () => {
    const of = await begin('account-care', 'person-28');
    const signed = { by: 'user-name', userName: 'hostivit.vyjimecny' } as const;
    await accept(of, { action: 'end', account: signed, reason: 'žádost', acting: null });
    expect((await answered(of)).account?.outcome).toMatchObject({ code: 'account.person-differs' });
    const again = (change: object) =>
      clerk.call('accounts.send-again', { serviceId: of.serviceId, change: { ...change } });
    const wrong = { error: { code: 'account.not-mended-so' } };
    expect(await again({ account: { by: 'user-name', userName: 'eliska.novackova' } })).toMatchObject(wrong);
    expect(await again({})).toMatchObject(wrong);
    expect((await serviceOf(of)).account).toMatchObject({ sentAgain: 0, plan: { account: signed } });
  });

  it('a task that leads nowhere is closed with a reason', async () => {
    const of = await begin('account-citizen', 'person-28');
    await accept(of, { action: 'activate', account: { by: 'user-name', userName: 'nikdo.takovy' } });
    await answered(of);
    const { items } = await clerk.must('queue.list', { show: 'needs-person', after: null, limit: 50 });
    const [task] = items;
    expect(task).toMatchObject({ problem: { code: 'account.unknown' } });
    await clerk.must('queue.settle', { itemId: task?.id ?? '', note: 'osoba účet neměla' });
    expect((await clerk.must('queue.list', { show: 'needs-person', after: null, limit: 50 })).items).toEqual(
      [],
    );
  });

  it('dies and goes on: one account, one answer, the same letter', async () => {
    const plan = { action: 'open-person', ...fresh() } as const;
    const of = await begin('account-citizen', 'person-30');
    await portal.stop();
    await accept(of, plan);
    const before = outputData('account-credentials');
    await desk.stop();
    await portal.start();
    desk = await startCounter({ portal, folder: desk.folder });
    clerk = await desk.signedIn('novakova');
    expect((await answered(of)).account?.outcome).toMatchObject({ account: { userName: plan.userName } });
    expect(outputData('account-credentials')).toEqual(before);
    const effects = desk.store.read((tx) => tx.all("SELECT id FROM outbox WHERE kind = 'account'"));
    expect(effects).toHaveLength(1);
  });

  it('an acceptance whose answer to the window was lost is the same acceptance, with the same code', async () => {
    const of = await begin('account-citizen', 'person-20');
    const plan = { action: 'open-person', ...fresh() } as const;
    await clerk.must('accounts.complete', { serviceId: of.serviceId, plan });
    await clerk.must('services.print-request', { serviceId: of.serviceId });
    await settlePrints(clerk, of.visitId);
    await clerk.must('services.confirm-signed', { serviceId: of.serviceId });
    const id = newId();
    const first = await clerk.must('accounts.accept', { serviceId: of.serviceId }, id);
    const again = await clerk.must('accounts.accept', { serviceId: of.serviceId }, id);
    expect(again.acceptance?.submissionId).toBe(first.acceptance?.submissionId);
    expect(outputData('account-credentials')).toHaveLength(1);
  });
});

describe('an organisation', () => {
  const member = (id: string, how: 'here' | 'signature') => {
    const { person: who, document } = person(id);
    return {
      name: who.name,
      birthDate: who.birthDate,
      how:
        how === 'here'
          ? ({
              by: 'verified-here',
              document: { kind: 'id-card', number: document.mrz.join('').slice(5, 14), expiry: '2033-06-30' },
            } as const)
          : ({ by: 'verified-signature', under: 'Městský úřad Nýrsko, 44/2026' } as const),
    };
  };

  it('is looked up by its IČO, opened with two users, and confirmed with them', async () => {
    const of = await begin('account-organisation', 'person-01');
    const { serviceId } = of;
    const looked = await clerk.must('accounts.find-organisation', { serviceId, ico: '99900211', purpose });
    expect(looked).toMatchObject({ together: 1, members: [{ isApplicant: true }], account: null });
    expect(
      await clerk.call('accounts.find-organisation', { serviceId, ico: '99900212', purpose }),
    ).toMatchObject({
      error: { code: 'ico.check-digit' },
    });
    expect(
      await clerk.call('accounts.find-organisation', { serviceId, ico: '70890366', purpose }),
    ).toMatchObject({
      error: { code: 'account.ico-unknown' },
    });
    const first = found(await look(serviceId, 'hostivit.vyjimecny'));
    const second = found(await look(serviceId, 'eliska.novackova'));
    const plan: AccountPlan = {
      action: 'open-organisation',
      ico: looked.ico,
      name: looked.name,
      email: 'spolek@jinde.example',
      acting: { as: 'statutory-body', others: [] },
      users: [
        { what: 'add', user: first, rights: ['administer', 'submit'] },
        { what: 'add', user: second, rights: ['follow'] },
      ],
    };
    const wrong = (users: Extract<AccountPlan, { action: 'open-organisation' }>['users']) =>
      clerk.call('accounts.complete', { serviceId, plan: { ...plan, users } });
    expect(await wrong([{ what: 'add', user: second, rights: ['follow'] }])).toMatchObject({
      error: { code: 'account.last-administrator' },
    });
    expect(await wrong([{ what: 'add', user: first, rights: [] }])).toMatchObject({
      error: { code: 'account.rights-missing' },
    });
    await accept(of, plan);
    expect((await answered(of)).account?.outcome).toMatchObject({
      result: 'done',
      account: { users: [{}, {}] },
    });
    await clerk.must('accounts.print-confirmation', { serviceId });
    expect(outputData('account-confirmation')).toMatchObject([
      {
        organisation: { ico: '99900211' },
        users: [
          { rights: 'správa uživatelů organizace, podání za organizaci' },
          { rights: 'sledování podání' },
        ],
      },
    ]);
  });

  it('acts jointly, here and by a verified signature; who is missing comes back as a task', async () => {
    const of = await begin('account-organisation', 'person-09');
    const user = found(await look(of.serviceId, 'hostivit.vyjimecny'));
    const plan = (...others: ReturnType<typeof member>[]): AccountPlan => ({
      action: 'open-organisation',
      ico: '99900220',
      name: null,
      email: 'zaby@jinde.example',
      acting: { as: 'statutory-body', others },
      users: [{ what: 'add', user, rights: ['administer'] }],
    });
    await accept(of, plan());
    expect((await answered(of)).account?.outcome).toMatchObject({ code: 'account.others-missing' });
    await handOver(of);
    const next = await begin('account-organisation', 'person-09');
    await accept(next, plan(member('person-10', 'here'), member('person-02', 'signature')));
    expect((await answered(next)).account?.outcome).toMatchObject({ result: 'done' });
    expect(outputData('request').at(-1)).toMatchObject({
      others: [
        { how: expect.stringContaining('totožnost ověřena zde') },
        { how: 'úředně ověřený podpis: Městský úřad Nýrsko, 44/2026' },
      ],
      signatories: [{ name: 'Eliška Nováčková-Šťovíčková' }],
    });
  });

  it('is handled by a proxy only with the power of attorney among the attachments', async () => {
    const of = await begin('account-organisation', 'person-02');
    const { serviceId } = of;
    const { account } = await clerk.must('accounts.find-organisation', {
      serviceId,
      ico: '99900254',
      purpose,
    });
    if (!account) throw new Error('the cooperative has an account');
    const plan = (validTo: string | null): AccountPlan => ({
      action: 'block',
      account: found(account),
      reason: 'podezření na zneužití',
      acting: { as: 'proxy', scope: 'account', validTo },
    });
    expect(await clerk.call('accounts.complete', { serviceId, plan: plan('2020-01-01') })).toMatchObject({
      error: { code: 'account.proxy-expired' },
    });
    const others = { ...plan(null), acting: { as: 'statutory-body' as const, others: [] } };
    const inPerson = await clerk.must('accounts.complete', { serviceId, plan: others as AccountPlan });
    expect(
      inPerson.steps.map(({ step }) => step),
      'nothing to attach',
    ).not.toContain('attachments');
    await clerk.must('services.reopen-step', { serviceId, step: 'account' });
    const byPaper = await clerk.must('accounts.complete', { serviceId, plan: plan(null) });
    expect(byPaper.steps.find(({ state }) => state === 'current')?.step).toBe('attachments');
    expect(await clerk.call('services.complete-attachments', { serviceId })).toMatchObject({
      error: { code: 'attachments.required-missing' },
    });
  });

  it('keeps its last administrator until there is a successor', async () => {
    const of = await begin('account-organisation', 'person-06');
    const { serviceId } = of;
    const { account } = await clerk.must('accounts.find-organisation', {
      serviceId,
      ico: '99900254',
      purpose,
    });
    const last = account?.users[0];
    if (!account || !last) throw new Error('the cooperative has one user');
    const { rights: _rights, ...named } = last;
    const leaving = { what: 'remove' as const, user: { by: 'found' as const, ...named }, rights: [] };
    const acting = { as: 'statutory-body' as const, others: [member('person-13', 'signature')] };
    const change = (users: Extract<AccountPlan, { action: 'change-users' }>['users']): AccountPlan => ({
      action: 'change-users',
      account: found(account),
      name: account.name,
      acting,
      users,
    });
    await accept(of, change([leaving]));
    expect((await answered(of)).account?.outcome).toMatchObject({ code: 'account.last-administrator' });
    await handOver(of);
    const next = await begin('account-organisation', 'person-06');
    const successor = found(await look(next.serviceId, 'hostivit.vyjimecny'));
    await accept(next, change([leaving, { what: 'add', user: successor, rights: ['administer'] }]));
    expect((await answered(next)).account?.outcome).toMatchObject({
      result: 'done',
      account: { users: [{ userName: 'hostivit.vyjimecny' }] },
    });
  });
});
