import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { ScanView } from '../../../electron/contract/attachments.ts';
import type { Session } from '../../../electron/contract/clerks.ts';
import type { Frame } from '../../../electron/contract/desk.ts';
import type { EventData, EventName } from '../../../electron/contract/events.ts';
import type {
  ChipView,
  IdentityView,
  MrzReadingView,
  ZoneOfImage,
} from '../../../electron/contract/identity.ts';
import {
  type CallInput,
  type CallName,
  type CallOutput,
  isCallName,
} from '../../../electron/contract/index.ts';
import type { PrintView } from '../../../electron/contract/outputs.ts';
import {
  type ServiceDefinition,
  type ServiceView,
  serviceDefinition,
  tariff,
} from '../../../electron/contract/services.ts';
import type { VisitView } from '../../../electron/contract/visits.ts';
import type { CounterBridge } from '../../../electron/contract/wire.ts';
import {
  comparedOf,
  comparedStrength,
  settle as settleDifferences,
  sourcesAfter,
} from '../../../electron/counter/identity/comparing.ts';
import { evidenceOf } from '../../../electron/counter/identity/evidence.ts';
import { searchKey } from '../../../electron/values/collation.ts';
import { judgeForm } from '../../../electron/values/forms/judge.ts';
import { statedClaims } from '../../../electron/values/identity-comparison.ts';
import {
  documentKindOfMrz,
  judgeExpiry,
  provesIdentity,
} from '../../../electron/values/identity-document.ts';
import { isAsStrongAs } from '../../../electron/values/identity-strength.ts';
import { type MrzReading, parseMrz } from '../../../electron/values/mrz.ts';
import { ageOn, fromLegalDate } from '../../../electron/values/partial-date.ts';
import { displayName } from '../../../electron/values/person-name.ts';
import { err, type Failure, fail, ok, type Result } from '../../../electron/values/result.ts';
import { formatDate, legalDate } from '../../../electron/values/time.ts';

import dogRegistration from '../../../resources/catalogue/services/dog-registration.json' with {
  type: 'json',
};
import generalSubmission from '../../../resources/catalogue/services/general-submission.json' with {
  type: 'json',
};
import smallBuildingNotice from '../../../resources/catalogue/services/small-building-notice.json' with {
  type: 'json',
};
import vidimace from '../../../resources/catalogue/services/vidimace.json' with { type: 'json' };
import buildingTariff from '../../../resources/catalogue/tariffs/small-building-notice.json' with {
  type: 'json',
};
import vidimaceTariff from '../../../resources/catalogue/tariffs/vidimace.json' with { type: 'json' };

type Answer<N extends CallName> = Result<CallOutput<N>, Failure>;
type Handlers = { [N in CallName]?: (input: CallInput<N>) => Answer<N> };

/**
 * A counter in memory with one visit, for tests and pictures of the window. It follows the contract and the order of the
 * steps; what devices and the register do is scripted through `world`.
 */

export type World = {
  /** What the register of invalid documents answers. */
  register: NonNullable<IdentityView['register']>;
  /** State in which every new print stops, with what the printer says. */
  print: Pick<PrintView, 'state' | 'trouble'>;
  line: Frame['line']['state'];
  /** What the next scan does; pages it brings. */
  /** `parts`: pages (from 0) another part of the batch begins with. */
  scan: { pages: number; parts: readonly number[]; end: ScanView['state']; failure: Failure | null };
  /** Of how many pages the text is still to be read. */
  textsLeft: number;
  delivery: NonNullable<ServiceView['acceptance']>['delivery'];
  readerState: 'ready' | 'absent';
  /** What the scanner sees of a document; null: there is no scanner. */
  image: ZoneOfImage | null;
  environment: Frame['environment'];
  language: Frame['language'];
  /** Services offered beside those that ship. */
  definitions: readonly ServiceDefinition[];
  /** A call that fails instead of doing its work. */
  failing: { name: CallName; failure: Failure } | null;
  /** What it answers to calls it does not carry out by itself. */
  answers: { [N in CallName]?: (input: CallInput<N>) => Answer<N> | Promise<Answer<N>> };
};

/** The separator sheet that is ordered, however often. */
export const SEPARATOR_ID = '01900000-0000-7000-8000-00000000ffff';

const shipped = [generalSubmission, dogRegistration, smallBuildingNotice, vidimace].map(
  (definition): ServiceDefinition => serviceDefinition.parse(definition),
);
const tariffs = [buildingTariff, vidimaceTariff].map((known) => tariff.parse(known));

const offices = [
  { id: 'klatovy', name: 'Městský úřad Klatovy', address: 'nám. Míru 62/I, 339 01 Klatovy' },
  { id: 'nyrsko', name: 'Městský úřad Nýrsko', address: 'Náměstí 122, 340 22 Nýrsko' },
  { id: 'stenovice', name: 'Obecní úřad Štěnovice', address: 'Čižická 133, 332 09 Štěnovice' },
  { id: 'plzen', name: 'Magistrát města Plzně', address: 'náměstí Republiky 1, 301 00 Plzeň' },
];

const okres = { cs: 'okres Klatovy', en: 'district Klatovy' };
const codes = [
  { list: 'municipalities', within: null, code: '555771', name: 'Klatovy', note: okres },
  { list: 'municipalities', within: null, code: '556831', name: 'Nýrsko', note: okres },
  { list: 'streets', within: '555771', code: '900001', name: 'Cvičná', note: null },
  { list: 'streets', within: '555771', code: '900012', name: 'Pražská', note: null },
  { list: 'streets', within: '556831', code: '900026', name: 'Žižkova', note: null },
];

const session: Session = {
  clerkId: 'c-1',
  username: 'novotna',
  name: { titlesBefore: 'Bc.', givenNames: 'Alžběta', surname: 'Novotná' },
  roles: ['clerk'],
  competences: ['verification'],
  mode: 'online',
  signedInAt: '2026-04-01T05:30:00Z',
  rolesAsOf: '2026-04-01T05:30:00Z',
  offlineUntil: '2026-04-04T05:30:00Z',
  locked: false,
};

/** A PNG of one pixel. */
const WHITE_PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEANVNVEwAAAABJRU5ErkJggg==';
const noChip: ChipView = { state: 'none', part: null, fraction: null, failure: null, result: null };
const noIdentity: IdentityView = {
  state: 'none',
  document: null,
  mrzName: null,
  birthDate: null,
  age: null,
  findings: [],
  register: null,
  strength: null,
  notChecked: [],
  applicant: null,
  actingAs: null,
  concerns: null,
  sources: [],
  result: null,
};

export function createScriptedCounter(changes: Partial<World> = {}) {
  const world: World = {
    register: { state: 'not-listed', asOf: '2026-03-31', listedSince: null },
    print: { state: 'completed', trouble: null },
    line: 'up',
    scan: { pages: 1, parts: [], end: 'done', failure: null },
    textsLeft: 0,
    delivery: {
      state: 'on-the-way',
      referenceNumber: null,
      fileNumber: null,
      problem: null,
      asked: null,
      course: null,
    },
    readerState: 'ready',
    image: null,
    environment: 'training',
    language: 'cs',
    definitions: [],
    failing: null,
    answers: {},
    ...changes,
  };
  const definitions = [...shipped, ...world.definitions];
  let made = 0;
  const newId = (): string => {
    made += 1;
    return `01900000-0000-7000-8000-${String(made).padStart(12, '0')}`;
  };
  const now = (): string => new Date().toISOString();
  const today = legalDate(new Date());

  const calls: { name: string; input: unknown }[] = [];
  const listeners = new Set<(name: string, data: unknown) => void>();
  const connections = new Set<(connected: boolean) => void>();
  let connected = true;
  const emit = <N extends EventName>(name: N, data: EventData<N>): void => {
    for (const listener of listeners) listener(name, data);
  };

  const visit: VisitView = {
    id: newId(),
    ticket: 27,
    state: 'open',
    openedAt: now(),
    clerkId: session.clerkId,
    identity: noIdentity,
    services: [],
    payment: { due: 0, receipt: null, prints: [] },
    papers: [],
    missing: [],
  };
  const definitionOf = new Map<string, ServiceDefinition>();
  const done = new Map<string, Set<string>>();
  const exemptions = new Map<string, string>();
  const pages = new Map<string, { serviceId: string; slotId: string }>();

  const print = (kind: PrintView['kind'], documentId = newId(), copyNumber = 1): PrintView => ({
    ...{ jobId: newId(), documentId, kind, copyNumber, pages: 1, at: now() },
    ...world.print,
  });
  const allPrints = (): PrintView[] => [
    ...visit.services.flatMap((service) => [
      ...(service.request?.prints ?? []),
      ...(service.acceptance?.prints ?? []),
      ...(service.certification?.prints ?? []),
    ]),
    ...visit.payment.prints,
  ];
  const documentsOf = (documentId: string): PrintView[][] =>
    visit.services
      .flatMap((service) => [
        service.request?.prints,
        service.acceptance?.prints,
        service.certification?.prints,
      ])
      .concat([visit.payment.prints])
      .filter((prints) => prints !== undefined)
      .filter((prints) => prints.some((one) => one.documentId === documentId));

  function settle(): void {
    for (const service of visit.services) {
      const finished = done.get(service.id) ?? new Set();
      const definition = definitionOf.get(service.id);
      const steps = definition?.steps ?? [];
      const current = service.state === 'in-progress' ? steps.find((step) => !finished.has(step)) : undefined;
      service.steps = steps.map((step) => ({
        step,
        state: finished.has(step) ? 'done' : step === current ? 'current' : 'waiting',
      }));
      const known = tariffs.find(({ id }) => id === definition?.fee.tariff);
      const charged = service.acceptance !== null || service.certification !== null;
      if (known !== undefined && charged) {
        const units = known.unit === 'begun-page' ? (service.count?.feePages ?? 1) : 1;
        const exemptionId = exemptions.get(service.id) ?? null;
        service.fee = {
          tariffId: known.id,
          parts: [{ item: known.item, title: null, payee: null, units, unitAmount: known.amount }],
          amount:
            exemptionId === null && service.certification?.fate !== 'cancelled' ? units * known.amount : 0,
          exemptions: known.exemptions.map(({ id, title, paragraph }) => ({ id, title, paragraph })),
          exemptionId,
        };
      }
    }
    visit.payment.due =
      visit.payment.receipt === null
        ? visit.services.reduce((sum, { fee }) => sum + (fee?.amount ?? 0), 0)
        : 0;
    const settled = new Set(['completed', 'confirmed-by-clerk', 'given-up']);
    visit.missing = [
      ...(visit.services.length === 0 && visit.identity.state !== 'refused' ? ['nothing-done'] : []),
      ...(visit.services.some(({ state }) => state === 'in-progress') ? ['services-unfinished'] : []),
      ...(visit.payment.due > 0 ? ['payment'] : []),
      ...(allPrints().some(({ state }) => !settled.has(state)) ? ['prints-unresolved'] : []),
    ];
  }
  settle();

  const serviceOf = (serviceId: string): ServiceView => {
    const service = visit.services.find(({ id }) => id === serviceId);
    if (service === undefined) throw new Error(`no service ${serviceId}`);
    return service;
  };
  const finish = (service: ServiceView, step: string): Result<ServiceView, Failure> => {
    done.get(service.id)?.add(step);
    settle();
    return ok(service);
  };
  const slotOf = (serviceId: string, slotId: string): ServiceView['slots'][number] => {
    const service = serviceOf(serviceId);
    const known = service.slots.find((slot) => slot.slotId === slotId);
    if (known !== undefined) return known;
    const slot = { slotId, pages: [], file: null, warnings: [] };
    service.slots.push(slot);
    return slot;
  };
  const slotOfPage = (pageId: string): ServiceView['slots'][number] => {
    const place = pages.get(pageId);
    if (place === undefined) throw new Error(`no page ${pageId}`);
    return slotOf(place.serviceId, place.slotId);
  };
  const renumbered = (slot: ServiceView['slots'][number]) => {
    slot.pages.forEach((page, index) => {
      page.index = index;
    });
    return ok(slot);
  };
  const findings = (identity: IdentityView): IdentityView['findings'] => {
    const { document, register, birthDate } = identity;
    if (document === null) return [];
    const found: IdentityView['findings'] = [];
    if (!provesIdentity(document.kind)) found.push({ severity: 'obstacle', code: 'identity.not-a-proof' });
    const expiry = document.expiry === null ? null : fromLegalDate(document.expiry);
    if (judgeExpiry(expiry, today).verdict === 'expired') {
      found.push({
        severity: 'obstacle',
        code: 'identity.expired',
        params: { date: formatDate(document.expiry ?? today) },
      });
    }
    if (register?.state === 'listed') found.push({ severity: 'obstacle', code: 'identity.listed' });
    if (document.overruledChecks.length > 0) {
      found.push({
        severity: 'warning',
        code: 'identity.checks-overruled',
        params: { fields: document.overruledChecks.join(', ') },
      });
    }
    const age = birthDate === null ? null : ageOn(birthDate, today);
    if (age?.kind === 'exact' && age.years < 18)
      found.push({ severity: 'warning', code: 'identity.under-age' });
    return found;
  };
  const takeScan = (scan: ScanView): Result<ScanView, Failure> => {
    const { serviceId, slotId } = scan;
    queueMicrotask(() => {
      if (world.scan.end === 'scanning') {
        emit('scan-changed', { ...scan, state: 'scanning', pagesDone: 1, progress: 0.4 });
        return;
      }
      const slot = slotOf(serviceId, slotId);
      for (let i = 0; i < world.scan.pages; i++) {
        const index = slot.pages.length;
        const page: ServiceView['slots'][number]['pages'][number] = {
          ...{ id: newId(), index, rotation: 0, lies: 0, mode: 'colour', undone: false, brightness: 0 },
          // What the machine makes of pages, as it comes.
          changes: index % 3 === 0 ? ['cropped', 'straightened'] : [],
          blank: index % 5 === 4,
          startsPart: world.scan.parts.includes(index),
        };
        slot.pages.push(page);
        pages.set(page.id, { serviceId, slotId });
      }
      settle();
      emit('scan-changed', {
        ...scan,
        state: world.scan.end,
        pagesDone: world.scan.pages,
        failure: world.scan.failure,
      });
      emit('visit-changed', { visitId: visit.id });
    });
    return ok(scan);
  };

  const frame = (): Frame => ({
    environment: world.environment,
    enrolled: true,
    deskId: 'KT-01',
    deskName: 'Přepážka 1, přízemí',
    office: offices[0] ?? null,
    language: world.language,
    line: { state: world.line, since: now(), nextTryAt: null, reason: null },
    queue: { waiting: world.line === 'down' ? 3 : 0, needsPerson: 0 },
    openExceptions: 0,
    closingsToDecide: 0,
    recovery: null,
    warnings: [],
    freeze: { frozen: null, countdowns: [] },
    unclosedDays: [],
    session,
    idleLockMinutes: 60,
    offlineSignInHours: 72,
    version: '0.1.0',
  });

  let chip = noChip;
  const handlers: Handlers = {
    'desk.frame': () => ok(frame()),
    'clerks.still-here': () => ok({}),
    'visits.get': () => ok(visit),
    'looks.purposes': () =>
      ok([
        {
          code: 'person-asks',
          label: { cs: 'Osoba u přepážky o to žádá', en: 'The person at the desk asks' },
          needsNote: false,
          isDefault: true,
        },
      ]),
    'search.open': () => {
      world.failing = null;
      return ok({});
    },
    'visits.in-progress': () => ok([]),
    'devices.card-readers': () => ok([]),
    'devices.list': () =>
      ok([
        {
          ...{ kind: 'reader', address: '/dev/ttyUSB0', name: 'Čtečka MRZ', vendorId: null, productId: null },
          ...{
            serialNumber: null,
            selected: true,
            trouble: null,
            key: 'reader:port:/dev/ttyUSB0',
            knownBy: 'make',
          },
          ...{ purposes: ['usual'], isNew: false, movedTo: null, known: null, printer: null },
          state: world.readerState,
        },
        ...(world.image === null
          ? []
          : [
              {
                ...{ kind: 'scanner' as const, address: 'glass:0', name: 'Skener', vendorId: null },
                ...{
                  productId: null,
                  serialNumber: null,
                  selected: true,
                  trouble: null,
                  state: 'ready' as const,
                  key: 'scanner:sane:glass:0',
                  knownBy: 'make' as const,
                },
                ...{ purposes: ['usual' as const], isNew: false, movedTo: null, known: null, printer: null },
              },
            ]),
      ]),
    'identity.chip': () => ok(chip),
    'identity.read-chip': () => {
      chip = { ...noChip, state: 'reading', part: 'waiting' };
      return ok(chip);
    },
    'identity.end-chip': () => {
      chip = noChip;
      return ok(chip);
    },
    'identity.read-image': () => (world.image === null ? err({ code: 'scanner.not-set' }) : ok(world.image)),
    'identity.take-document': (input) => {
      const { birthDate } = input;
      // By the counter's own rules; whatever zone the window sends was read here.
      const evidence = evidenceOf(input, {
        identity: { ...visit.identity, refuted: [] },
        chip: chip.result,
        zones: { hasRead: () => true, imageLike: () => world.image },
        today,
      });
      if (!evidence.ok) return evidence;
      const { document, mrzName } = evidence.value;
      visit.identity = {
        ...noIdentity,
        sources: sourcesAfter(visit.identity, evidence.value, '2026-04-01T06:00:00Z'),
        state: 'document-taken',
        document,
        mrzName,
        birthDate,
        register: world.register,
      };
      const age = birthDate === null ? null : ageOn(birthDate, today);
      visit.identity.age = age?.kind === 'exact' ? { from: age.years, to: age.years } : null;
      visit.identity.findings = findings(visit.identity);
      return ok(visit.identity);
    },
    'identity.ask-register-again': () => {
      visit.identity.register = world.register;
      visit.identity.findings = findings(visit.identity);
      return ok(visit.identity);
    },
    'identity.confirm': ({
      name,
      birthDate,
      birthNumber,
      citizenship,
      address,
      actingAs,
      concerns,
      overrideReason,
      settled,
    }) => {
      const { document, sources } = visit.identity;
      if (document === null) return fail('identity.no-document');
      const stated = statedClaims(document, { name, birthDate });
      const compared = settleDifferences(comparedOf(stated, { sources, verification: null }), settled);
      if (!compared.ok) return fail(compared.code);
      const obstacles = visit.identity.findings.filter(({ severity }) => severity === 'obstacle');
      if (obstacles.length > 0 && overrideReason === null) return fail('identity.override-reason-missing');
      Object.assign(visit.identity, {
        state: 'verified',
        birthDate,
        applicant: {
          kind: 'person',
          name,
          birthDate,
          ...(birthNumber === null ? {} : { birthNumber }),
          ...(citizenship === null ? {} : { citizenship }),
          ...(address === null ? {} : { address }),
        },
        actingAs,
        concerns,
        mrzName: null,
        sources: [],
        strength: comparedStrength(document, stated, compared.value),
      });
      const { applicant, strength } = visit.identity;
      if (applicant === null || strength === null) throw new Error('just verified');
      visit.identity.result = {
        who: applicant,
        actingAs,
        concerns,
        documentKind: document.kind,
        means: document.source,
        strength,
        compared: compared.value,
        notChecked: ['chip-not-read', 'population-register'],
        at: '2026-04-01T06:01:00Z',
        by: { clerkId: session.clerkId, name: session.name },
      };
      settle();
      return ok(visit.identity);
    },
    'identity.reopen': () => {
      Object.assign(visit.identity, { state: 'document-taken', applicant: null, result: null });
      settle();
      return ok(visit.identity);
    },
    'identity.refuse': () => {
      visit.identity.state = 'refused';
      settle();
      return ok(visit.identity);
    },
    'services.offered': () =>
      ok(
        definitions
          .toSorted((a, b) => a.order - b.order)
          .map((definition) => ({
            definitionId: definition.id,
            title: definition.title,
            summary: definition.summary,
            legalBasis: definition.legalBasis,
            identity: definition.identity,
            offline: definition.offline,
            obstacle:
              definition.identity === 'verified' && visit.identity.state !== 'verified'
                ? {
                    code:
                      visit.identity.state === 'refused'
                        ? 'service.identity-refused'
                        : 'service.needs-identity',
                  }
                : isAsStrongAs(visit.identity.strength ?? 'seen', definition.identityStrength ?? 'seen')
                  ? null
                  : {
                      code:
                        definition.identityStrength === 'proven'
                          ? 'service.needs-chip'
                          : 'service.needs-zone',
                    },
          })),
      ),
    'services.definition': ({ serviceId }) => {
      const definition = definitionOf.get(serviceId);
      return definition === undefined ? fail('service.not-found') : ok(definition);
    },
    'services.offices': () => ok(offices),
    'services.codes': ({ list, within, search }) =>
      ok(
        codes
          .filter((one) => one.list === list && one.within === within)
          .filter(({ name }) => searchKey(name).startsWith(searchKey(search)))
          .map(({ code, name, note }) => ({ code, name: { cs: name, en: name }, note })),
      ),
    'services.start': ({ definitionId }) => {
      const definition = definitions.find(({ id }) => id === definitionId);
      if (definition === undefined) return fail('service.not-offered');
      const service: ServiceView = {
        id: newId(),
        visitId: visit.id,
        definitionId,
        version: definition.version,
        kind: definition.kind,
        title: definition.title,
        state: 'in-progress',
        steps: [],
        addressee: null,
        form: definition.form === undefined ? null : { data: {}, complete: false },
        slots: (definition.attachments?.slots ?? []).map(({ id }) => ({
          slotId: id,
          pages: [],
          file: null,
          warnings: [],
        })),
        request: null,
        acceptance: null,
        exclusions: null,
        count: null,
        extract: null,
        signing: null,
        conversion: null,
        account: null,
        certification: null,
        fee: null,
        refusal: null,
      };
      definitionOf.set(service.id, definition);
      done.set(service.id, new Set());
      visit.services.push(service);
      settle();
      return ok(service);
    },
    'services.withdraw': ({ serviceId }) => {
      const service = serviceOf(serviceId);
      service.state = 'withdrawn';
      settle();
      return ok(service);
    },
    'services.save-form': (input) => saveForm(input),
    'services.complete-form': (input) => {
      const saved = saveForm(input);
      if (saved.ok && saved.value.problems.length === 0) {
        saved.value.service.form = { data: saved.value.service.form?.data ?? {}, complete: true };
        finish(saved.value.service, 'form');
      }
      return saved;
    },
    'services.complete-attachments': ({ serviceId, seen }) => {
      const service = serviceOf(serviceId);
      return seen !== undefined && !isDeepStrictEqual(seen, service.slots)
        ? fail('attachments.changed-meanwhile')
        : finish(service, 'attachments');
    },
    'services.reopen-step': ({ serviceId, step }) => {
      const service = serviceOf(serviceId);
      const steps = definitionOf.get(serviceId)?.steps ?? [];
      for (const later of steps.slice(steps.indexOf(step))) done.get(serviceId)?.delete(later);
      service.request = null;
      settle();
      return ok(service);
    },
    'services.print-request': ({ serviceId }) => {
      const service = serviceOf(serviceId);
      const request = print('request');
      service.request = { documentId: request.documentId, prints: [request], signedAt: null };
      settle();
      return ok(service);
    },
    'services.confirm-signed': ({ serviceId }) => {
      const service = serviceOf(serviceId);
      if (service.request !== null) service.request.signedAt = now();
      return finish(service, 'print-and-sign');
    },
    'services.accept': ({ serviceId }) => {
      const service = serviceOf(serviceId);
      service.acceptance = {
        ...{ actId: newId(), submissionId: newId(), at: now(), corrections: 0 },
        prints: [print('acceptance-receipt')],
        delivery: world.delivery,
      };
      service.state = 'done';
      return finish(service, 'accept');
    },
    'services.correct': ({ serviceId }) => {
      const service = serviceOf(serviceId);
      if (service.acceptance !== null) {
        service.acceptance.corrections += 1;
        service.acceptance.prints.push(print('correction-receipt'));
      }
      settle();
      return ok(service);
    },
    'services.answer-exclusions': ({ serviceId, answers }) => {
      const service = serviceOf(serviceId);
      const questions = definitionOf.get(serviceId)?.exclusions?.questions ?? [];
      service.exclusions = answers;
      const refusing = questions.find(({ id, refuseIf }) => answers[id] === refuseIf);
      if (refusing === undefined) return finish(service, 'exclusions');
      service.state = 'refused';
      service.refusal = { reason: refusing.text.cs, paragraph: refusing.paragraph };
      settle();
      return ok(service);
    },
    'services.set-count': ({ serviceId, count }) => {
      const service = serviceOf(serviceId);
      service.count = count;
      return finish(service, 'count');
    },
    'services.issue': ({ serviceId }) => {
      const service = serviceOf(serviceId);
      service.certification = {
        ...{ number: '148/2026', at: now(), fate: 'used', cancelReason: null },
        prints: [print('copy-clause'), print('register-book-row')],
        delivery: world.delivery,
      };
      service.state = 'done';
      return finish(service, 'issue');
    },
    'services.cancel-number': ({ serviceId, reason }) => {
      const service = serviceOf(serviceId);
      if (service.certification !== null)
        Object.assign(service.certification, { fate: 'cancelled', cancelReason: reason });
      settle();
      return ok(service);
    },
    'attachments.scan': ({ serviceId, slotId }) =>
      takeScan({
        scanId: newId(),
        serviceId,
        slotId,
        state: 'starting',
        pagesDone: 0,
        separators: 0,
        progress: null,
        failure: null,
      }),
    'attachments.cancel-scan': () => ok({}),
    'attachments.add-file': ({ serviceId, slotId, name, bytes }) => {
      const slot = slotOf(serviceId, slotId);
      slot.file = { name, pages: 3, size: bytes.byteLength, claimsPdfA: '2b' };
      return ok(slot);
    },
    'attachments.remove-file': ({ serviceId, slotId }) => {
      const slot = slotOf(serviceId, slotId);
      slot.file = null;
      return ok(slot);
    },
    'attachments.rotate-page': ({ pageId, by }) => {
      const slot = slotOfPage(pageId);
      const page = slot.pages.find(({ id }) => id === pageId);
      const turned = ((page?.rotation ?? 0) + by) % 360;
      if (page !== undefined) page.rotation = turned === 90 || turned === 180 || turned === 270 ? turned : 0;
      return ok(slot);
    },
    'attachments.delete-page': ({ pageId }) => {
      const slot = slotOfPage(pageId);
      slot.pages = slot.pages.filter(({ id }) => id !== pageId);
      return renumbered(slot);
    },
    'attachments.move-page': ({ pageId, to }) => {
      const slot = slotOfPage(pageId);
      const page = slot.pages.find(({ id }) => id === pageId);
      slot.pages = slot.pages.filter(({ id }) => id !== pageId);
      if (page !== undefined) slot.pages.splice(to, 0, page);
      return renumbered(slot);
    },
    'attachments.texts': () => ok({ left: world.textsLeft }),
    'attachments.treat-page': ({ pageId, ...changed }) => {
      const slot = slotOfPage(pageId);
      const page = slot.pages.find(({ id }) => id === pageId);
      if (page !== undefined) Object.assign(page, changed);
      return ok(slot);
    },
    'attachments.move-pages': ({ pageIds, slotId }) => {
      const from = slotOfPage(pageIds[0] ?? '');
      const { serviceId = '' } = pages.get(pageIds[0] ?? '') ?? {};
      const to = slotOf(serviceId, slotId);
      const moved = from.pages.filter(({ id }) => pageIds.includes(id));
      from.pages = from.pages.filter(({ id }) => !pageIds.includes(id));
      to.pages.push(...moved.map((page, at) => (at === 0 ? { ...page, startsPart: false } : page)));
      for (const { id } of moved) pages.set(id, { serviceId, slotId });
      renumbered(from);
      renumbered(to);
      return ok([from, to]);
    },
    'devices.print-separator': () => ok({ documentId: SEPARATOR_ID }),
    'devices.cancel-reading': () => ok({}),
    'conversions.scan-page': () =>
      ok({
        bytes: Uint8Array.from(atob(WHITE_PIXEL), (one) => one.charCodeAt(0)),
        mediaType: 'image/png',
        width: 1,
        height: 1,
        pages: 1,
      }),
    'attachments.thumbnail': ({ pageId }) => {
      const page = slotOfPage(pageId).pages.find(({ id }) => id === pageId);
      return ok({ bytes: picture(pageId, page?.rotation ?? 0), mediaType: 'image/svg+xml' });
    },
    'outputs.reprint': ({ documentId }) => {
      const [prints] = documentsOf(documentId);
      const last = prints?.findLast((one) => one.documentId === documentId);
      if (prints === undefined || last === undefined) return fail('print.not-found');
      const again = print(last.kind, documentId, last.copyNumber + 1);
      prints.push(again);
      settle();
      return ok(again);
    },
    'outputs.resolve-print': ({ jobId, printed }) => {
      const found = allPrints().find((one) => one.jobId === jobId);
      if (found === undefined) return fail('print.not-found');
      Object.assign(found, { state: printed ? 'confirmed-by-clerk' : 'given-up', trouble: null });
      settle();
      return ok(found);
    },
    'visits.set-exemption': ({ serviceId, exemptionId }) => {
      if (exemptionId === null) exemptions.delete(serviceId);
      else exemptions.set(serviceId, exemptionId);
      settle();
      return ok(visit);
    },
    'visits.pay': ({ method }) => {
      visit.payment.receipt = {
        number: 'KT-01/2026/000148',
        total: visit.payment.due,
        method,
        at: now(),
        refunds: [],
      };
      visit.payment.prints = [print('fee-receipt')];
      settle();
      return ok(visit);
    },
    'visits.hand-over': () => {
      if (visit.missing.length > 0) return fail('visit.not-finished');
      visit.state = 'closed';
      return ok(visit);
    },
    'visits.park': ({ note }) => {
      visit.state = 'parked';
      return ok(summary(note));
    },
    'visits.cancel': () => {
      visit.state = 'cancelled';
      return ok(summary(null));
    },
  };
  const summary = (note: string | null): CallOutput<'visits.park'> => ({
    id: visit.id,
    ticket: visit.ticket,
    state: visit.state,
    openedAt: visit.openedAt,
    clerkId: visit.clerkId,
    clerkName: displayName(session.name),
    applicant: visit.identity.applicant === null ? null : displayName(visit.identity.applicant.name),
    note,
    services: visit.services.map(({ title }) => title.cs),
  });
  function saveForm({
    serviceId,
    data,
    addresseeId,
  }: CallInput<'services.save-form'>): Result<CallOutput<'services.save-form'>, Failure> {
    const service = serviceOf(serviceId);
    const definition = definitionOf.get(serviceId);
    service.form = { data: z.record(z.string(), z.json()).parse(data), complete: false };
    service.addressee = offices.find(({ id }) => id === addresseeId) ?? null;
    const problems = definition?.form === undefined ? [] : judgeForm(definition.form, data).problems;
    return ok({
      service,
      problems:
        service.addressee === null && definition?.addressee.rule === 'choose'
          ? [{ field: '$addressee', code: 'form.required' }, ...problems]
          : problems,
    });
  }

  // Which input a handler takes, only its name tells; the window's client has checked it against the contract.
  const run = async (name: CallName, input: unknown): Promise<Result<unknown, Failure>> => {
    const handler: unknown = world.answers[name] ?? handlers[name];
    if (typeof handler !== 'function') return err({ code: 'call.unknown' });
    return structuredClone(await Reflect.apply(handler, undefined, [input]));
  };

  const bridge: CounterBridge = {
    async call(name, _commandId, input) {
      if (!connected) throw new Error('counter-gone');
      calls.push({ name, input });
      if (world.failing?.name === name) return { ok: false, error: world.failing.failure };
      return isCallName(name) ? await run(name, input) : fail('call.unknown');
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onConnection(listener) {
      connections.add(listener);
      listener(connected);
      return () => connections.delete(listener);
    },
  };

  return {
    bridge,
    world,
    visit,
    /** Everything the window asked for, in order. */
    calls,
    emit,
    /** What everybody at the desk sees now. */
    frame,
    connect(next: boolean): void {
      connected = next;
      for (const listener of connections) listener(next);
    },
    changed(): void {
      settle();
      emit('visit-changed', { visitId: visit.id });
    },
    allPrints,
    /** The chip on the card reader is read so far. */
    chip(view: Partial<ChipView>): void {
      chip = { ...noChip, ...view };
      emit('chip-changed', { visitId: visit.id });
    },
    /** The reader reads a zone. */
    read(lines: readonly string[]): void {
      const parsed = parseMrz(lines.join('\n'), { today });
      if (!parsed.ok) {
        emit('reader-read', { ok: false, error: parsed.error });
        return;
      }
      emit('reader-read', { ok: true, value: viewOf(parsed.value) });
    },
  };
}
const viewOf = ({ name, checks, lines, optionalData: _own, ...reading }: MrzReading): MrzReadingView => ({
  ...reading,
  lines: [...lines],
  checks: checks.map((check) => ({ ...check })),
  name: { surname: name.surname, givenNames: name.givenNames, truncated: name.truncated },
  suggestedKind: documentKindOfMrz(reading.documentCode, reading.issuer),
});

/** What the window is shown of a zone. */
export function readingOf(lines: readonly string[]): MrzReadingView {
  const parsed = parseMrz(lines.join('\n'), { today: legalDate(new Date()) });
  if (!parsed.ok) throw new Error(parsed.error.code);
  return viewOf(parsed.value);
}
export type ScriptedCounter = ReturnType<typeof createScriptedCounter>;

/** A page with lines of writing, turned. */
function picture(seed: string, rotation: number): Uint8Array<ArrayBuffer> {
  const shift = Number(seed.slice(-2)) % 5;
  const lines = Array.from(
    { length: 14 },
    (_, i) =>
      `<rect x="20" y="${60 + i * 15}" width="${120 + ((i * 37 + shift * 23) % 50)}" height="5" fill="#bbb"/>`,
  );
  const turned =
    rotation % 180 === 0
      ? 'viewBox="0 0 210 297" width="210" height="297"'
      : 'viewBox="0 0 297 210" width="297" height="210"';
  const move = {
    0: '',
    90: 'translate(297 0) rotate(90)',
    180: 'translate(210 297) rotate(180)',
    270: 'translate(0 210) rotate(270)',
  };
  const transform = rotation === 90 || rotation === 180 || rotation === 270 ? move[rotation] : '';
  return new TextEncoder().encode(
    `<svg xmlns="http://www.w3.org/2000/svg" ${turned}><rect width="297" height="297" fill="#fff"/><g transform="${transform}"><rect x="20" y="24" width="110" height="14" fill="#456"/>${lines.join('')}</g></svg>`,
  );
}
