import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { acceptSubmission, settlePrints, verify } from '../rigs/visits.ts';

const purpose = { code: 'service-of-visit', note: '' };

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
beforeEach(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
  clerk = await desk.signedIn('cizek');
});
afterEach(async () => {
  await desk.close();
  await portal.close();
});

/** A visit of a seeded person whose identity was verified. */
async function visitOf(personId: string, represents?: Parameters<typeof verify>[3]): Promise<string> {
  const { id } = await clerk.must('visits.open', {});
  await verify(clerk, id, personId, represents);
  return id;
}
const numbered = (visitId: string): Promise<string> =>
  until('the office gives a number', async () => {
    const [service] = (await clerk.must('visits.get', { visitId })).services;
    return service?.acceptance?.delivery.referenceNumber ?? false;
  });

describe('following submissions', () => {
  it('shows the course to who was verified, hears of the next state by itself, and prints it', async () => {
    const visitId = await visitOf('person-09');
    const service = await acceptSubmission(clerk, visitId);
    const number = await numbered(visitId);
    portal.moveSubmission(number, { state: 'assigned', by: { unit: 'Odbor dopravy', person: 'Jan Cesta' } });
    await until('the desk hears of it', async () => {
      await clerk.must('desk.try-line', {});
      const visit = await clerk.must('visits.get', { visitId });
      return visit.services[0]?.acceptance?.delivery.course?.state === 'assigned';
    });
    const { items } = await clerk.must('queue.list', { show: 'all', after: null, limit: 50 });
    expect(items.find(({ kind }) => kind === 'submission')).toMatchObject({ course: 'assigned' });

    const found = await clerk.must('tracking.find', {
      visitId,
      by: { what: 'number', text: number },
      purpose,
    });
    expect(found).toMatchObject({
      isFresh: true,
      submissions: [
        {
          submissionId: service.acceptance?.submissionId,
          medium: 'electronic',
          office: 'Městský úřad Nýrsko',
          referenceNumber: number,
          states: [
            { state: 'received' },
            { state: 'assigned', by: { unit: 'Odbor dopravy', person: 'Jan Cesta' } },
          ],
        },
      ],
    });
    const all = await clerk.must('tracking.find', { visitId, by: { what: 'themselves' }, purpose });
    expect(all.submissions.map(({ medium }) => medium)).toEqual(['electronic', 'paper']);

    const submissionId = service.acceptance?.submissionId ?? '';
    await clerk.must('tracking.print', { visitId, submissionId });
    expect(await settlePrints(clerk, visitId)).toMatchObject({ papers: [{ kind: 'submission-course' }] });
    const entries = await logOf('affairs-looked-into');
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({
      lookedInto: 'submission',
      lookPurpose: 'service-of-visit',
      subjects: [submissionId],
    });
  });

  it('ends a visit in which nothing but a look was made like any other; a look at the visit itself is none', async () => {
    const visitId = await visitOf('person-09');
    const left = await clerk.call('visits.hand-over', { visitId });
    expect(left).toMatchObject({ error: { code: 'visit.not-finished' } });
    await clerk.must('search.open', { visitId, purpose });
    expect(await clerk.call('visits.hand-over', { visitId })).toEqual(left);
    await clerk.must('tracking.find', { visitId, by: { what: 'themselves' }, purpose });
    expect(clerk.events).toContainEqual({ name: 'visit-changed', data: { visitId } });
    expect(await clerk.must('visits.hand-over', { visitId })).toMatchObject({ state: 'closed' });
  });

  it('by the code on the receipt, as a reader types it', async () => {
    const visitId = await visitOf('person-09');
    await acceptSubmission(clerk, visitId);
    await numbered(visitId);
    const text = desk.store.read((tx) =>
      tx.get<{ code: string }>(
        `SELECT data ->> '$.proof' AS code FROM outputs WHERE visit_id = ? AND kind = 'acceptance-receipt'`,
        [visitId],
      ),
    )?.code;
    expect(text).toMatch(/^VC1:/);
    const by = { what: 'number' as const, text: text ?? '' };
    const found = await clerk.must('tracking.find', { visitId, by, purpose });
    expect(found.submissions).toHaveLength(1);
    expect(await clerk.call('tracking.find', { visitId, by: { ...by, text: 'VC1:#' }, purpose })).toEqual({
      ok: false,
      error: { code: 'tracking.code-unreadable' },
    });
  });

  it('is refused before the identity is verified, to whom it does not concern, and without a purpose', async () => {
    const { id: visitId } = await clerk.must('visits.open', {});
    const by = { what: 'number' as const, text: 'MUKT/C1/2026' };
    expect(await clerk.call('tracking.find', { visitId, by, purpose })).toMatchObject({
      error: { code: 'look.identity-not-verified' },
    });
    await verify(clerk, visitId, 'person-02');
    expect(await clerk.call('tracking.find', { visitId, by, purpose })).toMatchObject({
      error: { code: 'submission.not-participant' },
    });
    const curious = { code: 'other-reason', note: '' };
    expect(await clerk.call('tracking.find', { visitId, by, purpose: curious })).toMatchObject({
      error: { code: 'look.note-missing' },
    });
    const other = await clerk.call('tracking.print', { visitId, submissionId: visitId });
    expect(other).toMatchObject({ error: { code: 'tracking.not-shown' } });
  });

  it('of an organisation to a member of its statutory body', async () => {
    const visitId = await visitOf('person-01', {
      actingAs: 'statutory-body',
      concerns: { kind: 'organisation', title: 'Spolek přátel žížal a krtků, z. s.', ico: '99900211' },
    });
    const found = await clerk.must('tracking.find', { visitId, by: { what: 'represented' }, purpose });
    expect(found.submissions.map(({ referenceNumber }) => referenceNumber)).toEqual(['MUKT/C3/2026']);
  });

  it('without a line tells the same person, and nobody else, what it last heard and when', async () => {
    const first = await visitOf('person-09');
    const heard = await clerk.must('tracking.find', { visitId: first, by: { what: 'themselves' }, purpose });
    await clerk.must('visits.cancel', { visitId: first, reason: 'Jen dotaz' });
    await portal.stop();
    const second = await visitOf('person-09');
    for (const by of [{ what: 'themselves' as const }, { what: 'number' as const, text: 'mukt/c1/2026' }]) {
      const known = await clerk.must('tracking.find', { visitId: second, by, purpose });
      expect(known).toEqual({ submissions: heard.submissions, asOf: heard.asOf, isFresh: false });
    }
    await clerk.must('visits.cancel', { visitId: second, reason: 'Jen dotaz' });
    const other = await visitOf('person-02');
    const refused = await clerk.call('tracking.find', {
      visitId: other,
      by: { what: 'number', text: 'MUKT/C1/2026' },
      purpose,
    });
    expect(refused).toMatchObject({ error: { code: 'tracking.nothing-known' } });
  });
});

describe('the information mailbox', () => {
  const message = (n: number): string => `0199c0de-3b01-7000-8000-${String(n).padStart(12, '0')}`;
  const file = (n: number): string => `0199c0de-3b02-7000-8000-${String(n).padStart(12, '0')}`;

  it('is listed, opened, printed with its files as pages, handed over and answered', async () => {
    const visitId = await visitOf('person-09');
    const { messages } = await clerk.must('mailbox.list', { visitId, purpose });
    expect(messages.map(({ messageId, isRead }) => [messageId, isRead])).toEqual([
      [message(3), false],
      [message(2), false],
      [message(1), false],
    ]);
    const opened = await clerk.must('mailbox.open', { visitId, messageId: message(2), purpose });
    expect(opened).toMatchObject({ isFresh: true, header: { isRead: true, referenceNumber: 'MMP/C2/2026' } });
    await clerk.must('mailbox.print', { visitId, messageId: message(2) });
    for (const attachmentId of [file(1), file(2)]) {
      const of = { visitId, messageId: message(2), attachmentId };
      const { documentId, pages } = await clerk.must('mailbox.open-attachment', of);
      expect(pages).toBe(1);
      const page = await clerk.must('outputs.page', { documentId, page: 0, maxPixels: 400 });
      expect(page.mediaType).toBe('image/png');
      expect((await clerk.must('mailbox.open-attachment', of)).documentId).toBe(documentId);
      await clerk.must('mailbox.print-attachment', { visitId, documentId });
      expect(await clerk.call('mailbox.print-attachment', { visitId, documentId })).toMatchObject({
        error: { code: 'mailbox.printed-already' },
      });
    }
    await clerk.must('mailbox.hand-over', { visitId, messageId: message(2) });
    const reply = await clerk.must('mailbox.reply', { visitId, messageId: message(2) });
    expect(reply).toMatchObject({
      definitionId: 'general-submission',
      addressee: { id: 'plzen' },
      form: { data: { subject: 'Odpověď: Výzva k doplnění – plot', relatedReference: 'MMP/C2/2026' } },
    });
    await until('the portal has noted it', async () => {
      await clerk.must('desk.try-line', {});
      const again = await clerk.must('mailbox.list', { visitId, purpose });
      const { items } = await clerk.must('queue.list', { show: 'accepted', after: null, limit: 50 });
      return (
        again.messages.find(({ messageId }) => messageId === message(2))?.handedOverAt != null &&
        items.some(({ kind }) => kind === 'mailbox')
      );
    });
    await settlePrints(clerk, visitId);
    expect(await logOf('message-handed-over')).toEqual([{ messageId: message(2) }]);
  });

  it('of an organisation is read in a visit of who acts for it, kept from the same person for themselves, also without a line', async () => {
    const board = {
      actingAs: 'statutory-body' as const,
      concerns: { kind: 'organisation' as const, title: 'Bytové družstvo 1. máje', ico: '99900254' },
    };
    const ofBoard = await visitOf('person-06', board);
    const { messages } = await clerk.must('mailbox.list', { visitId: ofBoard, purpose });
    expect(messages.map(({ messageId, isRead }) => [messageId, isRead])).toContainEqual([message(5), false]);
    const opened = await clerk.must('mailbox.open', { visitId: ofBoard, messageId: message(5), purpose });
    expect(opened.header).toMatchObject({ isRead: true, subject: 'Kontejnery u Vašeho domu' });
    await clerk.must('visits.cancel', { visitId: ofBoard, reason: 'Jen dotaz' });
    const own = await visitOf('person-06');
    const forThemselves = () => clerk.call('mailbox.open', { visitId: own, messageId: message(5), purpose });
    expect(await forThemselves()).toMatchObject({ error: { code: 'mailbox.not-theirs' } });
    await portal.stop();
    expect(await forThemselves()).toMatchObject({ error: { code: 'mailbox.nothing-known' } });
  });

  it('never opens a file that would do more than show pages, nor one it does not know', async () => {
    const visitId = await visitOf('person-09');
    await clerk.must('mailbox.open', { visitId, messageId: message(3), purpose });
    const look = (attachmentId: string) =>
      clerk.call('mailbox.open-attachment', { visitId, messageId: message(3), attachmentId });
    expect(await look(file(3))).toMatchObject({ error: { code: 'mailbox.file-dangerous' } });
    expect(await look(file(4))).toMatchObject({ error: { code: 'mailbox.file-unknown' } });
    expect(await look(file(1))).toMatchObject({ error: { code: 'mailbox.not-shown' } });
  });

  it('is of its owner only, and without a line tells what was heard last; what is handed over then goes later', async () => {
    const first = await visitOf('person-09');
    const heard = await clerk.must('mailbox.list', { visitId: first, purpose });
    await clerk.must('mailbox.open', { visitId: first, messageId: message(1), purpose });
    await clerk.must('visits.cancel', { visitId: first, reason: 'Jen dotaz' });
    const other = await visitOf('person-02');
    expect(
      await clerk.call('mailbox.open', { visitId: other, messageId: message(1), purpose }),
    ).toMatchObject({
      error: { code: 'mailbox.not-theirs' },
    });
    expect(await clerk.call('mailbox.hand-over', { visitId: other, messageId: message(1) })).toMatchObject({
      error: { code: 'mailbox.not-shown' },
    });
    await clerk.must('visits.cancel', { visitId: other, reason: 'Jen dotaz' });
    await portal.stop();
    const visitId = await visitOf('person-09');
    const known = await clerk.must('mailbox.list', { visitId, purpose });
    expect(known).toMatchObject({ isFresh: false, asOf: heard.asOf });
    expect(known.messages).toHaveLength(3);
    expect(await clerk.must('mailbox.open', { visitId, messageId: message(1), purpose })).toMatchObject({
      isFresh: false,
    });
    expect(await clerk.call('mailbox.open', { visitId, messageId: message(2), purpose })).toMatchObject({
      error: { code: 'mailbox.nothing-known' },
    });
    await clerk.must('mailbox.hand-over', { visitId, messageId: message(1) });
    await portal.start();
    await until('it was sent', async () => {
      await clerk.must('desk.try-line', {});
      const { items } = await clerk.must('queue.list', { show: 'accepted', after: null, limit: 50 });
      return items.some(({ kind }) => kind === 'mailbox');
    });
  });
});

describe('the page of a person', () => {
  it('is one look with one purpose at all that is known, written down once here and of each part at the portal', async () => {
    const visitId = await visitOf('person-09');
    const page = await clerk.must('person.look', { visitId, purpose });
    expect(page).toMatchObject({
      verified: {
        who: { kind: 'person' },
        actingAs: 'in-person',
        by: { name: { surname: 'Čížek' } },
        means: 'typed-mrz',
        strength: 'read',
        documentKind: 'id-card',
        notChecked: expect.arrayContaining(['chip-not-read', 'population-register']),
      },
      accounts: { own: [{ state: 'active', userName: 'hostivit.vyjimecny' }], alike: 0 },
      organisations: [],
      submissions: { isFresh: true, submissions: [{ referenceNumber: 'MUKT/C1/2026' }] },
      mailbox: { isFresh: true, hasMailbox: true },
      bookings: { isFresh: true },
    });
    expect(page.services).toContainEqual({
      holder: 'person',
      action: 'activate',
      definitionId: 'account-citizen',
    });
    const entries = await logOf('affairs-looked-into');
    expect(entries).toEqual([
      {
        lookedInto: 'person',
        lookPurpose: 'service-of-visit',
        note: '',
        subjects: expect.arrayContaining([
          page.accounts?.own[0]?.accountId,
          page.submissions.submissions[0]?.submissionId,
        ]),
      },
    ]);
    // What was shown may be opened and printed without another look.
    const submissionId = page.submissions.submissions[0]?.submissionId ?? '';
    expect(await clerk.call('tracking.print', { visitId, submissionId })).toMatchObject({ ok: true });
    await settlePrints(clerk, visitId);
  });

  it('shows nothing before the identity is verified, to another clerk, or without a purpose', async () => {
    const { id: visitId } = await clerk.must('visits.open', {});
    expect(await clerk.call('person.look', { visitId, purpose })).toMatchObject({
      error: { code: 'look.identity-not-verified' },
    });
    await verify(clerk, visitId, 'person-09');
    const curious = { code: 'other-reason', note: '' };
    expect(await clerk.call('person.look', { visitId, purpose: curious })).toMatchObject({
      error: { code: 'look.note-missing' },
    });
    const colleague = await desk.signedIn('novakova');
    expect(await colleague.call('person.look', { visitId, purpose })).toMatchObject({ ok: false });
    expect(await logOf('affairs-looked-into')).toEqual([]);
  });

  it('tells for which organisations the person may act, by the account, the register and the visit', async () => {
    const visitId = await visitOf('person-01', {
      actingAs: 'statutory-body',
      concerns: { kind: 'organisation', title: 'Spolek přátel žížal a krtků, z. s.', ico: '99900211' },
    });
    const { organisations, verified } = await clerk.must('person.look', { visitId, purpose });
    expect(organisations).toMatchObject([
      { ico: '99900211', rights: null, isRegisterAsked: true, inVisitAs: 'statutory-body', powers: [] },
    ]);
    expect(organisations[0]?.statutoryBody?.together).toBeGreaterThan(0);
    expect(verified.notChecked).not.toContain('power-not-in-register');
    await clerk.must('visits.cancel', { visitId, reason: 'Jen dotaz' });
    const user = await clerk.must('person.look', { visitId: await visitOf('person-07'), purpose });
    expect(user.organisations).toMatchObject([
      { rights: [{ cs: 'správa uživatelů organizace' }, { cs: 'podání za organizaci' }], inVisitAs: null },
    ]);
  });

  it('shows of bookings the person’s own only, and without a line what was heard, with its age, and what cannot be known', async () => {
    const book = (name: { givenNames: string; surname: string }, birthDate: string, hour: number) =>
      clerk.must('bookings.days', { agendaId: agenda }).then(async ({ days }) => {
        const date = days.find(({ free }) => free > 0)?.date ?? '';
        const slots = await clerk.must('bookings.slots', { agendaId: agenda, date });
        const time = slots.filter(({ free }) => free > 0)[hour]?.time ?? '';
        const of = { stepId: newId(), agendaId: agenda, slot: { date, time }, person: { name, birthDate } };
        return (await clerk.must('bookings.book', of)).booking;
      });
    const agenda = (await clerk.must('bookings.room', {})).agendas[0]?.id ?? '';
    const first = await visitOf('person-09');
    const { applicant } = (await clerk.must('visits.get', { visitId: first })).identity;
    if (!applicant?.birthDate) throw new Error('a verified applicant has a date of birth');
    const { year, month = 1, day = 1 } = applicant.birthDate;
    const birthDate = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    const { surname, givenNames = '' } = applicant.name;
    const own = await book({ givenNames, surname }, birthDate, 0);
    await book({ givenNames, surname }, '1950-01-01', 1);
    await book({ givenNames: 'Jiná', surname }, birthDate, 2);
    const page = await clerk.must('person.look', { visitId: first, purpose });
    expect(page.bookings?.bookings.map(({ number }) => number)).toEqual([own.number]);
    await clerk.must('visits.cancel', { visitId: first, reason: 'Jen dotaz' });
    await portal.stop();
    const second = await visitOf('person-09');
    const known = await clerk.must('person.look', { visitId: second, purpose });
    expect(known).toMatchObject({
      accounts: null,
      submissions: { isFresh: false, asOf: page.submissions.asOf, submissions: page.submissions.submissions },
      mailbox: { isFresh: false },
      bookings: { isFresh: false, bookings: [{ number: own.number }] },
    });
    await clerk.must('visits.cancel', { visitId: second, reason: 'Jen dotaz' });
    const other = await visitOf('person-02');
    expect(await clerk.must('person.look', { visitId: other, purpose })).toMatchObject({
      accounts: null,
      submissions: { isFresh: false, asOf: null, submissions: [] },
      mailbox: { messages: [] },
      bookings: { isFresh: false, bookings: [{ person: { birthDate: '1969-06-22' } }] },
    });
  });
});

/** What the day log's entries of a kind say, the oldest first. */
async function logOf(kind: string): Promise<unknown[]> {
  return desk.store.read((tx) =>
    tx
      .all<{ payload: string }>(
        `SELECT p.payload FROM journal_payloads p JOIN journal_leaves l USING (sequence) WHERE l.kind = ? ORDER BY sequence`,
        [kind],
      )
      .map(({ payload }) => JSON.parse(payload)),
  );
}
