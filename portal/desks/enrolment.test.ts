import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestPortal, testPortal } from '../testing/portal.ts';

describe('enrolment of a desk', () => {
  let portal: TestPortal;
  beforeEach(() => {
    portal = testPortal();
  });
  afterEach(() => portal.close());
  const enrol = (enrolmentCode: string) =>
    portal.call('POST', '/desks/enrolments', { json: { enrolmentCode, deskName: 'Přepážka 2' } });

  it('gives a desk of the code’s office, once', async () => {
    const code = portal.issueEnrolmentCode('nyrsko');
    expect(code).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$/);
    expect(await enrol(` ${code.toLowerCase().replaceAll('-', ' – ')}`)).toMatchObject({
      status: 201,
      body: { environment: 'training', office: { id: 'nyrsko', shortName: 'MUNY', fictitious: true } },
    });
    expect(await enrol(code)).toMatchObject({ status: 403, body: { code: 'desk.enrolment-code-used' } });
    expect(portal.issueEnrolmentCode('nyrsko', code)).toBe(code);
    expect(await enrol(code), 'issued again, as at the next start').toMatchObject({ status: 403 });
  });

  it('refuses an unknown and an expired code', async () => {
    expect(await enrol('ABCD-EFGH-2345')).toMatchObject({
      status: 403,
      body: { code: 'desk.enrolment-code-unknown' },
    });
    const code = portal.issueEnrolmentCode('klatovy');
    portal.clock.advance(15 * 24 * 3_600_000);
    expect(await enrol(code)).toMatchObject({ status: 403, body: { code: 'desk.enrolment-code-expired' } });
    expect(() => portal.issueEnrolmentCode('nowhere')).toThrow(/no office/);
  });

  it('takes no code of another desk where it is told whose place is to be taken', async () => {
    const [desk, other] = [await portal.enrol(), await portal.enrol()];
    const code = portal.issueTakeOverCode(other.deskId);
    const as = (enrolmentCode: string, takesOver: string) =>
      portal.call('POST', '/desks/enrolments', {
        json: { enrolmentCode, deskName: 'Přepážka 2', takesOver },
      });
    const unknown = { status: 403, body: { code: 'desk.enrolment-code-unknown' } };
    expect(await as(code, desk.deskId)).toMatchObject(unknown);
    expect(await as(portal.issueEnrolmentCode('klatovy'), desk.deskId)).toMatchObject(unknown);
    expect((await other.call('GET', '/inbox')).status, 'the other desk goes on').toBe(200);
    expect(await as(code, other.deskId)).toMatchObject({ status: 201, body: { deskId: other.deskId } });
  });

  it('ends a desk whose token is withdrawn', async () => {
    const desk = await portal.enrol();
    const other = await portal.enrol();
    expect((await desk.call('GET', '/inbox')).status).toBe(200);
    expect(portal.revokeDesk(desk.deskId)).toBe(true);
    expect(portal.revokeDesk('0199c0de-0000-7000-8000-00000000ffff')).toBe(false);
    expect(await desk.call('GET', '/inbox')).toMatchObject({ status: 401, body: { code: 'desk.revoked' } });
    expect((await other.call('GET', '/inbox')).status).toBe(200);
  });
});
