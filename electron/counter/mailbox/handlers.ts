import { createHash } from 'node:crypto';
import type { Session } from '../../contract/clerks.ts';
import type { MessageHeader } from '../../contract/mailbox.ts';
import { MAX_FILE_BYTES } from '../../documents/inspect.ts';
import { recordBlob, type StagedBlob } from '../../store/blobs.ts';
import type { Reader } from '../../store/open.ts';
import { ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import { serviceOn } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { Refusal, refuse } from '../failure.ts';
import { receiptOf } from '../fees/table.ts';
import { command, type Handler, preparedCommand } from '../handlers.ts';
import { heard } from '../looks/last-heard.ts';
import { lookOf, recordLook } from '../looks/looks.ts';
import { participantOf, personKey } from '../looks/participant.ts';
import { ownNumber } from '../outputs/data.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import {
  AS_RECEIVED,
  findOutput,
  findPrint,
  insertPrint,
  insertReceived,
  orderOutput,
  printsOf,
  printViewOf,
} from '../outputs/table.ts';
import { actingClerk, enqueue } from '../queue/enqueue.ts';
import { outputOwner } from '../retention/owners.ts';
import { obstacleTo } from '../services/offer.ts';
import { freshService } from '../visits/record.ts';
import { getOpenVisit, insertService } from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';
import { pagesOfAttachment } from './attachment.ts';
import { headerOf, takeMessages } from './listed.ts';
import { messageData } from './print.ts';
import {
  changeHeader,
  type KnownMessage,
  markShown,
  messageIn,
  messagesOf,
  openedAttachment,
  saveMessage,
} from './table.ts';

/** A file that was looked into before in the visit, or its pages on their way into the store. */
type PreparedFile = { opened: { documentId: string; pages: number } } | { staged: StagedBlob; pages: number };

/** A reply is a submission like any other. */
const REPLY_SERVICE = 'general-submission';

/** The information mailbox of who was verified: read, printed, handed over, answered. */
export function mailboxHandlers(desk: Desk, prints: PrintRunner): Handler[] {
  const { store, sync } = desk;

  const participantIn = (tx: Reader, visitId: string, session: Session) =>
    participantOf(desk, tx, getOpenVisit(tx, visitId, session.clerkId), session);

  const shown = (tx: Reader, visitId: string, messageId: string, session: Session): KnownMessage => {
    getOpenVisit(tx, visitId, session.clerkId);
    const message = messageIn(tx, visitId, messageId);
    if (!message) throw new Refusal('mailbox.not-shown');
    return message;
  };
  const ordered = (tx: Reader, documentId: string, jobId: string) => {
    const [output, print] = [findOutput(tx, documentId), findPrint(tx, jobId)];
    if (!output || !print) throw new Error('an ordered print is there');
    return ok(printViewOf(print, output));
  };

  return [
    preparedCommand(
      'mailbox.list',
      async ({ session, now }, { visitId, purpose }) =>
        heard(
          await sync.mailbox(
            store.read((tx) => ({
              look: lookOf(tx, { session, now }, purpose, visitId),
              participant: participantIn(tx, visitId, session),
            })),
          ),
        ),
      (commanded, { visitId, purpose }, answer) => {
        const { tx, session, now } = commanded;
        const person = personKey(participantIn(tx, visitId, session));
        const listed = takeMessages(tx, answer, { person, visitId, now });
        if (!listed.isFresh && listed.messages.length === 0) return refuse('mailbox.nothing-known');
        recordLook(desk, commanded, {
          kind: 'mailbox',
          purpose,
          subjects: listed.messages.map(({ messageId }) => messageId),
          visitId,
        });
        return ok(listed);
      },
    ),

    preparedCommand(
      'mailbox.open',
      async ({ session, now }, { visitId, messageId, purpose }) =>
        heard(
          await sync.openMessage(
            store.read((tx) => ({
              look: lookOf(tx, { session, now }, purpose, visitId),
              participant: participantIn(tx, visitId, session),
              messageId,
            })),
          ),
        ),
      (commanded, { visitId, messageId, purpose }, answer) => {
        const { tx, session, now } = commanded;
        const person = personKey(participantIn(tx, visitId, session));
        const asOf = now.toISOString();
        if (answer.isFresh) {
          const { header, body, attachments } = answer.value;
          saveMessage(tx, {
            person,
            visitId,
            asOf,
            header: headerOf(tx, header),
            content: {
              body,
              attachments: attachments.map(({ attachmentId, name, sha256, size }) => ({
                attachmentId,
                name,
                sha256,
                size,
              })),
            },
          });
        }
        const known = messagesOf(tx, person).find(({ header }) => header.messageId === messageId);
        if (!known?.content) return refuse('mailbox.nothing-known');
        markShown(tx, person, visitId);
        recordLook(desk, commanded, { kind: 'mailbox', purpose, subjects: [messageId], visitId });
        return ok({ header: known.header, ...known.content, asOf: known.asOf, isFresh: answer.isFresh });
      },
    ),

    preparedCommand(
      'mailbox.open-attachment',
      async ({ session, now }, { visitId, messageId, attachmentId }) => {
        const of = store.read((tx) => {
          const { content } = shown(tx, visitId, messageId, session);
          const attachment = content?.attachments.find((one) => one.attachmentId === attachmentId);
          if (!attachment) throw new Refusal('mailbox.not-shown');
          return { attachment, opened: openedAttachment(tx, visitId, attachmentId) };
        });
        if (of.opened) return ok<PreparedFile>({ opened: of.opened });
        const { size, sha256 } = of.attachment;
        if (size > MAX_FILE_BYTES)
          return refuse('file.too-large', { limitMib: MAX_FILE_BYTES / 1024 / 1024 });
        const fetched = await sync.messageFile(attachmentId, size);
        if (!fetched.ok) return fetched;
        if (createHash('sha256').update(fetched.value).digest('hex') !== sha256)
          return refuse('mailbox.file-differs');
        const pages = await pagesOfAttachment(desk, fetched.value, now);
        if (!pages.ok) return pages;
        const staged = await store.blobs.put(pages.value.pdf);
        return staged.ok ? ok<PreparedFile>({ staged: staged.value, pages: pages.value.pages }) : staged;
      },
      (commanded, { visitId, messageId, attachmentId }, prepared) => {
        const { tx, session, now } = commanded;
        shown(tx, visitId, messageId, session);
        if ('opened' in prepared) return ok(prepared.opened);
        const documentId = desk.newId();
        recordBlob(tx, prepared.staged, { mediaType: 'application/pdf', owner: outputOwner(documentId) });
        insertReceived(tx, {
          documentId,
          visitId,
          serviceId: null,
          kind: 'message-attachment',
          template: AS_RECEIVED,
          data: { messageId, attachmentId },
          madeAt: now.toISOString(),
          sha256: prepared.staged.sha256,
          pages: prepared.pages,
        });
        record(desk, commanded, {
          kind: 'attachment-opened',
          visitId,
          payload: { messageId, attachmentId, documentId },
        });
        return ok({ documentId, pages: prepared.pages });
      },
    ),

    command('mailbox.print', (commanded, { visitId, messageId }) => {
      const { tx, session, now, after } = commanded;
      const { header, content } = shown(tx, visitId, messageId, session);
      if (!content) return refuse('mailbox.not-shown');
      const [documentId, jobId] = [desk.newId(), desk.newId()];
      orderOutput(
        tx,
        {
          documentId,
          visitId,
          serviceId: null,
          kind: 'mailbox-message',
          template: 'mailbox-message',
          data: messageData(desk, tx, { header, content, session, number: ownNumber(documentId), now }),
          madeAt: now.toISOString(),
        },
        jobId,
      );
      record(desk, commanded, { kind: 'message-printed', visitId, payload: { messageId, documentId } });
      after(() => prints.kick());
      return ordered(tx, documentId, jobId);
    }),

    command('mailbox.print-attachment', (commanded, { visitId, documentId }) => {
      const { tx, session, now, after } = commanded;
      getOpenVisit(tx, visitId, session.clerkId);
      const output = findOutput(tx, documentId);
      if (output?.visitId !== visitId || output.kind !== 'message-attachment')
        return refuse('print.not-found');
      // Printed before: a later print is an act with a reason.
      if (printsOf(tx, documentId).length > 0) return refuse('mailbox.printed-already');
      const jobId = desk.newId();
      insertPrint(tx, { jobId, documentId, copyNumber: 1, at: now.toISOString() });
      record(desk, commanded, { kind: 'message-printed', visitId, payload: { ...output.data, documentId } });
      after(() => prints.kick());
      return ordered(tx, documentId, jobId);
    }),

    command('mailbox.hand-over', (commanded, { visitId, messageId }) => {
      const { tx, session, now, after } = commanded;
      const { header } = shown(tx, visitId, messageId, session);
      if (header.handedOverAt !== null) return refuse('mailbox.handed-over-already');
      const at = now.toISOString();
      const changed: MessageHeader = { ...header, isRead: true, handedOverAt: at };
      changeHeader(tx, visitId, changed);
      const leafSequence = record(desk, commanded, {
        kind: 'message-handed-over',
        visitId,
        payload: { messageId },
      });
      enqueue(desk, tx, {
        id: desk.newId(),
        visitId,
        kind: 'mailbox',
        leafSequence,
        madeAt: now,
        payload: {
          messageId,
          participant: participantIn(tx, visitId, session),
          handedOverAt: at,
          handedOverBy: actingClerk(commanded),
          offline: sync.line().state !== 'up',
        },
        blobs: [],
      });
      after(() => sync.kick());
      return ok(changed);
    }),

    command('mailbox.reply', (commanded, { visitId, messageId }) => {
      const { tx, actId, session, now } = commanded;
      const { header } = shown(tx, visitId, messageId, session);
      const visit = getOpenVisit(tx, visitId, session.clerkId);
      const definition = serviceOn(tx, REPLY_SERVICE, legalDate(now));
      if (!definition) return refuse('service.not-offered');
      const obstacle = obstacleTo(definition, visit, session, sync.line().state);
      if (obstacle) return { ok: false, error: obstacle };
      if (receiptOf(tx, visitId)) return refuse('fee.paid-already');
      const service = insertService(tx, {
        id: actId,
        visitId,
        definition,
        state: 'in-progress',
        record: {
          ...freshService,
          addresseeId: header.officeId,
          repliesTo: messageId,
          form: {
            submissionType: 'statement',
            subject: `Odpověď: ${header.subject}`.slice(0, 255),
            ...(header.referenceNumber !== null && { relatedReference: header.referenceNumber }),
          },
        },
      });
      record(desk, commanded, {
        kind: 'service-started',
        visitId,
        serviceId: service.id,
        payload: { service: definition.id, version: definition.version },
      });
      return ok(serviceViewOf(tx, visit, service));
    }),
  ];
}
