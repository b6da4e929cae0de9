import type { IdentityComparison } from '../../contract/identity.ts';
import type { ContractFailure, Party } from '../../contract/shared.ts';
import { judgeDocumentNumber, normalizeDocumentNumber } from '../../values/document-number.ts';
import { statedClaims } from '../../values/identity-comparison.ts';
import { personName } from '../../values/person-name.ts';
import { ok, type Result } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { raiseFor } from '../exceptions/raise.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, query } from '../handlers.ts';
import type { PageReader } from '../images/scan-page.ts';
import { enqueue } from '../queue/enqueue.ts';
import { hasResult, isOwed } from '../services/steps.ts';
import { restsOnPerson, voidForPerson } from '../services/void-request.ts';
import type { IdentityRecord } from '../visits/record.ts';
import { getOpenVisit, getVisit, openVisitOf, saveVisit, servicesOf } from '../visits/table.ts';
import { beginning, type ChipReadings, noChip } from './chip.ts';
import {
  comparedOf,
  comparedStrength,
  differingFields,
  settle,
  sourcesAfter,
  strengthOf,
} from './comparing.ts';
import { identityCheckPayload } from './effect.ts';
import { evidenceOf } from './evidence.ts';
import { type Forgetting, withoutRead } from './forgetting.ts';
import { readMrz } from './mrz.ts';
import { type RegisterQuestions, withIdentity } from './register.ts';
import { raiseSuspicions } from './repeat-visitors.ts';
import { identityViewOf, isOverridable, judgeIdentity } from './rules.ts';
import type { ZoneReadings } from './zone-readings.ts';

/** Who stands at the desk: document, register of invalid documents, the clerk's decision. */
export function identityHandlers(
  desk: Desk,
  ask: RegisterQuestions['ask'],
  {
    chips,
    zones,
    pages,
    forgetting,
  }: { chips: ChipReadings; zones: ZoneReadings; pages: PageReader; forgetting: Forgetting },
): Handler[] {
  return [
    query('identity.read-mrz', ({ now }, { text }) => readMrz(text, legalDate(now))),

    command('identity.read-chip', ({ tx, session, after }, { visitId, key }) => {
      const visit = getOpenVisit(tx, visitId, session.clerkId);
      if (visit.identity.state === 'verified') return refuse('identity.verified-already');
      after(() => chips.begin(visitId, key));
      return ok(beginning);
    }),

    query('identity.chip', ({ session }, { visitId }) => {
      desk.store.read((tx) => getOpenVisit(tx, visitId, session.clerkId));
      return ok(chips.view(visitId));
    }),

    command('identity.end-chip', ({ tx, session, after }, { visitId }) => {
      getOpenVisit(tx, visitId, session.clerkId);
      after(() => chips.end(visitId));
      return ok(noChip);
    }),

    query('identity.read-image', async ({ now, session }) => {
      // Of whoever lay the document on the glass: the clerk may serve somebody else by the time the scanner is done.
      const visitId = desk.store.read((tx) => openVisitOf(tx, session.clerkId))?.id ?? null;
      const read = await pages.read(session.clerkId, (image) =>
        desk.documents.readZone({ image, today: legalDate(now) }, { giveAway: true }),
      );
      if (!read.ok) return read;
      const { format, lines, turn } = read.value;
      const zone = { format, turn, lines: lines.map(({ characters }) => characters) };
      zones.fromImage(zone, visitId);
      return ok(zone);
    }),

    command('identity.take-document', (commanded, input) => {
      const { tx, session, now, after } = commanded;
      const { visitId, birthDate } = input;
      const visit = getOpenVisit(tx, visitId, session.clerkId);
      if (visit.identity.state === 'verified') return refuse('identity.verified-already');
      const number = normalizeDocumentNumber(input.document.number);
      const { kind, issuer } = input.document;
      if (judgeDocumentNumber(number, { kind, issuer }).verdict === 'impossible')
        return refuse('document-number.characters');
      const evidence = evidenceOf(
        { ...input, document: { ...input.document, number } },
        {
          identity: visit.identity,
          chip: chips.resultOf(visitId),
          zones: zones.of(visitId),
          today: legalDate(now),
        },
      );
      if (!evidence.ok) return evidence;
      const { document, mrzName } = evidence.value;
      const taken = withIdentity(visit, {
        state: 'document-taken',
        document,
        sources: sourcesAfter(visit.identity, evidence.value, now.toISOString()),
        verification: null,
        mrzName,
        birthDate,
        register: { state: 'asking', asOf: null, listedSince: null },
        applicant: null,
      });
      saveVisit(tx, taken);
      record(desk, commanded, {
        kind: 'document-taken',
        visitId,
        payload: {
          documentKind: document.kind,
          issuer: document.issuer,
          numberEnd: number.slice(-4),
          source: document.source,
          ...(document.corrections && { zoneCorrections: document.corrections }),
          overruledChecks: document.overruledChecks,
          chip: document.chip?.strength ?? null,
        },
      });
      after(() => {
        chips.end(visitId);
        ask(visitId);
      });
      return ok(identityViewOf(taken.identity, legalDate(now)));
    }),

    command('identity.ask-register-again', ({ tx, session, now, after }, { visitId }) => {
      const visit = getOpenVisit(tx, visitId, session.clerkId);
      if (!visit.identity.document) return refuse('identity.no-document');
      const asking = withIdentity(visit, { register: { state: 'asking', asOf: null, listedSince: null } });
      saveVisit(tx, asking);
      after(() => ask(visitId));
      return ok(identityViewOf(asking.identity, legalDate(now)));
    }),

    command('identity.confirm', (commanded, input) => {
      const { tx, session, now } = commanded;
      const visit = getOpenVisit(tx, input.visitId, session.clerkId);
      const { document, register } = visit.identity;
      if (!document) return refuse('identity.no-document');
      if (visit.identity.state === 'verified') return refuse('identity.verified-already');
      if (register?.state === 'asking') return refuse('identity.register-asking');
      const name = personName(input.name);
      if (!name.ok) return name;
      const today = legalDate(now);
      const judged: IdentityRecord = { ...visit.identity, birthDate: input.birthDate };
      const obstacles = judgeIdentity(judged, today).filter(({ severity }) => severity === 'obstacle');
      const final = obstacles.find(({ code }) => !isOverridable(code));
      if (final) return refuse('identity.obstacle');
      if (obstacles.length > 0 && input.overrideReason === null) return refuse('identity.reason-needed');
      if (input.actingAs !== 'in-person' && input.concerns === null)
        return refuse('identity.concerns-missing');
      if (input.actingAs === 'statutory-body' && input.concerns?.kind !== 'organisation')
        return refuse('identity.organisation-missing');
      const concerns = input.actingAs === 'in-person' ? ok(null) : partyOf(input.concerns);
      if (!concerns.ok) return concerns;
      const stated = statedClaims(document, { name: name.value, birthDate: input.birthDate });
      const compared = settle(comparedOf(stated, visit.identity), input.settled);
      if (!compared.ok) return refuse(compared.code);
      const verified: IdentityRecord = {
        ...withoutRead(judged),
        state: 'verified',
        verification: {
          stated,
          strength: comparedStrength(document, stated, compared.value),
          compared: compared.value,
          at: now.toISOString(),
          by: { clerkId: session.clerkId, name: session.name },
        },
        applicant: {
          kind: 'person',
          name: name.value,
          birthDate: input.birthDate,
          ...(input.birthNumber !== null && { birthNumber: input.birthNumber }),
          ...(input.citizenship !== null && { citizenship: input.citizenship }),
          ...(input.address !== null && { address: input.address }),
        },
        actingAs: input.actingAs,
        concerns: concerns.value,
      };
      saveVisit(tx, { ...visit, identity: verified });
      forgetting.read(commanded, visit);
      const decision = obstacles.length > 0 ? 'overridden' : 'verified';
      decided(commanded, visit.id, verified, decision, input.overrideReason);
      return ok(identityViewOf(verified, today));
    }),

    command('identity.reopen', (commanded, { visitId }) => {
      const { tx, session, now } = commanded;
      const visit = getOpenVisit(tx, visitId, session.clerkId);
      if (visit.identity.state !== 'verified') return refuse('identity.no-document');
      const services = servicesOf(tx, visitId);
      if (services.some(hasResult)) return refuse('visit.has-results');
      const about = services.filter((service) => service.state === 'in-progress' && restsOnPerson(service));
      // What a register said of one person must never be certified to another.
      if (about.some(({ record: { extract } }) => extract !== null && isOwed(extract)))
        return refuse('identity.services-depend');
      const reopenedIdentity: IdentityRecord = {
        ...visit.identity,
        state: 'document-taken',
        applicant: null,
      };
      saveVisit(tx, { ...visit, identity: reopenedIdentity });
      // A request that was printed with the old name is void, and so is what was said of their signature.
      for (const service of about) voidForPerson(tx, service, now.toISOString());
      record(desk, commanded, { kind: 'identity-reopened', visitId, payload: {} });
      return ok(identityViewOf(reopenedIdentity, legalDate(now)));
    }),

    command('identity.refuse', (commanded, { visitId, reason }) => {
      const { tx, session, now } = commanded;
      const visit = getOpenVisit(tx, visitId, session.clerkId);
      if (!visit.identity.document) return refuse('identity.no-document');
      if (visit.identity.state === 'verified') return refuse('identity.verified-already');
      if (
        servicesOf(tx, visitId).some(
          ({ definition, state }) => state === 'in-progress' && definition.identity === 'verified',
        )
      )
        return refuse('identity.services-depend');
      const refused: IdentityRecord = {
        ...withoutRead(visit.identity),
        state: 'refused',
        verification: null,
      };
      saveVisit(tx, { ...visit, identity: refused });
      forgetting.read(commanded, visit);
      decided(commanded, visitId, refused, 'refused', reason);
      return ok(identityViewOf(refused, legalDate(now)));
    }),
  ];

  function decided(
    commanded: Parameters<typeof record<'identity.confirm' | 'identity.refuse'>>[1],
    visitId: string,
    identity: IdentityRecord,
    decision: 'verified' | 'overridden' | 'refused',
    reason: string | null,
  ): void {
    const leafSequence = record(desk, commanded, {
      kind: decision === 'refused' ? 'identity-refused' : 'identity-verified',
      visitId,
      payload: {
        decision,
        reason,
        documentKind: identity.document?.kind ?? null,
        register: identity.register?.state ?? null,
        strength: strengthOf(identity),
        ...(identity.verification?.compared && {
          comparison: comparisonLogged(identity.verification.compared),
        }),
        actingAs: identity.actingAs,
        applicant: identity.applicant ? { name: { ...identity.applicant.name } } : null,
      },
    });
    if (decision !== 'refused')
      raiseSuspicions(commanded.tx, getVisit(commanded.tx, visitId), {
        now: commanded.now,
        clerkId: commanded.session.clerkId,
        leafSequence,
      });
    const isListed = identity.register?.state === 'listed';
    if (decision !== 'verified')
      raiseFor(desk, commanded, {
        kind: decision === 'refused' ? 'identity-refused' : 'identity-overridden',
        visitId,
        leafSequence,
      });
    if (isListed) raiseFor(desk, commanded, { kind: 'listed-document', visitId, leafSequence });
    enqueue(desk, commanded.tx, {
      id: desk.newId(),
      visitId,
      kind: 'identity-check',
      leafSequence,
      madeAt: commanded.now,
      payload: identityCheckPayload(identity, decision, reason, commanded),
      blobs: [],
    });
  }
}

/** The party with its name checked as the applicant's is: the portal takes no empty parts. */
function partyOf(party: Party | null): Result<Party | null, ContractFailure> {
  if (party?.kind !== 'person') return ok(party);
  const name = personName(party.name);
  return name.ok ? ok({ ...party, name: name.value }) : name;
}

/** What was compared with the document, and what differed and nevertheless holds. */
const comparisonLogged = (compared: readonly IdentityComparison[]) => ({
  source: [...new Set(compared.map((one) => one.with))],
  differences: differingFields(compared).map((field) => ({
    field,
    source: compared.flatMap((one) => (one.field === field && one.agreement === 'differs' ? [one.with] : [])),
    reason: compared.find((one) => one.field === field && one.reason !== null)?.reason ?? null,
  })),
});
