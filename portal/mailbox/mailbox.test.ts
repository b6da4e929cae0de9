import { afterEach, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import { CLERK, look } from '../testing/accounts.ts';
import { participant } from '../testing/participant.ts';
import {
  bodyOf,
  inbox,
  newId,
  send,
  submission,
  type TestDesk,
  type TestPortal,
  testPortal,
} from '../testing/portal.ts';

let portal: TestPortal;
afterEach(() => portal.close());
const enrolled = (): Promise<TestDesk> => {
  portal = testPortal({ referenceDelayMs: 0 });
  return portal.enrol();
};
const message = (n: number): string => `0199c0de-3b01-7000-8000-${String(n).padStart(12, '0')}`;
const file = (n: number): string => `0199c0de-3b02-7000-8000-${String(n).padStart(12, '0')}`;

const list = async (desk: TestDesk, personId = 'person-09'): Promise<Schemas['MailboxFound']> =>
  bodyOf(
    await desk.call('POST', '/mailbox/searches', {
      json: { look: look(), participant: participant(personId) },
    }),
  );
const open = (desk: TestDesk, messageId: string, personId = 'person-09') =>
  desk.call('POST', '/mailbox/openings', {
    json: { look: look(), participant: participant(personId), messageId },
  });
const handOver = (messageId: string, personId = 'person-09'): Schemas['MailboxEffect'] => ({
  id: newId(),
  visitId: newId(),
  ordinal: 1,
  kind: 'mailbox',
  leafSequence: 1,
  madeAt: '2026-04-01T08:00:00.000Z',
  payload: {
    messageId,
    participant: participant(personId),
    handedOverAt: '2026-04-01T08:00:00.000Z',
    handedOverBy: CLERK,
    offline: false,
  },
  blobs: [],
});

it('lists the messages of the verified person’s active account, the newest first, and says when there is none', async () => {
  const desk = await enrolled();
  const { hasMailbox, messages } = await list(desk);
  expect(hasMailbox).toBe(true);
  expect(messages.map(({ messageId, attachments, isRead }) => [messageId, attachments, isRead])).toEqual([
    [message(3), 2, false],
    [message(2), 2, false],
    [message(1), 0, false],
  ]);
  expect(await list(desk, 'person-01')).toEqual({ hasMailbox: false, messages: [] });
});

it('opens a message for its owner only, who has read it then; its files go to the desk that opened it, for an hour', async () => {
  const desk = await enrolled();
  expect((await desk.call('GET', `/mailbox/attachments/${file(1)}`)).body).toMatchObject({
    code: 'mailbox.not-opened',
  });
  const notTheirs = await open(desk, message(2), 'person-10');
  expect(notTheirs).toMatchObject({ status: 403, body: { code: 'mailbox.not-theirs' } });
  expect((await open(desk, newId())).body).toEqual(notTheirs.body);
  const opened = bodyOf<Schemas['OpenedMessage']>(await open(desk, message(2)));
  expect(opened.attachments.map(({ name }) => name)).toEqual(['vyzva.pdf', 'zakres.png']);
  expect((await list(desk)).messages.find(({ messageId }) => messageId === message(2))?.isRead).toBe(true);
  expect((await desk.call('GET', `/mailbox/attachments/${file(1)}`)).status).toBe(200);
  const other = await portal.enrol('nyrsko');
  expect((await other.call('GET', `/mailbox/attachments/${file(1)}`)).status).toBe(403);
  portal.clock.advance(3_600_001);
  expect((await desk.call('GET', `/mailbox/attachments/${file(1)}`)).status).toBe(403);
});

it('gives an organisation’s messages to who may act for it, while they do, and to nobody else', async () => {
  const desk = await enrolled();
  const represents = { as: 'statutory-body', ico: '99900254' } as const;
  const ask = async (personId: string, as?: Schemas['Participant']['represents']) => {
    const of = { look: look(), participant: participant(personId, as) };
    const found = bodyOf<Schemas['MailboxFound']>(await desk.call('POST', '/mailbox/searches', { json: of }));
    const opened = await desk.call('POST', '/mailbox/openings', { json: { ...of, messageId: message(5) } });
    const { isRead } = found.messages.find(({ messageId }) => messageId === message(5)) ?? {};
    return { isRead, opened: opened.status };
  };
  expect(await ask('person-06'), 'for themselves').toEqual({ isRead: undefined, opened: 403 });
  expect(await ask('person-09', represents), 'no member of the body').toEqual({
    isRead: undefined,
    opened: 403,
  });
  expect(await ask('person-06', represents), 'unread at first').toEqual({ isRead: false, opened: 200 });
  expect(await ask('person-07', represents), 'read then, whoever of the body asks').toEqual({
    isRead: true,
    opened: 200,
  });
});

it('notes what was handed over and answered; what went to another person is taken in and said', async () => {
  const desk = await enrolled();
  await send(desk, handOver(message(1)), handOver(message(4)));
  const conflicts = (await inbox(desk)).flatMap((one) => one.conflicts ?? []);
  expect(conflicts).toEqual([{ code: 'effect.message-not-theirs' }]);
  const replyTo = async (n: number): Promise<void> => {
    const reply = submission(newId(), 1, [], 'plzen');
    await send(desk, { ...reply, payload: { ...reply.payload, repliesTo: message(n) } });
  };
  await replyTo(2);
  expect((await list(desk)).messages[1]?.repliedAt, 'never opened at this desk').toBeUndefined();
  await open(desk, message(2));
  await replyTo(2);
  const { messages } = await list(desk);
  const [third, second, first] = messages;
  expect(first).toMatchObject({ handedOverAt: '2026-04-01T08:00:00.000Z', isRead: true });
  expect(second?.repliedAt).toBe('2026-04-01T08:00:00.000Z');
  expect(third).toMatchObject({ isRead: false });
  const [others] = (await list(desk, 'person-10')).messages;
  expect(others?.handedOverAt).toBeUndefined();
});
