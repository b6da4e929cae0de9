import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import {
  actOf,
  CLERK,
  CODE,
  effectOf,
  look,
  openPerson,
  outcomeOf,
  perform,
  proofOf,
  seeded,
} from '../testing/accounts.ts';
import {
  bodyOf,
  newId,
  send,
  sha256,
  type TestDesk,
  type TestPortal,
  testPortal,
} from '../testing/portal.ts';

// The training environment's prepared accounts stand in resources/training/accounts.json.
const REGISTERED = { userName: 'ruzena.ukazkova' };
const ACTIVE = { userName: 'hostivit.vyjimecny' };
const SECOND = { userName: 'eliska.novackova' };
const BLOCKED = { userName: 'vlastimil.podezrely' };
const ASSOCIATION = '99900211';
const JOINTLY = '99900220';
const COOPERATIVE = '99900254';

let portal: TestPortal;
let desk: TestDesk;
beforeEach(async () => {
  portal = testPortal({ pace: { burst: 1e9, perSecond: 1 } });
  desk = await portal.enrol();
});
afterEach(() => portal.close());

const search = async (by: Schemas['AccountSearch']['by'], of = desk) =>
  bodyOf<Schemas['AccountsFound']>(
    await of.call('POST', '/accounts/searches', { json: { look: look(), by } }),
  ).accounts;
const refusal = (code: Schemas['AccountRefusal']) => ({ result: 'refused', code });
const adds = (user: Schemas['AccountReference'], ...rights: string[]): Schemas['UserChange'] => ({
  what: 'add',
  user,
  rights,
});
const openAssociation = (
  change: Partial<Schemas['OpenOrganisationAct']> = {},
  personId = 'person-01',
): Schemas['OpenOrganisationAct'] => ({
  ...actOf(personId),
  action: 'open-organisation',
  accountId: newId(),
  ico: ASSOCIATION,
  email: 'zizaly@jinde.example',
  acting: { as: 'statutory-body' },
  users: [adds(ACTIVE, 'administer', 'submit'), adds(SECOND, 'follow')],
  ...change,
});

describe('looking an account up', () => {
  it('finds it by user name, e-mail, number and the verified person, in any writing', async () => {
    const [byName] = await search({ userName: ' Ruzena.Ukazkova ' });
    expect(byName).toMatchObject({ state: 'registered', userName: 'ruzena.ukazkova', kind: 'person' });
    expect(await search({ email: 'RUZENA.ukazkova@cvicne.example' })).toEqual([byName]);
    expect(await search({ registrationNumber: byName?.registrationNumber.toLowerCase() ?? '' })).toEqual([
      byName,
    ]);
    const { name, birthDate } = seeded('person-02').person;
    expect(await search({ person: { name: { ...name, surname: 'UKAZKOVA' }, birthDate } })).toEqual([byName]);
    expect(await search({ userName: 'nikdo.takovy' })).toEqual([]);
  });

  it('is refused without a purpose of the list, without its reason, and to who has no role here', async () => {
    const ask = async (sent: Schemas['Look'], of = desk) =>
      (await of.call('POST', '/accounts/searches', { json: { look: sent, by: ACTIVE } })).body;
    expect(await ask(look('curiosity'))).toMatchObject({ code: 'look.purpose-unknown' });
    expect(await ask(look('other-reason'))).toMatchObject({ code: 'look.purpose-unknown' });
    expect(await ask(look('other-reason', ' '))).toMatchObject({ code: 'look.purpose-unknown' });
    expect(await ask(look('other-reason', 'reklamace'))).toMatchObject({ accounts: [{ state: 'active' }] });
    expect(await ask({ ...look(), by: { ...CLERK, clerkId: newId() } })).toMatchObject({
      code: 'look.not-permitted',
    });
    expect(await ask(look(), await portal.enrol('plzen'))).toMatchObject({ code: 'look.not-permitted' });
    portal.changeClerk(CLERK.clerkId, { blocked: true });
    expect(await ask(look())).toMatchObject({ code: 'look.not-permitted' });
  });

  it('knows who acts for an organisation, and which IČO nobody has', async () => {
    const ask = (ico: string) =>
      desk.call('POST', '/organisations/searches', { json: { look: look(), ico } });
    expect(bodyOf<Schemas['OrganisationFound']>(await ask(JOINTLY))).toMatchObject({
      statutoryBody: { together: 2 },
      account: null,
    });
    expect(bodyOf<Schemas['OrganisationFound']>(await ask(COOPERATIVE))).toMatchObject({
      account: {
        state: 'active',
        users: [{ userName: 'svatopluk.mezni', rights: ['administer', 'submit'] }],
      },
    });
    expect((await ask('70890366')).body).toMatchObject({ code: 'account.ico-unknown' });
  });
});

describe('an account of a citizen', () => {
  it('registered at the desk is active with its number, the first in a new year counts anew', async () => {
    const done = await perform(desk, openPerson('person-01', 'jan.vzorovy'));
    expect(done).toMatchObject({
      result: 'done',
      account: {
        state: 'active',
        userName: 'jan.vzorovy',
        registrationNumber: expect.stringMatching(/^U-2026-0000\d\d$/),
      },
    });
    portal.clock.advance(300 * 24 * 3_600_000);
    expect((await perform(desk, openPerson('person-24', 'ase.s'))).account?.registrationNumber).toBe(
      'U-2027-000001',
    );
  });

  it('registered on-line is activated for the person it belongs to, once', async () => {
    const activate = {
      ...actOf('person-02'),
      action: 'activate',
      account: REGISTERED,
      credentials: CODE,
    } as const;
    expect(await perform(desk, { ...activate, proof: proofOf('person-10') })).toMatchObject(
      refusal('account.person-differs'),
    );
    expect(await perform(desk, activate)).toMatchObject({
      result: 'done',
      account: { state: 'active', person: { name: { surname: 'Ukázková', titlesAfter: 'Ph.D., MBA' } } },
    });
    expect(await perform(desk, activate)).toMatchObject(refusal('account.activated-already'));
    expect(
      await perform(desk, { ...actOf('person-08'), action: 'activate', account: BLOCKED, credentials: CODE }),
    ).toMatchObject(refusal('account.is-blocked'));
    expect(await perform(desk, { ...activate, account: { userName: 'nikdo.takovy' } })).toMatchObject(
      refusal('account.unknown'),
    );
  });

  it('is not opened under a name, an e-mail or for a person that has one, unless somebody decided so', async () => {
    const taken = 'hostivit.vyjimecny';
    expect(await perform(desk, openPerson('person-01', taken))).toMatchObject(
      refusal('account.user-name-taken'),
    );
    expect(
      await perform(desk, openPerson('person-01', 'žížala', { email: 'zizala@jinde.example' })),
    ).toMatchObject(refusal('account.user-name-wrong'));
    const email = `${taken}@cvicne.example`.toUpperCase();
    expect(await perform(desk, openPerson('person-01', 'jan.vzorovy', { email }))).toMatchObject(
      refusal('account.email-taken'),
    );
    expect(await perform(desk, openPerson('person-09', 'druhy.ucet'))).toMatchObject(
      refusal('account.exists-already'),
    );
    expect(
      await perform(desk, openPerson('person-09', 'druhy.ucet', { despite: 'účet pro živnost' })),
    ).toMatchObject({ result: 'done' });
    expect(await search({ userName: 'jan.vzorovy' })).toEqual([]);
  });

  it('needs a proof by a clerk of the desk’s own office, by a document that proves identity and holds', async () => {
    const act = openPerson('person-01', 'jan.vzorovy');
    const proofed = (change: Partial<Schemas['IdentityProof']>) =>
      perform(desk, { ...act, proof: { ...act.proof, ...change } });
    const document = (change: Partial<Schemas['ProofDocument']>) =>
      proofed({ document: { ...act.proof.document, ...change } });
    expect(await document({ kind: 'driving-licence' })).toMatchObject(refusal('account.proof-insufficient'));
    expect(await document({ expiry: '2026-03-31' })).toMatchObject(refusal('account.proof-insufficient'));
    expect(await document({ expiry: '2026-04-01' })).toMatchObject({ result: 'done' });
    const wrong = refusal('account.clerk-not-permitted');
    expect(await proofed({ officeId: 'plzen' })).toMatchObject(wrong);
    expect(await proofed({ verifiedBy: { ...CLERK, clerkId: newId() } })).toMatchObject(wrong);
    expect(await proofed({ verifiedBy: { ...CLERK, role: 'administrator' } })).toMatchObject(wrong);
    expect(await proofed({ verifiedBy: { ...CLERK, role: 'supervisor' } })).toMatchObject(wrong);
    expect(await perform(await portal.enrol('plzen'), act)).toMatchObject(wrong);
    const bare: Partial<Schemas['OpenPersonAct']> = { ...act };
    delete bare.proof;
    const [result] = await send(desk, { ...effectOf(act), payload: bare });
    expect(result).toMatchObject({ status: 'refused', code: 'effect.invalid' });
  });

  it('is blocked, unblocked, corrected, given new credentials and ended by its holder only', async () => {
    const of = actOf('person-09');
    const account = ACTIVE;
    const change = (action: 'block' | 'unblock' | 'end', personId = 'person-09') =>
      perform(desk, { ...actOf(personId), action, account, reason: 'žádost držitele' });
    expect(await change('block', 'person-01')).toMatchObject(refusal('account.person-differs'));
    expect(await change('unblock')).toMatchObject(refusal('account.not-blocked'));
    expect(await change('block')).toMatchObject({ account: { state: 'blocked' } });
    expect(await perform(desk, { ...of, action: 'renew', account, credentials: CODE })).toMatchObject(
      refusal('account.is-blocked'),
    );
    expect(await change('unblock')).toMatchObject({ account: { state: 'active' } });
    expect(await perform(desk, { ...of, action: 'renew', account, credentials: CODE })).toMatchObject({
      result: 'done',
    });
    expect(
      await perform(desk, { ...of, action: 'correct', account, email: 'eliska.novackova@cvicne.example' }),
    ).toMatchObject(refusal('account.email-taken'));
    expect(
      await perform(desk, {
        ...of,
        action: 'correct',
        account,
        email: 'novy@jinde.example',
        phone: '377 111 222',
      }),
    ).toMatchObject({ account: { email: 'novy@jinde.example', phone: '377 111 222' } });
    expect(await change('end')).toMatchObject({ account: { state: 'ended' } });
    expect(await change('block')).toMatchObject(refusal('account.is-ended'));
    // The name stays with the account that ended; the e-mail may be used again.
    expect(await perform(desk, openPerson('person-09', 'hostivit.vyjimecny'))).toMatchObject(
      refusal('account.user-name-taken'),
    );
    expect(
      await perform(desk, openPerson('person-09', 'hostivit2', { email: 'novy@jinde.example' })),
    ).toMatchObject({ result: 'done' });
  });

  it('takes over a duplicate with its memberships, for the one person both belong to', async () => {
    const act = {
      ...actOf('person-13'),
      action: 'merge',
      account: { userName: 'nada.pastova' },
      dropped: { userName: 'nada1995' },
      reason: 'osoba potvrdila oba účty',
    } as const;
    expect(await perform(desk, { ...act, account: ACTIVE })).toMatchObject(refusal('account.person-differs'));
    expect(await perform(desk, { ...act, dropped: act.account })).toMatchObject(
      refusal('account.merge-not-possible'),
    );
    // The service asks for a zone that was read: a document that was only seen, or refused, or a check of an older desk is not enough.
    const tooWeak = refusal('account.identity-too-weak');
    expect(await perform(desk, act, { strength: 'seen' })).toMatchObject(tooWeak);
    expect(await perform(desk, act, { strength: 'proven', decision: 'refused' })).toMatchObject(tooWeak);
    expect(await perform(desk, act)).toMatchObject({ result: 'done', account: { userName: 'nada.pastova' } });
    const [dropped] = await search({ userName: 'nada1995' });
    const [kept] = await search({ userName: 'nada.pastova' });
    expect(dropped).toMatchObject({ state: 'merged', mergedInto: kept?.registrationNumber });
    expect(await perform(desk, act)).toMatchObject(refusal('account.is-merged'));
  });

  it('settles each act once, however often it is sent', async () => {
    const effect = effectOf(openPerson('person-01', 'jan.vzorovy'));
    expect(await send(desk, effect)).toMatchObject([{ status: 'accepted' }]);
    expect(await send(desk, effect)).toMatchObject([{ status: 'duplicate' }]);
    expect(await outcomeOf(desk, effect.id)).toMatchObject({ result: 'done' });
  });
});

describe('an account of an organisation', () => {
  it('is opened by who acts for it, with users who have active accounts and one who administers', async () => {
    expect(await perform(desk, openAssociation({}, 'person-02'))).toMatchObject(
      refusal('account.not-allowed-to-act'),
    );
    expect(await perform(desk, openAssociation({ ico: '70890366' }))).toMatchObject(
      refusal('account.ico-unknown'),
    );
    const users = (...list: Schemas['UserChange'][]) => perform(desk, openAssociation({ users: list }));
    expect(await users(adds(ACTIVE, 'submit'))).toMatchObject(refusal('account.last-administrator'));
    expect(await users(adds(REGISTERED, 'administer'))).toMatchObject(refusal('account.user-not-active'));
    expect(await users(adds({ userName: 'nikdo.takovy' }, 'administer'))).toMatchObject(
      refusal('account.user-unknown'),
    );
    expect(await users(adds(ACTIVE, 'administer', 'everything'))).toMatchObject(
      refusal('account.right-unknown'),
    );
    expect(await perform(desk, openAssociation())).toMatchObject({
      result: 'done',
      account: {
        state: 'active',
        organisation: { ico: ASSOCIATION },
        users: [
          { userName: 'hostivit.vyjimecny', rights: ['administer', 'submit'] },
          { userName: 'eliska.novackova', rights: ['follow'] },
        ],
      },
    });
    expect(await perform(desk, openAssociation({ email: 'jiny@jinde.example' }))).toMatchObject(
      refusal('account.exists-already'),
    );
    expect((await search(SECOND))[0]?.memberOf).toMatchObject([{ ico: ASSOCIATION, rights: ['follow'] }]);
  });

  it('whose body acts jointly needs all of them, each known for certain', async () => {
    const other = seeded('person-09');
    const open = (others: NonNullable<Schemas['ActingForOrganisation']['others']>) =>
      perform(
        desk,
        openAssociation(
          { ico: JOINTLY, email: 'zaby@jinde.example', acting: { as: 'statutory-body', others } },
          'person-10',
        ),
      );
    const { name, birthDate } = other.person;
    expect(await open([])).toMatchObject(refusal('account.others-missing'));
    const { name: stranger, birthDate: born } = seeded('person-01').person;
    expect(
      await open([
        { name: stranger, birthDate: born, how: 'verified-signature', verifiedUnder: 'Klatovy, 12/2026' },
      ]),
    ).toMatchObject(refusal('account.others-missing'));
    const { kind, number } = other.document;
    expect(
      await open([
        { name, birthDate, how: 'verified-here', document: { kind, number, expiry: '2020-01-01' } },
      ]),
    ).toMatchObject(refusal('account.proof-insufficient'));
    expect(await open([{ name, birthDate, how: 'verified-here', document: { kind, number } }])).toMatchObject(
      { result: 'done' },
    );
  });

  it('is handled by a proxy within scope and time of a power of attorney that came along', async () => {
    await perform(desk, openAssociation());
    const paper = Buffer.from('plná moc');
    const change = async (proxy: Partial<NonNullable<Schemas['ActingForOrganisation']['proxy']>>) => {
      const effect = effectOf(
        {
          ...actOf('person-02'),
          action: 'change-users',
          account: { ico: ASSOCIATION },
          acting: { as: 'proxy', proxy: { scope: 'users', sha256: sha256(paper), ...proxy } },
          users: [{ what: 'change', user: SECOND, rights: ['submit'] }],
        },
        [
          {
            sha256: sha256(paper),
            size: paper.length,
            mediaType: 'application/pdf',
            role: 'attachment:power',
          },
        ],
      );
      await desk.call('PUT', `/blobs/${sha256(paper)}`, { bytes: paper });
      await send(desk, effect);
      return outcomeOf(desk, effect.id);
    };
    expect(await change({ validTo: '2026-03-31' })).toMatchObject(refusal('account.proxy-expired'));
    expect(await change({ scope: 'nothing' })).toMatchObject(refusal('account.proxy-scope'));
    expect(await change({ sha256: sha256(Buffer.from('jiný')) })).toMatchObject(
      refusal('account.not-allowed-to-act'),
    );
    expect(await change({ validTo: '2026-04-01' })).toMatchObject({
      result: 'done',
      account: { users: [{}, { rights: ['submit'] }] },
    });
    expect(
      await perform(desk, {
        ...actOf('person-02'),
        action: 'end',
        account: { ico: ASSOCIATION },
        reason: 'zánik',
        acting: { as: 'proxy', proxy: { scope: 'users', sha256: sha256(paper) } },
      }),
    ).toMatchObject(refusal('account.proxy-scope'));
  });

  it('keeps an administrator: the last one names a successor, or the account ends', async () => {
    const seconded = {
      as: 'statutory-body',
      others: [
        {
          ...{ name: seeded('person-06').person.name, birthDate: seeded('person-06').person.birthDate },
          how: 'verified-signature' as const,
          verifiedUnder: 'Městský úřad Nýrsko, 44/2026',
        },
      ],
    } as const satisfies Schemas['ActingForOrganisation'];
    const of = {
      ...actOf('person-07'),
      account: { ico: COOPERATIVE },
      acting: { ...seconded, others: [...seconded.others] },
    };
    const last = { userName: 'svatopluk.mezni' };
    const users = (list: Schemas['UserChange'][]) =>
      perform(desk, { ...of, action: 'change-users', users: list });
    expect(await users([{ what: 'remove', user: last }])).toMatchObject(
      refusal('account.last-administrator'),
    );
    // Nor by ending his own account.
    expect(
      await perform(desk, { ...actOf('person-07'), action: 'end', account: last, reason: 'odchod' }),
    ).toMatchObject(refusal('account.last-administrator'));
    expect(await users([{ what: 'remove', user: last }, adds(ACTIVE, 'administer')])).toMatchObject({
      result: 'done',
      account: { users: [{ userName: 'hostivit.vyjimecny', rights: ['administer'] }] },
    });
    expect(await perform(desk, { ...of, action: 'end', reason: 'zánik družstva' })).toMatchObject({
      account: { state: 'ended', users: [] },
    });
    expect((await search(ACTIVE))[0]?.memberOf).toEqual([]);
  });
});

describe('what no honest desk sends', () => {
  it('an act says one day, and whoever stood there was verified before it', async () => {
    const act = openPerson('person-01', 'jan.vzorovy');
    const insufficient = refusal('account.proof-insufficient');
    // A document that has run out is not made valid by another day.
    expect(await perform(desk, { ...act, acceptedOn: '2020-04-01' })).toMatchObject(insufficient);
    expect(
      await perform(desk, { ...act, proof: { ...act.proof, verifiedAt: '2026-04-01T08:05:01.000Z' } }),
    ).toMatchObject(insufficient);
    expect(await perform(desk, act)).toMatchObject({ result: 'done' });
  });

  it('a clerk whose account ended before the day opens nothing and looks nobody up', async () => {
    portal.changeClerk(CLERK.clerkId, { validTo: '2026-03-31' });
    expect(await perform(desk, openPerson('person-01', 'jan.vzorovy'))).toMatchObject(
      refusal('account.clerk-not-permitted'),
    );
    expect(
      (await desk.call('POST', '/accounts/searches', { json: { look: look(), by: ACTIVE } })).body,
    ).toMatchObject({ code: 'look.not-permitted' });
    portal.changeClerk(CLERK.clerkId, { validTo: '2026-04-01' });
    expect(await perform(desk, openPerson('person-01', 'jan.vzorovy'))).toMatchObject({ result: 'done' });
  });

  it('an id that an account has is answered, not tried for ever', async () => {
    const act = openPerson('person-01', 'jan.vzorovy');
    await perform(desk, act);
    const again = { accountId: act.accountId, despite: 'zkouška' };
    expect(await perform(desk, openPerson('person-24', 'nekdo.jiny', again))).toMatchObject(
      refusal('account.exists-already'),
    );
    expect(await perform(desk, openAssociation({ accountId: act.accountId }))).toMatchObject(
      refusal('account.exists-already'),
    );
  });

  it('an e-mail is taken however many accounts with it have ended', async () => {
    const email = 'stale.tyz@jinde.example';
    for (let n = 0; n < 11; n += 1) {
      const opened = await perform(desk, openPerson('person-01', `jan.vzorovy${n}`, { email }));
      expect(opened).toMatchObject({ result: 'done' });
      if (n === 10) break;
      const account = { userName: `jan.vzorovy${n}` };
      await perform(desk, { ...actOf('person-01'), action: 'end', account, reason: 'žádost' });
    }
    expect(await perform(desk, openPerson('person-24', 'nekdo.jiny', { email }))).toMatchObject(
      refusal('account.email-taken'),
    );
    expect(await search({ email })).toContainEqual(expect.objectContaining({ state: 'active' }));
  });

  it('one document is not the document of two members of a body', async () => {
    const { name, birthDate } = seeded('person-09').person;
    const act = actOf('person-10');
    const { kind, number } = act.proof.document;
    const others = [{ name, birthDate, how: 'verified-here', document: { kind, number } }] as const;
    expect(
      await perform(desk, {
        ...openAssociation(
          { ico: JOINTLY, acting: { as: 'statutory-body', others: [...others] } },
          'person-10',
        ),
      }),
    ).toMatchObject(refusal('account.proof-insufficient'));
  });
});

it('has one user name, one e-mail and a proof behind each active account, whatever desks send', async () => {
  const people = ['person-01', 'person-09', 'person-24'] as const;
  const name = fc.constantFrom('prvni', 'druhy', 'treti');
  const step = fc.record({
    does: fc.constantFrom('open', 'activate', 'block', 'unblock', 'renew', 'correct', 'merge', 'end'),
    person: fc.constantFrom(...people),
    name,
    other: name,
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      run += 1;
      const own = (text: string): string => `${text}.${run}`;
      for (const { does, person, ...named } of steps) {
        const of = { ...actOf(person), account: { userName: own(named.name) } };
        const other = own(named.other);
        const act: Schemas['AccountPayload'] =
          does === 'open'
            ? openPerson(person, of.account.userName, { email: `${other}@jinde.example`, despite: 'zkouška' })
            : does === 'activate'
              ? { ...of, action: 'activate', credentials: CODE }
              : does === 'renew'
                ? { ...of, action: 'renew', credentials: CODE }
                : does === 'correct'
                  ? { ...of, action: 'correct', userName: other }
                  : does === 'merge'
                    ? { ...of, action: 'merge', dropped: { userName: other }, reason: 'táž osoba' }
                    : { ...of, action: does, reason: 'žádost' };
        const outcome = await perform(desk, act);
        if (outcome.account?.state === 'active') expect(outcome.account.activatedAt).toBeDefined();
      }
      const found: Schemas['Account'][] = [];
      for (const one of ['prvni', 'druhy', 'treti']) found.push(...(await search({ userName: own(one) })));
      const living = found.filter(({ state }) => state !== 'ended' && state !== 'merged');
      expect(new Set(found.map(({ userName }) => userName)).size).toBe(found.length);
      expect(new Set(living.map(({ email }) => email)).size).toBe(living.length);
    }),
    { numRuns: 15 },
  );
});
