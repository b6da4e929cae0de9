import { err, ok } from '../../electron/values/result.ts';
import { isSamePerson } from '../accounts/rules.ts';
import { type Row as Account, bornIn, livingWithIco, personOf } from '../accounts/table.ts';
import type { DeskHandler, Schemas } from '../api.ts';
import { inTransaction } from '../database.ts';
import { asAttachment } from '../depot/deposits.ts';
import { mayLook, recordLooks } from '../looks/looks.ts';
import { isVerified, mayRepresent } from '../looks/participant.ts';
import type { Portal } from '../portal.ts';
import {
  addEvent,
  attachmentsOf,
  findAttachment,
  findMessage,
  headerOf,
  isOpenedAt,
  messagesOf,
} from './table.ts';

/** Files of a message are given to the desk that opened it, as long as somebody may still read there. */
const OPEN_MS = 3_600_000;

/** Active accounts whose mailbox the participant may see: the person's own, and of the organisation they speak for. */
export function mailboxesOf(portal: Portal, participant: Schemas['Participant']): Account[] {
  const { db } = portal;
  const { person } = participant.proof;
  const own = bornIn(db, person.birthDate.year).filter((row) => {
    const { name, birthDate } = personOf(row);
    return birthDate !== undefined && isSamePerson({ name, birthDate }, person);
  });
  const ico = participant.represents?.ico;
  const organisation =
    ico !== undefined && mayRepresent(portal, participant) ? livingWithIco(db, ico) : undefined;
  return [...own, ...(organisation === undefined ? [] : [organisation])].filter(
    ({ state }) => state === 'active',
  );
}

/** POST /mailbox/searches */
export function searchMailbox(portal: Portal): DeskHandler<'searchMailbox'> {
  const { db } = portal;
  return ({ body: { look, participant } }, desk) =>
    inTransaction(db, () => {
      const may = mayLook(portal, desk, look);
      if (!may.ok) return may;
      const verified = isVerified(portal, desk, participant);
      if (!verified.ok) return verified;
      const accounts = mailboxesOf(portal, participant);
      recordLooks(portal, desk, look, { kind: 'mailbox', subjects: accounts.map(({ id }) => id) });
      const messages = accounts.flatMap(({ id }) => messagesOf(db, id)).slice(0, 200);
      return ok({
        status: 200,
        body: { hasMailbox: accounts.length > 0, messages: messages.map((row) => headerOf(db, row)) },
      });
    });
}

/** POST /mailbox/openings. Somebody else's message and one that is not there are refused in the same words. */
export function openMessage(portal: Portal): DeskHandler<'openMessage'> {
  const { db, clock } = portal;
  return ({ body: { look, participant, messageId } }, desk) =>
    inTransaction(db, () => {
      const may = mayLook(portal, desk, look);
      if (!may.ok) return may;
      const verified = isVerified(portal, desk, participant);
      if (!verified.ok) return verified;
      const row = findMessage(db, messageId);
      const isTheirs = mailboxesOf(portal, participant).some(({ id }) => id === row?.account_id);
      recordLooks(portal, desk, look, { kind: 'mailbox', subjects: row && isTheirs ? [row.id] : [] });
      if (row === undefined || !isTheirs) return err({ code: 'mailbox.not-theirs' });
      addEvent(db, row.id, {
        event: 'opened',
        at: clock.now().getTime(),
        deskId: desk.id,
        clerkId: look.by.clerkId,
        effectId: null,
      });
      const attachments = attachmentsOf(db, row.id).map(({ id, name, media_type, sha256, size }) => ({
        attachmentId: id,
        name,
        mediaType: media_type,
        sha256,
        size,
      }));
      return ok({ status: 200, body: { header: headerOf(db, row), body: row.body, attachments } });
    });
}

/** GET /mailbox/attachments/{id}: to a desk at which the message was opened within the hour. */
export function readAttachment({ db, clock }: Portal): DeskHandler<'readAttachment'> {
  return ({ path: { id } }, desk) => {
    const found = findAttachment(db, id);
    if (found === undefined || !isOpenedAt(db, found.message_id, desk.id, clock.now().getTime() - OPEN_MS))
      return err({ code: 'mailbox.not-opened' });
    return ok({ status: 200, body: found.content, headers: asAttachment(found.name) });
  };
}
