import { z } from 'zod';
import { accountAction } from '../../contract/accounts.ts';
import { roles } from '../../contract/call.ts';
import { type Guide, guide } from '../../contract/guides.ts';
import { lookKinds } from '../../contract/looks.ts';
import { retentionTimes } from '../../contract/retention.ts';
import { type ServiceDefinition, serviceDefinition, type Tariff, tariff } from '../../contract/services.ts';
import { address, type Office, personName, text } from '../../contract/shared.ts';
import { parseJson } from '../../store/json.ts';
import * as master from '../../store/master.ts';
import type { Reader } from '../../store/open.ts';
import { patternFault } from '../../values/forms/patterns.ts';
import { unsoundIn } from '../../values/forms/soundness.ts';
import { formatPostalCode } from '../../values/postal-code.ts';
import type { LegalDate } from '../../values/time.ts';
import { defaultLimits } from '../freeze/rules.ts';
import { defaultTimes } from '../retention/rules.ts';

/** Master data as the desk understands it. Fields it does not know are kept in the store and ignored here. */

const officeItem = z.object({
  id: z.string(),
  name: text,
  shortName: z.string(),
  ico: z.string(),
  dataBoxId: z.string().exactOptional(),
  address: z.object(address.shape),
  locative: z.string().exactOptional(),
  receivesSubmissions: z.boolean().exactOptional(),
  recoveryKey: z.string().exactOptional(),
});
export type OfficeItem = z.output<typeof officeItem>;

const clerkItem = z.object({
  id: z.string(),
  username: z.string(),
  name: personName,
  // A role or competence of a newer portal gives nothing here, and must not hide what else is said of the clerk.
  roles: z.array(z.string()).transform((all) => roles.filter((role) => all.includes(role))),
  competences: z
    .array(z.string())
    .transform((all) => (['verification'] as const).filter((one) => all.includes(one))),
  blocked: z.boolean(),
});
export type ClerkItem = z.output<typeof clerkItem>;

const limit = z.int().min(1);
const defaultCashDesk = { receiptsCancelledBy: 'clerk' as const, fourEyes: true };
const settingsItem = z.object({
  offlineSignInHours: z.int(),
  idleLockMinutes: z.int(),
  wrongPasswords: z.object({ slowAfter: z.int(), lockAfter: z.int(), lockMinutes: z.int() }),
  freeze: z
    .object({
      masterDataDays: limit,
      unsentActs: limit,
      unclosedDays: limit,
      clockMinutes: limit,
    })
    // A portal that sets none, or sets what this program does not understand, leaves the desk with its own.
    .catch(defaultLimits),
  cashDesk: z
    .object({
      /** Whether clerks may cancel receipts of their own, or supervisors alone. */
      receiptsCancelledBy: z.enum(['clerk', 'supervisor']),
      /** Whoever served people in a period does not close it alone. */
      fourEyes: z.boolean(),
    })
    .catch(defaultCashDesk),
  retention: retentionTimes.catch(defaultTimes),
});
export type CentralSettings = z.output<typeof settingsItem>;

/** What holds until the portal has said otherwise. */
const settingsBeforeSync: CentralSettings = {
  offlineSignInHours: 72,
  idleLockMinutes: 10,
  wrongPasswords: { slowAfter: 3, lockAfter: 8, lockMinutes: 15 },
  freeze: defaultLimits,
  cashDesk: defaultCashDesk,
  retention: defaultTimes,
};

/** How many readings of one collection are kept at most; a desk's catalogue has some hundreds. */
const KEPT_READINGS = 10_000;

/** A collection of master data and what its texts say. A text is read once: each call of the window asks for several. */
function collection<S extends z.ZodType>(name: string, schema: S) {
  const readings = new Map<string, z.output<S> | undefined>();
  const read = (data: string): z.output<S> | undefined => {
    if (readings.has(data)) return readings.get(data);
    // An item of a newer shape than this program knows is passed over, not guessed at.
    const item = schema.safeParse(parseJson(data)).data;
    if (readings.size >= KEPT_READINGS) readings.clear();
    readings.set(data, item);
    return item;
  };
  return {
    list: (tx: Reader): z.output<S>[] =>
      master
        .texts(tx, name)
        .map(read)
        .filter((item) => item !== undefined),
    under: (tx: Reader, prefix: string): z.output<S>[] =>
      master
        .textsUnder(tx, name, prefix)
        .map(read)
        .filter((item) => item !== undefined),
    find(tx: Reader, id: string): z.output<S> | undefined {
      const data = master.textOf(tx, name, id);
      return data === undefined ? undefined : read(data);
    },
    isEmpty: (tx: Reader): boolean => master.isEmpty(tx, name),
    /** Whether the portal lists it, in whatever shape. */
    has: (tx: Reader, id: string): boolean => master.textOf(tx, name, id) !== undefined,
  };
}

/** Where timestamps are had, which certificates are trusted, where the public pages are. */
const trustItem = z.object({
  timestampAuthorities: z.array(z.object({ url: z.url(), policy: z.string() })),
  trustList: z.object({ sha256: z.string(), xml: z.string() }),
  publicPages: z.object({ clauses: z.url(), depot: z.url() }),
});

/** Why a clerk may look into a person's affairs; kinds of looks of a newer portal are passed over. */
const purposesItem = z.object({
  purposes: z.array(
    z.object({
      code: z.string(),
      label: text,
      needsNote: z.boolean(),
      defaultFor: z.array(z.string()).transform((kinds) => lookKinds.filter((kind) => kinds.includes(kind))),
    }),
  ),
});
export type PurposeItem = z.output<typeof purposesItem>['purposes'][number];
const officeId = z.string().exactOptional();
const codeListItem = z.object({
  id: z.string(),
  list: z.string(),
  code: z.string(),
  name: text,
  note: text.exactOptional(),
  within: z.string().exactOptional(),
  offices: z.object({ own: officeId, delegated: officeId, extended: officeId }).exactOptional(),
});
export type CodeListItem = z.output<typeof codeListItem>;

export const PROXY_WARNING_DAYS = 30;
/** What the portal asks of accounts. */
const accountRulesItem = z.object({
  // One that takes a text apart in many ways would stop whoever judges by it.
  userName: z.object({ pattern: z.string().refine((pattern) => patternFault(pattern) === null), hint: text }),
  oneTimeCode: z.object({ validDays: z.int().min(1) }),
  administrator: z.string(),
  rights: z.array(z.object({ code: z.string(), title: text })),
  proxyScopes: z.array(z.object({ code: z.string(), title: text, actions: z.array(accountAction) })),
  // A portal of before says nothing of it.
  proxyWarningDays: z.int().min(1).catch(PROXY_WARNING_DAYS),
});
export type AccountRules = z.output<typeof accountRulesItem>;

const dayTime = z.string().regex(/^\d\d:\d\d$/);
const timetableItem = z.object({
  id: z.string(),
  horizonDays: z.int(),
  agendas: z.array(
    z.object({
      id: z.string(),
      title: text,
      slotMinutes: z.int().positive(),
      capacity: z.int(),
      bring: text.exactOptional(),
    }),
  ),
  counters: z.array(z.object({ id: z.string(), label: z.string(), agendas: z.array(z.string()) })),
  hours: z.array(z.object({ weekday: z.int(), from: dayTime, to: dayTime })),
  closed: z.array(z.object({ date: z.iso.date(), reason: text })),
});
export type TimetableItem = z.output<typeof timetableItem>;

/** In which order people are called, and what a counter may say of itself. */
const waitingItem = z.object({
  bookedFromMinutes: z.int(),
  bookedUntilMinutes: z.int(),
  bookedAheadMinutes: z.int(),
  noShowAfterMinutes: z.int(),
  priorities: z.array(z.object({ code: z.string(), label: text, aheadMinutes: z.int() })),
  breakReasons: z.array(z.object({ code: z.string(), label: text })),
});
export type WaitingItem = z.output<typeof waitingItem>;

// A form that would stop the desk is as one of a newer shape: the other services go on. So is a signature nobody says who witnesses.
const services = collection(
  'services',
  serviceDefinition
    .refine(({ form }) => form === undefined || unsoundIn(form).length === 0)
    .refine(({ steps, witnesses }) => !steps.includes('signing') || witnesses !== undefined),
);
const tariffs = collection('tariffs', tariff);
export const offices = collection('offices', officeItem);
export const clerks = collection('clerks', clerkItem);
const settings = collection('settings', settingsItem);
const guides = collection('guides', guide);
const accountRulesList = collection('settings', accountRulesItem);
const timetables = collection('timetables', timetableItem);
const waitingRuleList = collection('settings', waitingItem);
const purposeList = collection('settings', purposesItem);
const trust = collection('trust', trustItem);
export const codeLists = collection('code-lists', codeListItem);

const holdsOn = (item: { validFrom: string; validTo?: string }, date: LegalDate): boolean =>
  item.validFrom <= date && (item.validTo === undefined || date <= item.validTo);

/** Services as they stand on a day, in the order of the catalogue. */
export function servicesOn(tx: Reader, date: LegalDate): ServiceDefinition[] {
  return services
    .list(tx)
    .filter((service) => holdsOn(service, date))
    .sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));
}

export const serviceOn = (tx: Reader, id: string, date: LegalDate): ServiceDefinition | undefined =>
  servicesOn(tx, date).find((service) => service.id === id);

/** A service as the desk knows it, whatever day it holds on; its newest version where there are more. */
export const newestService = (tx: Reader, id: string): ServiceDefinition | undefined =>
  services
    .list(tx)
    .filter((service) => service.id === id)
    .reduce<ServiceDefinition | undefined>(
      (newest, one) => (newest === undefined || one.version > newest.version ? one : newest),
      undefined,
    );

/** Guides as they stand on a day, in the order of the catalogue. */
export const guidesOn = (tx: Reader, date: LegalDate): Guide[] =>
  guides
    .list(tx)
    .filter((one) => holdsOn(one, date))
    .sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));

/** The tariff as it stood on the day of the act. */
export const tariffOn = (tx: Reader, id: string, date: LegalDate): Tariff | undefined =>
  tariffs.list(tx).find((item) => (item.id === id || item.of === id) && holdsOn(item, date));

/** Series of the bound books this desk writes into. */
export const bookSeries = (tx: Reader): string[] => [
  ...new Set(services.list(tx).flatMap(({ book }) => (book?.scope === 'bound-book' ? [book.series] : []))),
];

export const officeView = (item: OfficeItem): Office => ({
  id: item.id,
  name: item.name.cs,
  address: printedAddress(item.address),
});

/** The portal's one item about trust services; none where the portal has none. */
export const trustServices = (tx: Reader): z.output<typeof trustItem> | undefined =>
  trust.find(tx, 'trust-services');

/** None before the portal has said which there are: then nobody can be looked up either. */
export const purposes = (tx: Reader): PurposeItem[] => purposeList.find(tx, 'purposes')?.purposes ?? [];

/** Undefined before the portal has said what they are. */
export const accountRules = (tx: Reader): AccountRules | undefined => accountRulesList.find(tx, 'accounts');
export const timetableOf = (tx: Reader, officeId: string): TimetableItem | undefined =>
  timetables.find(tx, officeId);

/** Of all offices. */
export const agendas = (tx: Reader): TimetableItem['agendas'] =>
  timetables.list(tx).flatMap((one) => one.agendas);

/** As people come, until the portal has said otherwise. */
const waitingBeforeSync: WaitingItem = {
  bookedFromMinutes: 0,
  bookedUntilMinutes: 0,
  bookedAheadMinutes: 0,
  noShowAfterMinutes: 0,
  priorities: [],
  breakReasons: [],
};
export const waitingRules = (tx: Reader): WaitingItem =>
  waitingRuleList.find(tx, 'waiting-line') ?? waitingBeforeSync;

export const centralSettings = (tx: Reader): CentralSettings => settings.list(tx)[0] ?? settingsBeforeSync;

/** One line, as on an envelope: `Náměstí Míru 62/I, 339 01 Klatovy`. */
export function printedAddress(of: z.output<typeof address>): string {
  const { street, number, municipality, municipalityPart, postalCode } = of;
  const place = street ?? (number ? 'č. p.' : undefined);
  const first = [place, number].filter(Boolean).join(' ');
  const code =
    postalCode !== undefined && /^\d{5}$/.test(postalCode) ? formatPostalCode(postalCode) : postalCode;
  const last = [code, municipality].filter(Boolean).join(' ');
  return [first, municipalityPart, last].filter(Boolean).join(', ');
}
