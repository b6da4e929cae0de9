import type { AccountPlan } from '../../contract/accounts.ts';
import type { Tx } from '../../store/open.ts';
import { settleTask } from '../../store/outbox.ts';
import { makesCode } from '../../values/account-code.ts';
import { judgeIco } from '../../values/ico.ts';
import { samePartialDate } from '../../values/partial-date.ts';
import { displayName } from '../../values/person-name.ts';
import { ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import { accountRules, printedAddress } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { raiseFor } from '../exceptions/raise.ts';
import { Refusal, refuse } from '../failure.ts';
import { type Commanded, command, type Handler, preparedCommand, query } from '../handlers.ts';
import { lookOf, recordLook } from '../looks/looks.ts';
import { ownNumber, proofOf } from '../outputs/data.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { findOutput, orderOutput } from '../outputs/table.ts';
import { enqueue } from '../queue/enqueue.ts';
import { contentHash } from '../services/content-hash.ts';
import { mayGoOn, standsAt } from '../services/guards.ts';
import { withDone } from '../services/steps.ts';
import type { AccountRecord, Service, Visit } from '../visits/record.ts';
import { getRunningService, getService, getVisit, isOfAnother, saveService } from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';
import { newOneTimeCode } from './one-time-code.ts';
import { confirmationOf, credentialsData, receiptData } from './papers.ts';
import { accountPayload } from './payload.ts';
import { type Change, judgePlan, mends, needsPower, POWER_SLOT } from './rules.ts';
import { foundAccountOf, outcomeOf } from './view.ts';

const withAccount = (service: Service, account: AccountRecord): Service => ({
  ...service,
  record: { ...service.record, account },
});

const opens = ({ action }: AccountPlan): boolean =>
  action === 'open-person' || action === 'open-organisation';

/** Accounts at the portal: looked up with a purpose, chosen, signed for, accepted, and what the portal answers. */
export function accountHandlers(desk: Desk, prints: PrintRunner): Handler[] {
  const { store, sync } = desk;
  const kick = () => prints.kick();

  /** The running service of accounts and its visit, at the step where accounts are chosen. */
  function choosing(serviceId: string, session: { clerkId: string; competences: readonly string[] }) {
    const found = store.read((tx) => getRunningService(tx, serviceId, session.clerkId));
    standsAt(found.service, 'account');
    mayGoOn(found.visit, found.service, session);
    return found;
  }

  return [
    query('accounts.rules', () =>
      store.read((tx) => {
        const rules = accountRules(tx);
        if (!rules) return refuse('account.no-rules');
        const { oneTimeCode, proxyWarningDays: _notShown, ...rest } = rules;
        return ok({ ...rest, codeValidDays: oneTimeCode.validDays });
      }),
    ),

    preparedCommand(
      'accounts.find',
      async (asked, { serviceId, by, purpose }) => {
        const { visit } = choosing(serviceId, asked.session);
        const { applicant } = visit.identity;
        if (!applicant?.birthDate) return refuse('service.needs-identity');
        const { name, birthDate } = applicant;
        const look = store.read((tx) => lookOf(tx, asked, purpose, visit.id));
        return sync.searchAccounts({
          look,
          by:
            by.what === 'applicant'
              ? { person: { name, birthDate } }
              : by.what === 'user-name'
                ? { userName: by.text }
                : by.what === 'email'
                  ? { email: by.text }
                  : { registrationNumber: by.text },
        });
      },
      (commanded, { serviceId, purpose }, found) => {
        const { visitId } = getService(commanded.tx, serviceId);
        const subjects = found.map(({ accountId }) => accountId);
        recordLook(desk, commanded, { kind: 'account', purpose, subjects, visitId, serviceId });
        return ok({ accounts: found.map(foundAccountOf) });
      },
    ),

    preparedCommand(
      'accounts.find-organisation',
      async (asked, { serviceId, ico, purpose }) => {
        const { visit } = choosing(serviceId, asked.session);
        const judged = judgeIco(ico);
        if (judged.normal === null || judged.verdict !== 'ok')
          return refuse(judged.reasons[0] ?? 'ico.shape');
        const look = store.read((tx) => lookOf(tx, asked, purpose, visit.id));
        return sync.searchOrganisation({ look, ico: judged.normal });
      },
      (commanded, { serviceId, purpose }, { organisation, statutoryBody, account }) => {
        const { tx } = commanded;
        const { visitId } = getService(tx, serviceId);
        const { applicant } = getVisit(tx, visitId).identity;
        const subjects = account ? [account.accountId] : [];
        recordLook(desk, commanded, { kind: 'organisation', purpose, subjects, visitId, serviceId });
        return ok({
          name: organisation.name,
          ico: organisation.ico,
          seat: organisation.seat ? printedAddress(organisation.seat) : null,
          together: statutoryBody.together,
          members: statutoryBody.members.map(({ name, birthDate }) => ({
            name: displayName(name),
            birthDate,
            isApplicant:
              applicant?.birthDate !== undefined &&
              samePartialDate(birthDate, applicant.birthDate) &&
              name.surname === applicant.name.surname,
          })),
          account: account && foundAccountOf(account),
        });
      },
    ),

    command('accounts.complete', (commanded, { serviceId, plan }) => {
      const { tx, session, now } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'account');
      mayGoOn(visit, service, session);
      if (!service.definition.account?.actions.includes(plan.action)) return refuse('service.not-offered');
      const rules = accountRules(tx);
      if (!rules) return refuse('account.no-rules');
      const wrong = judgePlan(plan, { rules, identity: visit.identity, today: legalDate(now) });
      if (wrong) return refuse(wrong);
      const chosen = withDone(
        withAccount(service, {
          plan,
          newAccountId: opens(plan) ? desk.newId() : null,
          effectIds: [],
          code: null,
          documentIds: [],
          confirmationId: null,
        }),
        'account',
      );
      saveService(tx, chosen);
      record(desk, commanded, {
        kind: 'account-chosen',
        visitId: visit.id,
        serviceId,
        payload: { accountAction: plan.action, ...accountIds(chosen.record.account) },
      });
      return ok(serviceViewOf(tx, visit, chosen));
    }),

    preparedCommand(
      'accounts.accept',
      async ({ session, now }, { serviceId }) => {
        const { service, rules } = store.read((tx) => ({
          service: getRunningService(tx, serviceId, session.clerkId).service,
          rules: accountRules(tx),
        }));
        standsAt(service, 'accept');
        if (!rules) return refuse('account.no-rules');
        const { account } = service.record;
        if (!account || !makesCode(account.plan.action)) return ok(null);
        return ok(await newOneTimeCode(desk.random, legalDate(now), rules.oneTimeCode.validDays));
      },
      (commanded, { serviceId }, code) => {
        const { tx, actId, session, now, after } = commanded;
        const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
        standsAt(service, 'accept');
        mayGoOn(visit, service, session);
        const { account } = service.record;
        if (!account) return refuse('service.not-at-this-step');
        if (
          needsPower(account.plan) &&
          !service.record.attachments.some(({ slotId }) => slotId === POWER_SLOT)
        )
          return refuse('account.power-missing');
        const effectId = desk.newId();
        const receiptDocumentId = desk.newId();
        const letterId = code ? desk.newId() : null;
        const offline = sync.line().state !== 'up';
        const sent: AccountRecord = {
          ...account,
          effectIds: [effectId],
          code: code?.recognised ?? null,
          documentIds: letterId ? [letterId] : [],
        };
        const accepted: Service = {
          ...withDone(withAccount(service, sent), 'accept'),
          state: 'done',
        };
        accepted.record = {
          ...accepted.record,
          acceptance: {
            actId,
            submissionId: effectId,
            at: now.toISOString(),
            receiptDocumentId,
            labelDocumentId: null,
            corrections: 0,
          },
        };
        saveService(tx, accepted);
        const request = service.record.requestDocumentId
          ? findOutput(tx, service.record.requestDocumentId)
          : undefined;
        const hash = contentHash({
          service: { id: service.definition.id, version: service.definition.version },
          applicant: JSON.parse(JSON.stringify(visit.identity.applicant)),
          account: JSON.parse(JSON.stringify(account.plan)),
          attachments: service.record.attachments.map(({ slotId, sha256 }) => ({ slotId, sha256 })),
          request: request?.sha256 ?? null,
          acceptedAt: now.toISOString(),
        });
        const leafSequence = record(desk, commanded, {
          kind: 'account-accepted',
          visitId: visit.id,
          serviceId,
          payload: {
            accountAction: account.plan.action,
            effect: effectId,
            contentHash: hash,
            receipt: ownNumber(receiptDocumentId),
            ...accountIds(sent),
          },
        });
        send(commanded, {
          visit,
          service: accepted,
          effectId,
          leafSequence,
          acceptedAt: now,
          replaces: null,
        });
        if (isDecision(account.plan))
          raiseFor(desk, commanded, {
            kind: 'account-decision',
            visitId: visit.id,
            serviceId,
            leafSequence,
            params: { action: account.plan.action },
          });
        const of = { now, session, offline };
        const order = (
          documentId: string,
          kind: 'acceptance-receipt' | 'account-credentials',
          template: string,
          data: Parameters<typeof orderOutput>[1]['data'],
        ): void =>
          orderOutput(
            tx,
            { documentId, visitId: visit.id, serviceId, kind, template, data, madeAt: now.toISOString() },
            desk.newId(),
          );
        order(receiptDocumentId, 'acceptance-receipt', 'account-receipt', {
          ...receiptData(desk, tx, visit, accepted, {
            ...of,
            documentId: receiptDocumentId,
            contentHash: hash,
          }),
          ...proofOf(desk, tx, leafSequence),
        });
        if (code && letterId)
          order(letterId, 'account-credentials', 'account-credentials', {
            ...credentialsData(desk, tx, visit, accepted, {
              ...of,
              documentId: letterId,
              code: code.code,
              expiresOn: code.recognised.expiresOn,
            }),
          });
        after(kick);
        return ok(serviceViewOf(tx, visit, accepted));
      },
    ),

    command('accounts.send-again', (commanded, { serviceId, change }) => {
      const { tx, session, now } = commanded;
      const { visit, service, account, acceptance } = accepted(tx, serviceId, session);
      const outcome = outcomeOf(tx, account);
      if (outcome?.result !== 'refused') return refuse('account.not-refused');
      if (!mends(outcome.code, account.plan, change)) return refuse('account.not-mended-so');
      const plan = changed(account.plan, change);
      const rules = accountRules(tx);
      if (!rules) return refuse('account.no-rules');
      // What was signed on a day is judged by that day.
      const today = legalDate(new Date(acceptance.at));
      const wrong = judgePlan(plan, { rules, identity: visit.identity, today });
      if (wrong) return refuse(wrong);
      const refused = account.effectIds.at(-1) ?? acceptance.submissionId;
      const effectId = desk.newId();
      const again = withAccount(service, { ...account, plan, effectIds: [...account.effectIds, effectId] });
      saveService(tx, again);
      const leafSequence = record(desk, commanded, {
        kind: 'account-sent-again',
        visitId: visit.id,
        serviceId,
        payload: {
          accountAction: plan.action,
          effect: effectId,
          replaces: refused,
          code: outcome.code,
          ...accountIds(again.record.account),
        },
      });
      send(commanded, {
        visit,
        service: again,
        effectId,
        leafSequence,
        acceptedAt: new Date(acceptance.at),
        replaces: refused,
      });
      if (isDecision(plan))
        raiseFor(desk, commanded, {
          kind: 'account-decision',
          visitId: visit.id,
          serviceId,
          leafSequence,
          params: { action: plan.action },
        });
      settleTask(tx, refused, now.toISOString());
      desk.emit('queue-changed', {});
      return ok(serviceViewOf(tx, visit, again));
    }),

    command('accounts.print-confirmation', (commanded, { serviceId }) => {
      const { tx, session, now, after } = commanded;
      const { visit, service, account } = accepted(tx, serviceId, session);
      const outcome = outcomeOf(tx, account);
      if (outcome?.result !== 'done') return refuse('account.not-settled');
      // Once more it is a reprint, with its reason.
      if (account.confirmationId !== null) return refuse('service.printed-already');
      const documentId = desk.newId();
      const { template, data } = confirmationOf(desk, tx, visit, service, {
        documentId,
        account: outcome.account,
        doneAt: outcome.at,
        now,
        session,
      });
      orderOutput(
        tx,
        {
          documentId,
          visitId: visit.id,
          serviceId,
          kind: 'account-confirmation',
          template,
          data: { ...data },
          madeAt: now.toISOString(),
        },
        desk.newId(),
      );
      const confirmed = withAccount(service, { ...account, confirmationId: documentId });
      saveService(tx, confirmed);
      record(desk, commanded, {
        kind: 'account-confirmed',
        visitId: visit.id,
        serviceId,
        payload: { documentId, accountAction: account.plan.action },
      });
      after(kick);
      return ok(serviceViewOf(tx, visit, confirmed));
    }),
  ];

  /** A service of accounts that was accepted; also after its visit, by its clerk or a supervisor. */
  function accepted(tx: Tx, serviceId: string, session: Parameters<typeof isOfAnother>[1]) {
    const service = getService(tx, serviceId);
    const visit = getVisit(tx, service.visitId);
    const { account, acceptance } = service.record;
    if (!acceptance || !account) throw new Refusal('service.not-accepted');
    if (isOfAnother(visit, session)) throw new Refusal('visit.of-another-clerk');
    return { visit, service, account, acceptance };
  }

  function send(
    commanded: Commanded<'accounts.accept' | 'accounts.send-again'>,
    of: {
      visit: Visit;
      service: Service;
      effectId: string;
      leafSequence: number;
      acceptedAt: Date;
      replaces: string | null;
    },
  ): void {
    const { tx, now } = commanded;
    const { visit, service } = of;
    const { account, requestDocumentId, attachments } = service.record;
    if (!account) throw new Error('what is sent of an account was chosen');
    const request = requestDocumentId ? findOutput(tx, requestDocumentId) : undefined;
    const size = request?.sha256
      ? tx.get<{ size: number }>('SELECT size FROM blobs WHERE sha256 = ?', [request.sha256])?.size
      : undefined;
    enqueue(desk, tx, {
      id: of.effectId,
      visitId: visit.id,
      kind: 'account',
      leafSequence: of.leafSequence,
      madeAt: now,
      payload: accountPayload(tx, visit, service, account, {
        ...commanded,
        acceptedAt: of.acceptedAt,
        officeId: desk.enrolled(tx)?.officeId ?? '',
        offline: sync.line().state !== 'up',
        declarationNumber: requestDocumentId ? ownNumber(requestDocumentId) : '–',
        replaces: of.replaces,
      }),
      blobs: [
        ...attachments.map(({ slotId, sha256, size: bytes, mediaType }) => ({
          sha256,
          size: bytes,
          mediaType,
          role: `attachment:${slotId}`,
        })),
        ...(request?.sha256 && size !== undefined
          ? [{ sha256: request.sha256, size, mediaType: 'application/pdf', role: 'signed-request' }]
          : []),
      ],
    });
  }
}

/** Something only a person may decide, and a supervisor sees. */
const isDecision = (plan: AccountPlan): boolean =>
  plan.action === 'merge' ||
  (plan.action === 'open-person' && plan.despite !== null) ||
  // An account may change whose name it bears.
  (plan.action === 'correct' && plan.fromDocument);

/** The accounts an act names, by id as far as they are known. */
function accountIds(account: AccountRecord | null): { accounts: string[] } {
  if (!account) return { accounts: [] };
  const { plan, newAccountId } = account;
  const targets = [
    ...('account' in plan ? [plan.account] : []),
    ...('dropped' in plan ? [plan.dropped] : []),
  ];
  return {
    accounts: [
      ...(newAccountId === null ? [] : [newAccountId]),
      ...targets.flatMap((target) => (target.by === 'found' ? [target.accountId] : [])),
    ],
  };
}

/** The plan with what is said otherwise now; what does not belong to it is passed over. */
function changed(plan: AccountPlan, { userName, email, despite, account }: Change): AccountPlan {
  switch (plan.action) {
    case 'open-person':
      return {
        ...plan,
        userName: userName ?? plan.userName,
        email: email ?? plan.email,
        despite: despite ?? plan.despite,
      };
    case 'correct':
      return {
        ...plan,
        userName: userName ?? plan.userName,
        email: email ?? plan.email,
        account: account ?? plan.account,
      };
    case 'open-organisation':
      return { ...plan, email: email ?? plan.email };
    default:
      return { ...plan, account: account ?? plan.account };
  }
}
