import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { legalDate } from '../../electron/values/time.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import {
  acceptSubmission,
  certifyCopy,
  copyCount,
  generalForm,
  person,
  settlePrints,
  takeDocument,
  verify,
  wholeLog,
} from '../rigs/visits.ts';

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

const year = legalDate(new Date()).slice(0, 4);

const referenceNumber = (window: TestWindow, visitId: string, serviceId: string) =>
  until('the reference number comes', async () => {
    await window.must('desk.try-line', {});
    const { items } = await window.must('queue.list', { show: 'all', after: null, limit: 50 });
    const found = items.find((item) => item.visitId === visitId && item.referenceNumber !== null);
    return serviceId !== '' && found?.referenceNumber;
  });

describe('an ordinary visit', () => {
  it('goes from the document to the hand-over, and its submission gets a reference number', async () => {
    const visit = await clerk.must('visits.open', {});
    expect(visit.missing).toContain('nothing-done');
    const identity = await verify(clerk, visit.id);
    expect(identity.state).toBe('verified');
    const accepted = await acceptSubmission(clerk, visit.id);
    expect(accepted.state).toBe('done');
    await settlePrints(clerk, visit.id);
    const closed = await clerk.must('visits.hand-over', { visitId: visit.id });
    expect(closed.state).toBe('closed');
    expect(await referenceNumber(clerk, visit.id, accepted.id)).toMatch(/\/\d{4}/);
    const { items } = await clerk.must('queue.list', { show: 'all', after: null, limit: 50 });
    expect(items.map(({ kind }) => kind).sort()).toEqual(['identity-check', 'submission']);
  });

  it('is whole in the day log, every entry intact', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    await acceptSubmission(clerk, visit.id);
    await settlePrints(clerk, visit.id);
    await clerk.must('visits.hand-over', { visitId: visit.id });
    const supervisor = await desk.signedIn('dvorak');
    const today = visit.openedAt.slice(0, 10);
    const filter = wholeLog;
    const { entries } = await supervisor.must('day-log.page', {
      filter,
      before: null,
      after: null,
      limit: 200,
    });
    expect(entries.filter(({ visitId }) => visitId === visit.id).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([
        'visit-opened',
        'document-taken',
        'identity-verified',
        'form-completed',
        'request-signed',
        'submission-accepted',
        'visit-closed',
      ]),
    );
    for (const { sequence } of entries)
      expect((await supervisor.must('day-log.entry', { sequence })).intact, `${today} ${sequence}`).toBe(
        true,
      );
    expect(desk.problems).toEqual([]);
  });
});

describe('a command', () => {
  it('asked for twice under one id is done once and answers the same', async () => {
    const id = newId();
    const [first, second] = await Promise.all([
      clerk.must('visits.open', {}, id),
      clerk.must('visits.open', {}, id),
    ]);
    expect(second).toEqual(first);
    expect(await clerk.must('visits.open', {}, id)).toEqual(first);
  });

  it('whose id was used for something else is refused', async () => {
    const id = newId();
    const visit = await clerk.must('visits.open', {}, id);
    expect(await clerk.call('visits.park', { visitId: visit.id, note: '' }, id)).toEqual({
      ok: false,
      error: { code: 'call.id-reused' },
    });
  });

  it('that is refused leaves nothing behind', async () => {
    const visit = await clerk.must('visits.open', {});
    const before = desk.store.read((tx) => tx.get('SELECT count(*) AS n FROM journal_leaves'));
    expect((await clerk.call('visits.hand-over', { visitId: visit.id })).ok).toBe(false);
    expect(
      (await clerk.call('services.start', { visitId: visit.id, definitionId: 'dog-registration' })).ok,
    ).toBe(false);
    expect(desk.store.read((tx) => tx.get('SELECT count(*) AS n FROM journal_leaves'))).toEqual(before);
  });

  it('for accepting, repeated after the counter was started anew, accepts nothing twice', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    const accepted = await acceptSubmission(clerk, visit.id);
    const row = desk.store.read((tx) =>
      tx.get<{ id: string }>(`SELECT id FROM commands WHERE name = 'services.accept'`),
    );
    await desk.stop();
    desk = await startCounter({ portal, folder: desk.folder });
    clerk = await desk.signedIn('novakova');
    const again = await clerk.must('services.accept', { serviceId: accepted.id }, row?.id ?? '');
    expect(again.acceptance?.submissionId).toBe(accepted.acceptance?.submissionId);
    const { items } = await clerk.must('queue.list', { show: 'all', after: null, limit: 50 });
    expect(items.filter(({ kind }) => kind === 'submission')).toHaveLength(1);
  });
});

describe('the line', () => {
  it('may be down from the acceptance on: delivered once when the portal is back', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    await portal.stop();
    const accepted = await acceptSubmission(clerk, visit.id);
    expect(accepted.acceptance?.delivery.referenceNumber).toBeNull();
    await settlePrints(clerk, visit.id);
    await clerk.must('visits.hand-over', { visitId: visit.id });
    await portal.start();
    await clerk.must('desk.try-line', {});
    expect(await referenceNumber(clerk, visit.id, accepted.id)).toMatch(/\/\d{4}/);
  });

  it('may be down from sign-in to hand-over, for a clerk who signed in here before', async () => {
    await portal.stop();
    try {
      const again = await desk.signedIn('novakova');
      const visit = await again.must('visits.open', {});
      const identity = await verify(again, visit.id);
      expect(identity.register?.state).toBe('cannot-be-asked-now');
      await acceptSubmission(again, visit.id);
      const unknown = desk.window();
      const refused = await unknown.call('clerks.sign-in', {
        username: 'cizek',
        password: 'Cvicna-Prepazka-2',
      });
      expect(refused).toEqual({ ok: false, error: { code: 'clerk.never-online' } });
    } finally {
      await portal.start();
    }
  });
});

describe('identity', () => {
  it('is not verified with a document that is listed as invalid, unless somebody gives a reason', async () => {
    const visit = await clerk.must('visits.open', {});
    const taken = await takeDocument(clerk, visit.id, 'person-03');
    expect(taken.identity.register?.state).toBe('listed');
    const { person: who } = person('person-03');
    const confirm = (overrideReason: string | null) =>
      clerk.call('identity.confirm', {
        visitId: visit.id,
        name: who.name,
        birthDate: who.birthDate,
        birthNumber: null,
        citizenship: null,
        address: who.address ?? null,
        actingAs: 'in-person',
        concerns: null,
        overrideReason,
      });
    expect(await confirm(null)).toMatchObject({ ok: false, error: { code: 'identity.reason-needed' } });
    expect(await confirm('doklad byl téhož dne vrácen nálezcem')).toMatchObject({ ok: true });
  });

  it('is not verified with an expired document, reason or not', async () => {
    const visit = await clerk.must('visits.open', {});
    await takeDocument(clerk, visit.id, 'person-11');
    const { person: who } = person('person-11');
    const confirmed = await clerk.call('identity.confirm', {
      visitId: visit.id,
      name: who.name,
      birthDate: who.birthDate,
      birthNumber: null,
      citizenship: null,
      address: null,
      actingAs: 'in-person',
      concerns: null,
      overrideReason: 'osobně známá',
    });
    expect(confirmed).toEqual({ ok: false, error: { code: 'identity.obstacle' } });
  });

  it('can be corrected until something is accepted; a request printed before is void', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    const { id: serviceId } = await clerk.must('services.start', {
      visitId: visit.id,
      definitionId: 'general-submission',
    });
    await clerk.must('services.complete-form', { serviceId, data: generalForm, addresseeId: 'nyrsko' });
    await clerk.must('services.complete-attachments', { serviceId });
    await clerk.must('services.print-request', { serviceId });
    expect((await clerk.must('identity.reopen', { visitId: visit.id })).state).toBe('document-taken');
    const shown = await clerk.must('visits.get', { visitId: visit.id });
    expect(shown.services[0]?.request).toBeNull();
    expect(await clerk.call('services.print-request', { serviceId })).toMatchObject({
      ok: false,
      error: { code: 'service.needs-identity' },
    });
  });

  it('ends a visit when it is refused; services that need it cannot be started', async () => {
    const visit = await clerk.must('visits.open', {});
    await takeDocument(clerk, visit.id);
    const refused = await clerk.must('identity.refuse', { visitId: visit.id, reason: 'podoba nesouhlasí' });
    expect(refused.state).toBe('refused');
    expect(
      await clerk.call('services.start', { visitId: visit.id, definitionId: 'general-submission' }),
    ).toMatchObject({
      ok: false,
      error: { code: 'service.identity-refused' },
    });
    expect((await clerk.must('visits.hand-over', { visitId: visit.id })).state).toBe('closed');
  });
});

describe('a certified copy', () => {
  it('takes the next number of the book, a fee by begun page, and one receipt', async () => {
    const visit = await clerk.must('visits.open', {});
    const first = await certifyCopy(clerk, visit.id);
    const second = await certifyCopy(clerk, visit.id);
    expect([first.certification?.number, second.certification?.number]).toEqual([`1/${year}`, `2/${year}`]);
    const exempted = await clerk.must('visits.set-exemption', {
      serviceId: second.id,
      exemptionId: second.fee?.exemptions[0]?.id ?? '',
    });
    expect(exempted.payment.due).toBe(copyCount.feePages * 30);
    expect(
      await clerk.call('visits.pay', { visitId: visit.id, method: 'cash', expectedTotal: 1 }),
    ).toMatchObject({
      ok: false,
      error: { code: 'fee.total-changed' },
    });
    const paid = await clerk.must('visits.pay', { visitId: visit.id, method: 'cash', expectedTotal: 90 });
    expect(paid.payment.receipt?.number).toMatch(/^1\/\d{4}$/);
    expect(
      await clerk.call('visits.pay', { visitId: visit.id, method: 'cash', expectedTotal: 90 }),
    ).toMatchObject({
      ok: false,
      error: { code: 'fee.paid-already' },
    });
    await settlePrints(clerk, visit.id);
    expect((await clerk.must('visits.hand-over', { visitId: visit.id })).state).toBe('closed');
  });

  it('is refused when an answer says so, with the paragraph', async () => {
    const visit = await clerk.must('visits.open', {});
    const { id: serviceId } = await clerk.must('services.start', {
      visitId: visit.id,
      definitionId: 'vidimace',
    });
    const definition = await clerk.must('services.definition', { serviceId });
    const refused = await clerk.must('services.answer-exclusions', {
      serviceId,
      answers: Object.fromEntries(
        (definition.exclusions?.questions ?? []).map(({ id, refuseIf }) => [id, refuseIf]),
      ),
    });
    expect(refused.state).toBe('refused');
    expect(refused.refusal?.paragraph).toContain('§ 9');
  });

  it('needs a verifying person', async () => {
    const other = await desk.signedIn('cizek');
    const visit = await other.must('visits.open', {});
    expect(await other.call('services.start', { visitId: visit.id, definitionId: 'vidimace' })).toMatchObject(
      {
        ok: false,
        error: { code: 'service.needs-competence' },
      },
    );
  });

  it('keeps its number when it is cancelled, and the next one is the next', async () => {
    const visit = await clerk.must('visits.open', {});
    const first = await certifyCopy(clerk, visit.id);
    const cancelled = await clerk.must('services.cancel-number', {
      serviceId: first.id,
      reason: 'zkažený list',
    });
    expect(cancelled.certification).toMatchObject({
      number: `1/${year}`,
      fate: 'cancelled',
      cancelReason: 'zkažený list',
    });
    expect(cancelled.fee?.amount).toBe(0);
    expect((await certifyCopy(clerk, visit.id)).certification?.number).toBe(`2/${year}`);
  });
});

describe('visits side by side', () => {
  it('are parked and taken up again, also by a colleague, and never served by two', async () => {
    const visit = await clerk.must('visits.open', {});
    expect(await clerk.call('visits.open', {})).toMatchObject({
      ok: false,
      error: { code: 'visit.one-open-already' },
    });
    await clerk.must('visits.park', { visitId: visit.id, note: 'dojde pro doklad' });
    const second = await clerk.must('visits.open', {});
    const colleague = await desk.signedIn('cizek');
    expect((await colleague.must('visits.in-progress', {})).map(({ id }) => id)).toEqual([visit.id]);
    const taken = await colleague.must('visits.take-up', { visitId: visit.id });
    expect(taken.state).toBe('open');
    expect(await clerk.call('visits.get', { visitId: visit.id })).toMatchObject({
      ok: false,
      error: { code: 'visit.of-another-clerk' },
    });
    expect(second.ticket).toBe(visit.ticket + 1);
  });

  it('are shown to who does not serve them only after a purpose was recorded, and not while a colleague serves them', async () => {
    const visit = await clerk.must('visits.open', {});
    const { id: visitId } = visit;
    const colleague = await desk.signedIn('cizek');
    const shown = async (window = colleague) => {
      const answer = await window.call('visits.get', { visitId });
      return answer.ok ? answer.value.state : answer.error.code;
    };
    const purpose = { code: 'person-asks', note: '' };
    await colleague.must('search.open', { visitId, purpose });
    expect(await shown()).toBe('visit.of-another-clerk');
    await colleague.must('clerks.sign-out', {});
    const again = await desk.signedIn('cizek');
    await clerk.must('visits.park', { visitId, note: '' });
    expect(await shown(clerk), 'who put it aside').toBe('parked');
    expect(await shown(again), 'what was said before signing out').toBe('look.purpose-missing');
    expect(
      await again.call('search.open', { visitId, purpose: { code: 'curiosity', note: '' } }),
    ).toMatchObject({
      error: { code: 'look.purpose-unknown' },
    });
    expect(await shown(again)).toBe('look.purpose-missing');
    await again.must('search.open', { visitId, purpose });
    expect(await shown(again)).toBe('parked');

    await clerk.must('visits.take-up', { visitId });
    await clerk.must('visits.cancel', { visitId, reason: 'odešel' });
    expect(await shown(clerk), 'ended in this session').toBe('cancelled');
    expect(await shown(again)).toBe('cancelled');
    await clerk.must('clerks.sign-out', {});
    const back = await desk.signedIn('novakova');
    expect(await shown(back), 'the next day').toBe('look.purpose-missing');
    await back.must('search.open', { visitId, purpose });
    expect(await shown(back)).toBe('cancelled');
  });
});

describe('a visit whose clerk left', () => {
  it('is parked with the sign-out, and a colleague takes it up', async () => {
    const visit = await clerk.must('visits.open', {});
    await clerk.must('clerks.sign-out', {});
    const colleague = await desk.signedIn('cizek');
    expect((await colleague.must('visits.in-progress', {})).map(({ id, state }) => [id, state])).toEqual([
      [visit.id, 'parked'],
    ]);
    expect((await colleague.must('visits.take-up', { visitId: visit.id })).state).toBe('open');
  });
});

describe('a form', () => {
  it('keeps what is typed and lists what is wrong, with a field over its limit among it', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    const { id: serviceId } = await clerk.must('services.start', {
      visitId: visit.id,
      definitionId: 'general-submission',
    });
    const tooLong = { ...generalForm, subject: 'x'.repeat(300) };
    const saved = await clerk.must('services.save-form', { serviceId, data: tooLong, addresseeId: null });
    expect(saved.problems.map(({ field, code }) => [field, code])).toEqual([
      ['$addressee', 'form.required'],
      ['subject', 'form.too-long'],
    ]);
    const shown = await clerk.must('visits.get', { visitId: visit.id });
    expect(shown.services[0]?.form?.data['subject']).toBe(tooLong.subject);
    const refused = await clerk.must('services.complete-form', {
      serviceId,
      data: tooLong,
      addresseeId: 'nyrsko',
    });
    expect(refused.service.form?.complete).toBe(false);
  });
});
