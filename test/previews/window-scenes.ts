import type { Session } from '../../electron/contract/clerks.ts';
import type { LogEntry } from '../../electron/contract/day-log.ts';
import type { Frame } from '../../electron/contract/desk.ts';
import type { ExceptionView } from '../../electron/contract/exceptions.ts';
import type { CallOutput } from '../../electron/contract/index.ts';
import type { QueueItem } from '../../electron/contract/queue.ts';
import type { DeviceView } from '../../electron/contract/settings.ts';
import type { VisitSummary } from '../../electron/contract/visits.ts';
import { ok } from '../../electron/values/result.ts';
import { legalDate } from '../../electron/values/time.ts';
import type { Answers, Scene } from './window-bridge.ts';

/** Prepared states of the window; every person in them is fictitious. */
const uuid = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

export const session: Session = {
  clerkId: 'c-1',
  username: 'novotna',
  name: { titlesBefore: 'Bc.', givenNames: 'Alžběta', surname: 'Novotná' },
  roles: ['clerk'],
  competences: ['verification'],
  mode: 'online',
  signedInAt: minutesAgo(90),
  rolesAsOf: minutesAgo(90),
  offlineUntil: minutesAgo(-71 * 60),
  locked: false,
};
const supervisor: Session = {
  ...session,
  clerkId: 'c-2',
  name: { titlesBefore: 'Ing.', givenNames: 'Přemysl', surname: 'Šťastný', titlesAfter: 'Ph.D.' },
  roles: ['clerk', 'supervisor'],
};
const administrator: Session = { ...supervisor, roles: ['administrator'] };

export const frame: Frame = {
  environment: 'training',
  enrolled: true,
  deskId: 'KT-01',
  deskName: 'Přepážka 1, přízemí',
  office: { id: 'klatovy', name: 'Městský úřad Klatovy', address: 'nám. Míru 62/I, 339 01 Klatovy' },
  language: 'cs',
  line: { state: 'up', since: minutesAgo(100), nextTryAt: null, reason: null },
  queue: { waiting: 0, needsPerson: 0 },
  openExceptions: 0,
  closingsToDecide: 0,
  recovery: null,
  warnings: [],
  freeze: { frozen: null, countdowns: [] },
  unclosedDays: [],
  session,
  idleLockMinutes: 10,
  offlineSignInHours: 72,
  version: '0.1.0',
};
const down: Frame = {
  ...frame,
  line: { state: 'down', since: minutesAgo(25), nextTryAt: minutesAgo(-2), reason: null },
  queue: { waiting: 3, needsPerson: 1 },
  warnings: [{ code: 'key.in-file' }],
};

const device: DeviceView = {
  kind: 'reader',
  key: 'reader:usb:0db5:0139:A1',
  knownBy: 'itself',
  purposes: ['usual'],
  isNew: false,
  movedTo: null,
  known: { name: { cs: 'Čtečka Access IS', en: 'Access IS reader' }, note: null, proved: false },
  address: '/dev/ttyUSB0',
  name: 'Access IS',
  vendorId: '0db5',
  productId: '0139',
  serialNumber: 'A1',
  selected: true,
  state: 'ready',
  trouble: null,
  printer: null,
};
const nothingOfUsb = { vendorId: null, productId: null, serialNumber: null, known: null };
/** A reader that was learnt and is being tried: of `devices` the second. */
const authorityFile: CallOutput<'authorities.choose'> = {
  lists: [
    {
      ...{ kind: 'master-list', country: 'DE', signedAt: '2026-03-12T09:00:00Z', trouble: null },
      unreadable: 3,
      states: ['AT', 'BE', 'CZ', 'DE', 'ES', 'FR', 'GB', 'HU', 'IT', 'PL', 'SK', 'UA'].map((country, at) => ({
        country,
        count: (at % 4) + 1,
      })),
    },
    {
      ...{ kind: 'unsigned', country: null, signedAt: null, trouble: null },
      unreadable: 0,
      states: [{ country: 'CZ', count: 2 }],
    },
  ],
  revocations: { count: 84, proven: 31 },
  passedOver: 17,
  unreadable: 2,
};
const learnt: CallOutput<'devices.reader-learning'> = {
  ...{
    key: 'reader:usb:0403:6001',
    address: '/dev/ttyUSB0',
    purpose: 'usual',
    step: 'trying',
    otherSpeed: false,
  },
  line: { baudRate: 19_200, dataBits: 7, parity: 'even', stopBits: 1 },
  samples: [1, 2].map(() => [
    { mark: 'STX' },
    { hidden: 30 },
    { mark: 'CR' },
    { hidden: 30 },
    { mark: 'CR' },
    { hidden: 30 },
    { mark: 'ETX' },
    { hidden: 1 },
  ]),
  hearing: {
    kind: 'learnt',
    framing: {
      ...{ start: '02', aim: false, end: '03', tail: '', encoding: null, reads: 'zone' },
      check: { how: 'xor', withStart: false, withEnd: true },
    },
  },
  trouble: null,
  read: { zones: 1, codes: 0 },
};
const devices: DeviceView[] = [
  device,
  {
    ...device,
    key: 'reader:usb:0403:6001',
    knownBy: 'make',
    purposes: [],
    selected: false,
    isNew: true,
    state: 'unknown',
    name: 'FTDI',
    address: '/dev/ttyUSB1',
    vendorId: '0403',
    productId: '6001',
    serialNumber: null,
    known: {
      name: { cs: 'Převodník FTDI FT232', en: 'FTDI FT232 adapter' },
      note: {
        cs: 'Převodník na sériovou linku: co je za ním, systém nepozná. Rychlost zjistíte v návodu ke čtečce.',
        en: "A serial adapter: the system cannot tell what is behind it. The speed stands in the reader's manual.",
      },
      proved: false,
    },
  },
  {
    ...device,
    ...nothingOfUsb,
    kind: 'scanner',
    key: 'scanner:test:noname:frontend-tester',
    knownBy: 'make',
    address: 'test:0',
    name: 'Noname frontend-tester',
    state: 'claimed',
    trouble: { code: 'scanner.busy' },
  },
  {
    ...device,
    ...nothingOfUsb,
    kind: 'printer',
    key: 'printer:uuid:07742767-38c4-3809-69c3-1255e92100ee',
    address: 'ipp://127.0.0.1:8631/ipp/print',
    name: 'Kyocera ECOSYS',
    state: 'off',
    trouble: { code: 'printer.not-reachable' },
    movedTo: 'ipps://192.0.2.17:631/ipp/print',
  },
  {
    ...device,
    ...nothingOfUsb,
    kind: 'printer',
    key: 'printer:uuid:11742767-38c4-3809-69c3-1255e92100ee',
    address: 'ipps://192.0.2.21:631/ipp/print',
    name: 'Brother QL-820NWB',
    purposes: ['slips'],
    printer: {
      trays: ['main', 'tray-2', 'by-pass-tray'],
      papers: ['stationery', 'labels', 'stationery-letterhead'],
      sides: ['one-sided', 'two-sided-long-edge'],
      colours: ['monochrome'],
      copies: 99,
      loaded: [
        { tray: 'main', paper: 'stationery', size: { width: 21_590, height: 27_940 } },
        { tray: 'tray-2', paper: 'labels', size: { width: 10_500, height: 14_800 } },
      ],
      lacks: [
        {
          use: 'slips',
          trouble: { code: 'printer.not-loaded', params: { tray: 'tray-2', paper: 'labels' } },
        },
      ],
      refuses: [],
      endIsToldBy: 'printer-behind-server',
    },
  },
];

const accounts: Answers['clerks.training-accounts'] = ok([
  { username: 'novotna', password: 'x', name: session.name, roles: ['clerk'], office: 'Klatovy' },
  {
    username: 'stastny',
    password: 'x',
    name: supervisor.name,
    roles: ['clerk', 'supervisor'],
    office: 'Klatovy',
  },
  {
    username: 'zeleny',
    password: 'x',
    name: { givenNames: 'Řehoř', surname: 'Zelený' },
    roles: ['administrator'],
    office: 'Klatovy',
  },
  {
    username: 'cernohorska',
    password: 'x',
    name: { givenNames: 'Anna Marie', surname: 'Černohorská Vlčková' },
    roles: ['clerk'],
    office: 'Nýrsko',
  },
]);

const visit = (n: number, more: Partial<VisitSummary>): VisitSummary => ({
  id: uuid(n),
  ticket: n,
  state: 'parked',
  openedAt: minutesAgo(60 - n * 5),
  clerkId: 'c-1',
  clerkName: 'Bc. Alžběta Novotná',
  applicant: 'Jan Ježek',
  note: null,
  services: ['Přihlášení psa do evidence'],
  ...more,
});
const parked = [
  visit(3, { note: 'Došel si pro očkovací průkaz' }),
  visit(5, { applicant: null, services: [], clerkName: 'Ing. Přemysl Šťastný, Ph.D.' }),
];

const item = (n: number, more: Partial<QueueItem>): QueueItem => ({
  id: uuid(100 + n),
  visitId: uuid(n),
  ticket: n,
  kind: 'submission',
  title: 'Obecné podání',
  madeAt: minutesAgo(n * 7),
  state: 'waiting',
  owner: 'machine',
  actions: [],
  handedOverAt: null,
  attempts: 0,
  nextTryAt: null,
  heldBy: null,
  problem: null,
  referenceNumber: null,
  fileNumber: null,
  answeredAt: null,
  officeSays: null,
  deadline: null,
  course: null,
  ...more,
});
const queue = [
  item(1, { attempts: 3, nextTryAt: minutesAgo(-2) }),
  item(2, { kind: 'correction', heldBy: uuid(101) }),
  item(3, { state: 'sending', title: 'Ohlášení drobné stavby' }),
  item(4, { state: 'incomplete', title: 'Ohlášení drobné stavby' }),
  item(5, {
    state: 'needs-person',
    owner: 'supervisor',
    actions: ['retry', 'close'],
    problem: { code: 'effect.office-unknown' },
  }),
  item(10, {
    state: 'returned',
    owner: 'clerk',
    actions: ['complete', 'settle', 'hand-over'],
    handedOverAt: minutesAgo(3),
    problem: { code: 'queue.completion-asked' },
    officeSays: { cs: 'Chybí podpis druhého vlastníka.', en: 'The second owner’s signature is missing.' },
    deadline: '2026-05-04',
  }),
  item(6, { state: 'accepted', answeredAt: minutesAgo(30) }),
  item(7, {
    state: 'accepted',
    answeredAt: minutesAgo(20),
    referenceNumber: 'MUKT/2026/004512',
    title: 'Přihlášení psa do evidence',
  }),
  item(8, { state: 'accepted', kind: 'certification', title: 'Vidimace', answeredAt: minutesAgo(11) }),
  item(9, { state: 'closed', kind: 'identity-check', title: 'Ověření totožnosti' }),
];

const kinds = ['visit-opened', 'identity-verified', 'submission-accepted', 'fee-paid', 'visit-closed'];
const entries: LogEntry[] = Array.from({ length: 40 }, (_unused, index) => ({
  sequence: 412 - index,
  at: minutesAgo(index * 4),
  legalDate: legalDate(new Date()),
  kind: kinds[(40 - index) % kinds.length] ?? 'visit.opened',
  clerkId: 'c-1',
  clerkName: 'Bc. Alžběta Novotná',
  role: 'clerk',
  visitId: uuid(1),
  ticket: 12 - Math.floor(index / 5),
  service: index % 5 === 0 ? null : { cs: 'Obecné podání', en: 'General submission' },
  codes: index % 5 === 2 ? [{ of: 'document', code: 'fee-receipt' }] : [],
  summary: index % 5 === 2 ? '12/2026 · 60 Kč' : '',
}));

const service = (definitionId: string, cs: string) => ({ definitionId, title: { cs, en: cs } });
const exception = (n: number, kind: string, more: Partial<ExceptionView> = {}): ExceptionView => ({
  id: uuid(500 + n),
  kind,
  at: minutesAgo(n * 37),
  legalDate: legalDate(new Date(Date.now() - n * 37 * 60_000)),
  clerkName: 'Bc. Alžběta Novotná',
  visitId: uuid(n),
  ticket: 20 - n,
  service: null,
  otherVisit: null,
  leafSequence: 400 - n,
  params: {},
  reason: null,
  review: null,
  ...more,
});
const exceptions = [
  exception(1, 'identity-overridden', {
    reason: 'Doklad prošel před dvěma dny, občan má potvrzení o žádosti o nový.',
  }),
  exception(2, 'listed-document'),
  exception(3, 'number-cancelled', {
    params: { number: '12/2026' },
    reason: 'Vada tisku doložky',
    service: { cs: 'Vidimace', en: 'Certified copy' },
  }),
  exception(4, 'document-reprinted', {
    params: { document: 'fee-receipt', copy: 2 },
    reason: 'Papír se zmačkal',
  }),
  exception(5, 'late-sync', {
    clerkName: '',
    visitId: null,
    ticket: null,
    params: { day: '2026-03-30', hours: 31, count: 14 },
  }),
  exception(7, 'document-of-two', {
    params: { otherVisitId: uuid(8), otherTicket: 4, otherDay: '2026-03-30' },
    otherVisit: { visitId: uuid(8), ticket: 4 },
  }),
  exception(6, 'effect-conflict', {
    clerkName: '',
    params: { code: 'effect.content-differs', effect: uuid(9) },
  }),
  exception(45, 'service-refused', {
    params: { paragraph: '§ 9 odst. 1 písm. b)' },
    review: {
      at: minutesAgo(60),
      by: 'Ing. Přemysl Šťastný, Ph.D.',
      note: 'Postup správný, listina byla v cizím jazyce.',
      outcome: null,
      own: false,
    },
  }),
];

const runningExport = {
  exportId: uuid(900),
  fileName: 'denni-zaznam-2026-04-01_2026-04-30.xlsx',
  state: 'running',
  done: 1500,
  total: 41_200,
  failure: null,
} as const;

const base: Answers = {
  'desk.frame': ok(frame),
  'clerks.training-accounts': accounts,
  'clerks.still-here': ok({}),
  'visits.in-progress': ok(parked),
  'queue.list': ok({ items: queue, more: false }),
  'day-log.page': ok({ entries, older: true, newer: false }),
  'day-log.totals': ok({
    visits: 12,
    entries: 412,
    byService: [
      { ...service('general-submission', 'Obecné podání'), started: 6, done: 5, refused: 0, withdrawn: 1 },
      {
        ...service('dog-registration', 'Přihlášení psa do evidence'),
        started: 3,
        done: 3,
        refused: 0,
        withdrawn: 0,
      },
      {
        ...service('vidimace', 'Ověření shody kopie s listinou (vidimace)'),
        started: 11,
        done: 9,
        refused: 2,
        withdrawn: 0,
      },
    ],
    byHour: {
      kind: 'visit-opened',
      hours: [2, 5, 4, 0, 3, 6, 8, 5, 1].map((count, index) => ({ hour: 8 + index, count })),
    },
    cash: 1530,
    card: 420,
    choices: {
      clerks: [{ clerkId: 'c-1', name: 'Bc. Alžběta Novotná' }],
      kinds: kinds.map((kind, index) => ({ kind, count: 12 + index })),
      services: [service('vidimace', 'Ověření shody kopie s listinou (vidimace)')],
    },
  }),
  'day-log.export-state': ok(null),
  'exceptions.list': ok({
    items: exceptions,
    more: false,
    kinds: [...new Set(exceptions.map(({ kind }) => kind))].map((kind) => ({ kind, open: 1, all: 2 })),
    openSince: '2026-01-02',
  }),
  'day-log.entry': ok({
    entry: entries[3] ?? {
      sequence: 1,
      at: minutesAgo(1),
      legalDate: '2026-04-01',
      kind: 'visit.opened',
      clerkId: 'c-1',
      clerkName: '',
      role: 'clerk',
      visitId: null,
      ticket: null,
      service: null,
      codes: [],
      summary: '',
    },
    epoch: 1,
    words: { members: {}, values: {} },
    erasedAt: null,
    effect: { state: 'accepted', referenceNumber: 'MUKT/2026/004512' },
    proof: {
      size: 411,
      index: 408,
      rootHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      path: Array.from(
        { length: 9 },
        () => '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',
      ),
      madeAt: minutesAgo(12),
      countersignedAt: minutesAgo(11),
      note: 'virtuos/KT-01\n411\nn4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n\n— virtuos/KT-01 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n',
    },
    leafHash: 'b5d4045c3f466fa91fe2cc6abe79232a1a57cdf104f7a26e716e0a1e2789df78',
    leaf: '{"at":"2026-04-01T08:12:00.000Z","clerk":"c-1","date":"2026-04-01","kind":"fee.paid","payload":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","seq":409}',
    intact: true,
    payload: {
      receipt: { number: 'KT-01/2026/0031', total: 60, method: 'cash' },
      items: [{ tariff: 'pol. 4 a)', units: 2 }],
    },
  }),
  'book.years': ok([
    {
      ...{ series: 'vidimace', year: 2025, last: 1214, closable: false },
      counts: { copies: 830, signatures: 381, cancelled: 2, lost: 1 },
      closing: {
        ...{ id: 'b-1', last: 1214, closedAt: '2025-12-31T14:02:00Z', closedBy: 'Bc. Alžběta Novotná' },
        ...{ documentId: 'd-1', prints: [] },
      },
    },
  ]),
  'book.rows': ok({
    rows: [
      ...(['L', 'V', 'V'] as const).map((kind, index) => ({
        ...{ number: 1214 - index, at: minutesAgo(30 + index * 40), legalDate: '2025-12-31', kind },
        ...{ state: 'used' as const, reason: null, clerkName: 'Bc. Alžběta Novotná' },
      })),
      {
        ...{ number: 1211, at: minutesAgo(400), legalDate: '2025-12-31', kind: 'V' as const },
        ...{ state: 'cancelled' as const, reason: 'list se v tiskárně zmačkal', clerkName: 'Řehoř Zelený' },
      },
      {
        ...{ number: 1210, at: minutesAgo(500), legalDate: '2025-12-31', kind: null },
        ...{ state: 'lost' as const, reason: null, clerkName: '' },
      },
    ],
    more: true,
  }),
  'retention.kept': ok({
    classes: [
      { class: 'visits-in-progress', count: 2, oldest: minutesAgo(48) },
      { class: 'visits-undelivered', count: 1, oldest: minutesAgo(1600) },
      { class: 'visits-waiting', count: 14, oldest: minutesAgo(1300) },
      { class: 'issued-outputs', count: 1, oldest: minutesAgo(6) },
      { class: 'scans', count: 37, oldest: minutesAgo(1600) },
      { class: 'effects', count: 31, oldest: minutesAgo(1600) },
      { class: 'log-payloads', count: 4210, oldest: minutesAgo(42_000) },
    ],
    times: { content: 'PT24H', undelivered: 'P30D', ownPapers: 'PT24H', log: 'P30D', backups: 'P14D' },
    lastErasedAt: minutesAgo(52),
    rewriteDue: true,
  }),
  'settings.get': ok({
    language: 'cs',
    portalUrl: 'http://127.0.0.1:8460',
    reader: {
      ...{ path: '/dev/ttyUSB0', vendorId: '0483', productId: '5740', serialNumber: 'A1' },
      ...{ baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, hearing: null },
    },
    scanner: { device: 'test:0', vendor: 'Noname', model: 'frontend-tester' },
    printer: { uri: 'ipp://127.0.0.1:8631/ipp/print', uuid: null, certificateSha256: null },
    others: {
      slips: { uri: 'ipps://192.0.2.21:631/ipp/print', uuid: null, certificateSha256: null },
      conversions: null,
      codes: null,
    },
    printing: {
      certified: { tray: 'main', paper: null, sides: 'one-sided', colour: null },
      receipts: { tray: null, paper: null, sides: 'one-sided', colour: null, copies: 2 },
      slips: { tray: 'tray-2', paper: 'labels', sides: 'one-sided', colour: null, copies: 1 },
      other: { tray: null, paper: null, sides: 'two-sided-long-edge', colour: 'monochrome' },
    },
    idleLockMinutes: 10,
    searchableScans: true,
    signing: null,
  }),
  'authorities.get': ok({ isTraining: true, list: null, revocations: [] }),
  'devices.reader-protocols': ok([]),
  'devices.reader-learning': ok(null),
  'devices.end-learning': ok({}),
  'devices.card-readers': ok([
    { name: 'Čtečka karet 00 00', card: { atr: '3b8080010101', kind: 'contactless' } },
  ]),
  'devices.list': ok(devices),
  'devices.look': ok({ devices, failed: [{ code: 'usb.no-list' }] }),
  'devices.news': ok(devices.filter(({ isNew }) => isNew)),
};
export const withFrame = (changed: Partial<Frame>, more: Answers = {}): { answers: Answers } => ({
  answers: { ...base, ...more, 'desk.frame': ok({ ...frame, ...changed }) },
});

const backup = (hours: number, entries: number) => ({
  name: `2026-04-01T0${hours % 10}-00-00Z-0123abcd`,
  at: minutesAgo(hours * 60),
  reason: 'timer' as const,
  deskName: 'Přepážka 1, přízemí',
  entries,
  bytes: entries * 21_000,
  recoveryKey: 'B50E-C086',
});
const recoveryAnswers: Answers = {
  'restore.places': ok([{ place: 'own', backups: [backup(2, 1204), backup(6, 1187), backup(9, 1102)] }]),
  'restore.check': ok({
    at: minutesAgo(120),
    deskName: 'Přepážka 1, přízemí',
    officeId: 'klatovy',
    entries: 1204,
    bytes: 25_284_000,
    filesMissing: 0,
    openVisits: 2,
    unsent: 3,
  }),
  'recovery.details': ok({
    recovery: { kind: 'restored', state: 'numbering', backupAt: minutesAgo(300), trouble: null },
    report: {
      entriesFromPortal: 41,
      effectsRecognised: 6,
      effectsIncomplete: 0,
      visitsClosed: 1,
      visitsParked: 1,
      erasuresRepeated: 2,
    },
    series: [
      { series: 'receipt', year: 2026, last: 118 },
      { series: 'vidimace', year: 2026, last: 64 },
    ],
  }),
  'backups.get': ok({
    settings: { everyHours: 4, keepLast: 6, keepDays: 7, secondPlace: null },
    running: false,
    last: { at: minutesAgo(120), entries: 1204, bytes: 25_284_000, recoverable: true },
    nextAt: minutesAgo(-120),
    failure: null,
    folder: '/var/lib/virtuos/production/backups',
    backups: [backup(2, 1204), backup(6, 1187), backup(9, 1102)],
    recoveryKey: 'B50E-C086',
  }),
  'evidence.get': ok({
    entries: 1204,
    epoch: 2,
    deskKey:
      'virtuos-counter/desk/0192f3c1-4b7e-7c1a-9d55-3f0a6b2c8e11+5ef3a1c2+AV9mZk1hcHJhdmRpdsO9a2zDrcSNcMWZZXDDocW+a3kxMjM0',
    portalKey: 'virtuos-portal/8f1c2d3e4a5b6c7d+77aa90be+BF9mZk1hcHJhdmRpdsO9a2zDrcSNcG9ydMOhbHUxMjM0NTY3',
    replacing: false,
    last: {
      size: 1204,
      rootHash: '9b3f5a0c7d21e4885fce0b1a6d93f2c4710e8ab95d64c3f1207b98ea5c4d6f30',
      madeAt: minutesAgo(4),
      countersignedAt: null,
    },
    countersigned: { size: 1198, at: minutesAgo(31) },
  }),
  'medium.get': ok({
    waiting: { entries: 1204, effects: 318 },
    written: { number: 3, at: minutesAgo(2900), entries: 1130, effects: 297 },
    taken: { number: 2, answers: 2, at: minutesAgo(10_200), takenAt: minutesAgo(10_080) },
    running: null,
  }),
  'medium.take': ok({
    number: 3,
    answers: 3,
    at: minutesAgo(200),
    acknowledgedTo: 1130,
    isCountersigned: true,
    accepted: 296,
    refused: 1,
    incomplete: 0,
    officeAnswers: 212,
    masterChanged: true,
  }),
  'removal.get': ok({ unsent: 3, openVisits: 0, lineUp: true, released: false }),
};

export const scenes: Scene[] = [
  { name: 'sign-in', address: '', bridge: withFrame({ session: null }) },
  {
    name: 'sign-in-offline-locked',
    address: '',
    bridge: withFrame(
      { ...down, session: null },
      { 'clerks.sign-in': { ok: false, error: { code: 'clerk.locked', params: { until: minutesAgo(-5) } } } },
    ),
    act: async (page) => {
      await page.getByRole('textbox').first().fill('novotna');
      await page.locator('input[type=password]').fill('x');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'sign-in-offline-too-long',
    address: '',
    bridge: withFrame(
      { ...down, session: null },
      {
        'clerks.sign-in': {
          ok: false,
          error: { code: 'clerk.offline-too-long', params: { until: minutesAgo(-5) } },
        },
      },
    ),
    act: async (page) => {
      await page.getByRole('textbox').first().fill('novotna');
      await page.locator('input[type=password]').fill('x');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'sign-in-production',
    address: '',
    bridge: withFrame({ session: null, environment: 'production' }),
  },
  {
    name: 'enrolment',
    address: '',
    bridge: withFrame({
      enrolled: false,
      session: null,
      environment: 'production',
      deskId: null,
      deskName: null,
      office: null,
    }),
  },
  { name: 'home', address: '', bridge: withFrame({}) },
  {
    name: 'home-down-own',
    address: '',
    bridge: withFrame(down, { 'visits.in-progress': ok([visit(6, { state: 'open' }), ...parked]) }),
  },
  {
    name: 'home-production',
    address: '',
    bridge: withFrame({ environment: 'production', session: supervisor }, { 'visits.in-progress': ok([]) }),
  },
  {
    name: 'home-english',
    address: '',
    bridge: withFrame({ ...down, language: 'en' }),
  },
  {
    name: 'queue',
    address: '#queue',
    bridge: withFrame({ ...down, session: supervisor }),
    act: (page) => page.locator('td').first().waitFor(),
  },
  {
    name: 'queue-close',
    address: '#queue',
    bridge: withFrame({ session: supervisor }),
    act: async (page) => {
      await page.getByRole('button', { name: /^Uzavřít: / }).click();
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Enter');
    },
  },
  {
    name: 'day-log',
    address: '#day-log',
    bridge: withFrame({ session: supervisor }),
    act: (page) => page.locator('td').first().waitFor(),
  },
  {
    name: 'day-log-entry',
    address: '#day-log',
    bridge: withFrame({ session: supervisor }),
    act: async (page) => {
      await page.locator('button[data-sequence]').nth(2).click();
      await page.keyboard.press('ArrowDown');
      await page.getByText('Důkaz o zařazení').waitFor();
    },
  },
  {
    name: 'day-log-proof',
    address: '#day-log/409',
    bridge: withFrame({ session: supervisor, openExceptions: 6 }),
    act: async (page) => {
      await page.locator('summary').click();
      await page.locator('pre').waitFor();
    },
  },
  {
    name: 'day-log-export',
    address: '#day-log',
    bridge: withFrame({ session: supervisor }, { 'day-log.export-state': ok(runningExport) }),
    act: (page) => page.locator('progress').waitFor(),
  },
  {
    name: 'exceptions',
    address: '#exceptions',
    bridge: withFrame({ session: supervisor, openExceptions: 6 }),
    act: (page) => page.locator('td').first().waitFor(),
  },
  {
    name: 'exceptions-review',
    address: '#exceptions',
    bridge: withFrame({ session: supervisor, openExceptions: 6 }),
    act: async (page) => {
      await page.locator('button[data-id]').first().click();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Control+Enter');
      await page.getByText('Napište, jak byla').waitFor();
    },
  },
  {
    name: 'exceptions-two-people',
    address: '#exceptions',
    bridge: withFrame({ session: supervisor, openExceptions: 7 }),
    act: async (page) => {
      await page.locator('button[data-id]', { hasText: 'Jeden doklad, dvě osoby' }).click();
      await page.getByLabel('Poznámka k posouzení').fill('Prověřeno v evidenci dokladů.');
      await page.keyboard.press('Control+Enter');
      await page.getByText('Vyberte, k čemu').waitFor();
    },
  },
  {
    name: 'book',
    address: '#book',
    bridge: withFrame({ session: supervisor }),
    act: (page) => page.locator('tr[data-number]').first().waitFor(),
  },
  {
    name: 'settings',
    address: '#settings',
    bridge: withFrame({ session: administrator }),
    act: async (page) => {
      await page.getByLabel('Skener', { exact: true }).selectOption('other');
      await page.getByLabel(/^Adresa skeneru/).fill('skener.urad.cz');
    },
  },
  {
    name: 'printing-settings',
    address: '#settings',
    bridge: withFrame({ session: administrator }),
    act: (page) => page.getByText('Žádosti k podpisu se tisknou').scrollIntoViewIfNeeded(),
  },
  {
    name: 'recovery-settings',
    address: '#settings',
    bridge: {
      answers: { ...withFrame({ session: administrator }).answers, ...recoveryAnswers },
    },
    act: (page) => page.getByRole('heading', { name: 'Vyřazení přepážky' }).scrollIntoViewIfNeeded(),
  },
  {
    name: 'evidence',
    address: '#settings',
    bridge: {
      answers: { ...withFrame({ session: administrator }).answers, ...recoveryAnswers },
    },
    act: (page) => page.getByRole('heading', { name: 'Přenos na médiu' }).scrollIntoViewIfNeeded(),
  },
  {
    name: 'medium',
    address: '#settings',
    bridge: {
      answers: { ...withFrame({ session: administrator }).answers, ...recoveryAnswers },
    },
    act: async (page) => {
      await page.getByRole('button', { name: 'Přijmout odpověď portálu' }).click();
      await page.getByText('Odpověď portálu č. 3 je přijata').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'devices',
    address: '#devices',
    bridge: withFrame({ session: administrator }),
    act: (page) => page.getByText('Kyocera').first().waitFor(),
  },
  {
    name: 'reader-learning',
    address: '#devices',
    bridge: withFrame({ session: administrator }, { 'devices.reader-learning': ok(learnt) }),
    act: async (page) => {
      await page.getByRole('button', { name: 'FTDI: Naučit čtečku' }).click();
      await page.getByText('Způsob je znám').waitFor();
    },
  },
  {
    name: 'reader-learning-english',
    address: '#devices',
    bridge: withFrame({ session: administrator, language: 'en' }, { 'devices.reader-learning': ok(learnt) }),
    act: async (page) => {
      await page.getByRole('button', { name: 'FTDI: Learn the reader' }).click();
      await page.getByText('The way of sending is known').waitFor();
    },
  },
  {
    name: 'reader-learning-line',
    address: '#devices',
    bridge: withFrame({ session: administrator }),
    act: async (page) => {
      await page.getByRole('button', { name: 'FTDI: Naučit čtečku' }).click();
      await page.getByLabel('Rychlost linky').selectOption('19200');
      await page.getByLabel(/Znaky na lince/).selectOption('7O2');
    },
  },
  {
    name: 'authority-file',
    address: '#devices',
    bridge: withFrame({ session: administrator }, { 'authorities.choose': ok(authorityFile) }),
    act: async (page) => {
      await page.getByRole('button', { name: 'Načíst soubor' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'authority-file-english',
    address: '#devices',
    bridge: withFrame(
      { session: administrator, language: 'en' },
      { 'authorities.choose': ok(authorityFile) },
    ),
    act: async (page) => {
      await page.getByRole('button', { name: 'Read a file' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'settings-read',
    address: '#settings',
    bridge: withFrame({}),
    act: (page) => page.locator('form').first().waitFor(),
  },
  { name: 'locked', address: '', bridge: withFrame({ session: { ...session, locked: true } }) },
  {
    name: 'help',
    address: '#queue',
    bridge: withFrame({ session: supervisor }),
    act: async (page) => {
      await page.keyboard.press('F1');
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'interrupted',
    address: '#queue',
    bridge: withFrame({ session: supervisor }),
    act: async (page) => {
      await page.locator('td').first().waitFor();
      await page.evaluate('preview.connect(false)');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'unlocked-again',
    address: '#day-log',
    bridge: withFrame({ session: supervisor }),
    act: async (page) => {
      const changed = (locked: boolean): Promise<unknown> =>
        page.evaluate(
          `preview.event('frame-changed', ${JSON.stringify({ ...frame, session: { ...supervisor, locked } })})`,
        );
      await page.keyboard.type('vidimace');
      await changed(true);
      await page.locator('input[type=password]:focus').waitFor();
      await changed(false);
      // What was typed and where the clerk was are as before.
      await page.locator('input[type=search]:focus').waitFor();
      if ((await page.locator('input[type=search]').inputValue()) !== 'vidimace')
        throw new Error('lost what was typed');
    },
  },
  {
    name: 'language-switched',
    address: '',
    bridge: withFrame({}),
    act: async (page) => {
      await page.getByRole('button', { name: 'English' }).click();
      await page.getByRole('heading', { name: 'Parked visits' }).waitFor();
      await page.keyboard.press('F3');
      await page.locator('h1:focus', { hasText: 'Queue and answers' }).waitFor();
    },
  },
  {
    name: 'freeze-near',
    address: '',
    bridge: withFrame({
      freeze: {
        frozen: null,
        countdowns: [
          { rule: 'master-data', value: 9, limit: 14, frozen: false },
          { rule: 'unclosed-days', value: 2, limit: 3, frozen: false },
        ],
      },
    }),
  },
  {
    name: 'freeze-frozen',
    address: '',
    bridge: withFrame({
      freeze: {
        frozen: { code: 'freeze.unsent', params: { value: 1012, limit: 1000 } },
        countdowns: [
          { rule: 'unsent', value: 1012, limit: 1000, frozen: true },
          { rule: 'unclosed-days', value: 2, limit: 3, frozen: false },
        ],
      },
    }),
  },
  { name: 'refused', address: '?refused=store.damaged', bridge: null },
  {
    name: 'recovery-restore',
    address: '?refused=store.damaged',
    bridge: { answers: recoveryAnswers },
    act: async (page) => {
      await page.getByRole('button', { name: 'Obnovit ze zálohy' }).click();
      await page.getByLabel('Obnovovací klíč z listu').fill('069Q W6D8 H850 QN5J 9AQ4');
    },
  },
  {
    name: 'recovery-checked',
    address: '?refused=store.damaged',
    bridge: { answers: recoveryAnswers },
    act: async (page) => {
      await page.getByRole('button', { name: 'Obnovit ze zálohy' }).click();
      await page.getByLabel('Obnovovací klíč z listu').fill('069Q W6D8 H850 QN5J 9AQ4');
      await page.getByRole('button', { name: 'Zkontrolovat zálohu' }).click();
      await page.getByRole('heading', { name: 'Záloha je v pořádku' }).waitFor();
    },
  },
  {
    name: 'recovery-reconciling',
    address: '',
    bridge: {
      answers: {
        'desk.frame': ok({
          ...down,
          session: null,
          recovery: {
            kind: 'restored',
            state: 'reconciling',
            backupAt: minutesAgo(300),
            trouble: { code: 'recovery.code-needed' },
          },
        }),
      },
    },
  },
  {
    name: 'recovery-numbers',
    address: '',
    bridge: {
      answers: {
        ...recoveryAnswers,
        'desk.frame': ok({
          ...frame,
          session: supervisor,
          recovery: { kind: 'restored', state: 'numbering', backupAt: minutesAgo(300), trouble: null },
        }),
      },
    },
    act: async (page) => {
      await page.getByRole('button', { name: 'Dokončit obnovu' }).click();
      await page.getByRole('heading', { name: 'Co obnova zjistila' }).waitFor();
    },
  },
];
