import type { ShippedTemplates } from '../../electron/documents/template-data.ts';

const desk = {
  officeName: 'Městský úřad Klatovy',
  officeAddress: 'náměstí Míru 62, 339 01 Klatovy',
  id: 'KT-01',
};
const clerk = { name: 'Bc. Žofie Řeháčková, DiS.' };

/** Names that break forms: titles on both sides, one name, two surnames, letters of half of Europe. */
export const awkwardNames = [
  'Ing. Mgr. Jan Křtitel Nováček-Štěpánský, Ph.D., MBA, LL.M.',
  'Suharto',
  'Nguyễn Thị Ánh Tuyết',
  'Ștefan Țurcanu-Brâncoveanu',
  'Şükrü Yağmuroğlu Işık',
  'Đorđe Petrović-Njegoš',
  'Łucja Gżegżółka-Błędowska',
  'Ágnes Győrffy-Kőszegi Szűcs',
  'Guðrún Þórsdóttir Ægisdóttir',
  'Ľubomíra Ďurišová-Ťažká',
  'María del Carmen Fernández y García de la Vega',
  'Александра Вълчева (Aleksandra Vălčeva)',
  'Ελένη Παπαδοπούλου',
  'Jürgen Freiherr von und zu Weiß-Größmann',
] as const;

const longText = Array.from(
  { length: 14 },
  (_unused, index) =>
    `${index + 1}. Žádám o projednání věci podle přiložených podkladů. V ulici K Nemocnici č. p. 1234/5 dochází od 1. 4. 2026 ` +
    'k opakovanému zatékání do suterénu, s nímž si vlastníci sousedních nemovitostí ani o. s. Čistá řeka nedokázali poradit; ' +
    'škoda přesáhla 125 000 Kč a k jejímu odstranění je třeba součinnosti úřadu.',
).join('\n');

export const requestSample: ShippedTemplates['request'] = {
  desk,
  document: { number: 'KT-01/2026/000123' },
  service: {
    title: 'Přihlášení psa do evidence',
    legalBasis: 'zákon č. 565/1990 Sb., o místních poplatcích, § 2 a § 14a',
  },
  addressee: { name: 'Městský úřad Nýrsko', address: 'Náměstí 122, 340 22 Nýrsko' },
  applicant: {
    name: awkwardNames[0],
    birthDate: '29. 2. 1980',
    address: 'K Nemocnici 1234/5, Klatovy IV, 339 01 Klatovy',
  },
  sections: [
    {
      title: 'Údaje o psovi',
      parts: [
        {
          fields: [
            { label: 'Jméno psa', value: 'Ťapka' },
            { label: 'Plemeno', value: 'kříženec' },
            { label: 'Číslo čipu', value: '203098100123456' },
            { label: 'Datum narození psa', value: '12. 11. 2025' },
            { label: 'Důvod osvobození' },
          ],
        },
      ],
    },
  ],
  attachments: [
    { title: 'Doklad o očipování', pages: 1 },
    { title: 'Očkovací průkaz', pages: 4 },
  ],
  place: 'V Klatovech',
  date: '2026-04-01',
};

/** A form of several pages with a representative, long answers and many attachments. */
export const longRequestSample: ShippedTemplates['request'] = {
  ...requestSample,
  service: {
    title: 'Obecné podání ve věci ohlášení drobné stavby na pozemku ve společném jmění manželů',
    legalBasis:
      'zákon č. 128/2000 Sb., o obcích, § 16 odst. 2 písm. f); zákon č. 500/2004 Sb., správní řád, § 37',
  },
  represented: {
    name: 'Společenství vlastníků jednotek domu č. p. 1234 až 1238 v ulici K Nemocnici v Klatovech IV',
    organisationId: '01234567',
    address: 'K Nemocnici 1234/5, Klatovy IV, 339 01 Klatovy',
    capacity: 'zmocněnec na základě plné moci',
  },
  sections: [
    { title: 'Obsah podání', parts: [{ fields: [{ label: 'Text podání', value: longText }] }] },
    {
      title: 'Účastníci',
      parts: [
        { fields: awkwardNames.map((name, index) => ({ label: `Účastník č. ${index + 1}`, value: name })) },
      ],
    },
  ],
  attachments: Array.from({ length: 24 }, (_unused, index) => ({
    title: `Příloha ${index + 1}: výkres č. D.1.1.${index + 1} – půdorys a řez, měřítko 1 : 100${index % 5 === 0 ? ', včetně průvodní a souhrnné technické zprávy a vyjádření dotčených vlastníků technické infrastruktury' : ''}`,
    pages: index + 1,
  })),
};

export const acceptanceSample: ShippedTemplates['acceptance-receipt'] = {
  desk,
  document: { number: 'KT-01/2026/000123' },
  service: { title: 'Přihlášení psa do evidence' },
  addressee: { name: 'Městský úřad Nýrsko', address: 'Náměstí 122, 340 22 Nýrsko' },
  applicant: { name: awkwardNames[0] },
  represented: { name: awkwardNames[9], capacity: 'zákonný zástupce' },
  acceptedAt: '2026-04-01T12:05:09.000Z',
  sheets: 3,
  pages: 5,
  attachments: requestSample.attachments,
  contentHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  clerk,
  officeDocument: { jid: '0199c0de-c1e7-7000-8000-0000000000a1', ico: '99900114', dataBoxId: 'vzr2pxa' },
};

export const feeSample: ShippedTemplates['fee-receipt'] = {
  desk,
  document: { number: 'KT-01-P-2026-00047' },
  payer: { name: awkwardNames[4] },
  items: [
    {
      title: 'Vidimace – ověření shody kopie s listinou',
      tariffItem: 'pol. 4 písm. a)',
      quantity: '3 započaté strany × 30 Kč',
      amount: 90,
    },
    {
      title: 'Legalizace – ověření pravosti podpisu',
      tariffItem: 'pol. 5 písm. a)',
      quantity: '1 podpis × 50 Kč',
      amount: 0,
      exemption: {
        title: 'držitel průkazu ZTP nebo ZTP/P',
        paragraph: 'pol. 5 sazebníku, osvobození, bod 1',
      },
    },
    {
      title: 'Výpis z katastru nemovitostí',
      tariffItem: 'pol. 3 písm. a)',
      quantity: '1 výpis',
      amount: 1440,
    },
  ],
  total: 1530,
  payment: 'cash',
  receivedAt: '2026-04-01T12:07:41.000Z',
  clerk,
  place: 'V Klatovech',
};

export const clauseSample: ShippedTemplates['copy-clause'] = {
  desk,
  office: { name: 'Městský úřad Klatovy' },
  document: { number: 'KT-01/2026/000124' },
  bookNumber: '214/2026',
  extent: 'complete',
  form: 'copy',
  source: 'original',
  copyPages: 3,
  sourcePages: 3,
  securityFeature: 'does-not-contain',
  place: 'V Klatovech',
  date: '2026-04-01',
  clerk: { name: 'Bc. Žofie Řeháčková, DiS.' },
};

export const rowSample: ShippedTemplates['register-book-row'] = {
  desk,
  office: { name: 'Městský úřad Klatovy' },
  book: { name: 'Ověřovací kniha č. 2/2026' },
  bookNumber: '214/2026',
  date: '2026-04-01',
  kind: 'V',
  deed: 'souhlasí doslovně, úplná kopie',
  paper: 'vysokoškolský diplom',
  sourcePages: 3,
  sourceSheets: 2,
  copyPages: 3,
  copySheets: 3,
  fee: '90 Kč',
  clerk,
};

const signatureOf = {
  desk,
  office: { name: 'Městský úřad Klatovy' },
  applicant: {
    name: awkwardNames[10],
    birthDate: '1975',
    birthPlace: 'Salamanca, Španělsko',
    address: 'Vídeňská 18, 339 01 Klatovy',
    document: 'Průkaz o povolení k pobytu č. AB0123456',
  },
  witnesses: [
    {
      name: 'Karel Vzorový',
      birthDate: '1. 1. 1980',
      birthPlace: 'Klatovy',
      address: 'Cvičná 12, 339 01 Klatovy',
      document: 'Občanský průkaz č. 999000018',
    },
    {
      name: 'Mgr. Žofie Příkladná, Ph.D.',
      birthDate: '12. 11. 1975',
      birthPlace: 'Plzeň',
      address: 'Školicí 3, 301 00 Plzeň',
      document: 'Cestovní pas č. 99009054',
    },
  ],
};

export const signatureClauseSample: ShippedTemplates['signature-clause'] = {
  ...signatureOf,
  document: { number: 'KT-01/2026/000125' },
  bookNumber: '215/2026',
  manner: 'acknowledged',
  addressIs: 'stay',
  place: 'V Klatovech',
  date: '2026-04-01',
  clerk,
};

const { witnesses, ...ofReader } = signatureClauseSample;
export const blindClauseSample: ShippedTemplates['signature-clause'] = {
  ...ofReader,
  manner: 'signed',
  addressIs: 'permanent',
  contentBy: 'device',
};

export const electronicClauseSample: ShippedTemplates['electronic-signature-clause'] = {
  ...ofReader,
  bookNumber: '216/2026',
  file: { pages: 12, size: 1_482_311 },
  digests: [
    ['SHA-256', 64],
    ['SHA-384', 96],
    ['SHA-512', 128],
    ['SHA-512/256', 64],
  ].map(([algorithm, length]) => ({
    algorithm: String(algorithm),
    value: '0123456789abcdef'.repeat(8).slice(0, Number(length)),
  })),
  certificate: {
    number: '7D:0A:11:FE:02:9B:44:C1:83:5E',
    provider: 'První certifikační autorita, a.s.',
    signer: awkwardNames[0],
    claimedAt: '2026-03-30T19:41:05.000Z',
  },
};
const { certificate: _certificate, ...ofDocument } = electronicClauseSample;
export const seenClauseSample: ShippedTemplates['electronic-signature-clause'] = {
  ...ofDocument,
  ...(witnesses && { witnesses }),
  seen: { page: 3, text: 'usměvavý obličej uprostřed strany, vlevo od data' },
};

export const bookClosingSample: ShippedTemplates['book-closing'] = {
  desk,
  office: { name: 'Městský úřad Klatovy', address: 'náměstí Míru 62/I, 339 01 Klatovy' },
  document: { number: 'KT-01/2026/000999' },
  book: { name: 'Ověřovací kniha' },
  year: '2026',
  last: 1214,
  counts: { copies: 830, signatures: 381, cancelled: 2, lost: 1 },
  cancelled: [
    { number: '199/2026', date: '1. 4. 2026', kind: 'vidimace', reason: 'list se v tiskárně zmačkal' },
    {
      number: '640/2026',
      date: '12. 8. 2026',
      kind: 'legalizace',
      reason: 'žadatel podepsal jiný stejnopis',
    },
    { number: '641/2026', date: '13. 8. 2026', kind: '–', reason: 'ztraceno s diskem' },
  ],
  clerks: [{ name: 'Bc. Žofie Řeháčková, DiS.' }, { name: 'Jana Nováková' }],
  closedAt: '2026-12-31T13:02:00.000Z',
  clerk,
  place: 'V Klatovech',
};

export const guideSample: ShippedTemplates['guide'] = {
  desk,
  document: { number: 'KT-01/2026/000997' },
  title: 'Mám psa',
  summary: 'Jak psa přihlásit u obce, kdy se platí poplatek a co je třeba doložit.',
  sections: [
    { title: 'Kdo', points: [{ text: 'Držitel psa.' }] },
    {
      title: 'Kolik to stojí',
      points: [{ text: 'Ohlášení je bez poplatku. (ověřte u úřadu)' }, { text: 'Poplatek stanoví obec.' }],
    },
  ],
  questions: {
    title: 'Otázky a odpovědi',
    all: [{ question: 'Musí mít pes čip?', answer: 'Ano, čip nebo čitelné tetování.' }],
  },
  law: { title: 'Právní předpisy', all: [{ text: '§ 2 zákon č. 565/1990 Sb.' }] },
  sources: { title: 'Zdroje', all: [{ text: 'zákon č. 565/1990 Sb., o místních poplatcích' }] },
  edition: { title: 'Verze', number: 1 },
  updated: { title: 'aktualizováno', on: '2026-11-29' },
  printed: { title: 'vytištěno', on: '2026-12-01' },
  note: 'Obecná informace, nikoli právní rada ani rozhodnutí úřadu.',
};

export const courseSample: ShippedTemplates['submission-course'] = {
  desk,
  document: { number: 'KT-01/2026/000998' },
  submission: {
    subject: 'Žádost o povolení kácení lípy',
    office: 'Městský úřad Klatovy',
    medium: 'v listinné podobě',
    handedInOn: '2026-02-03',
    referenceNumber: 'MUKT/C1/2026',
  },
  states: [
    { at: '3. 2. 2026 9:12:00', state: 'přijato', by: 'Podatelna', said: '–' },
    {
      at: '10. 2. 2026 11:00:00',
      state: 'výzva k doplnění',
      by: 'Odbor životního prostředí, Ing. Božena Lípová',
      said: 'Doplňte situační zákres s vyznačením dřeviny. lhůta do 25. 2. 2026',
    },
    { at: '26. 3. 2026 8:00:00', state: 'uzavřeno', by: 'Spisovna', said: '–' },
  ],
  asOf: '2026-04-01T12:05:09.000Z',
  printedAt: '2026-04-01T12:05:10.000Z',
  clerk,
};

export const messageSample: ShippedTemplates['mailbox-message'] = {
  desk,
  document: { number: 'KT-01/2026/000999' },
  message: {
    office: 'Magistrát města Plzně',
    subject: 'Výzva k doplnění – plot',
    sentAt: '2026-03-27T09:30:00.000Z',
    referenceNumber: 'MMP/C2/2026',
    paragraphs: [{ text: 'Dobrý den,' }, { text: 'v příloze posíláme výzvu k doplnění.' }],
  },
  attachments: [{ name: 'vyzva.pdf' }],
  printedAt: '2026-04-01T12:05:10.000Z',
  clerk,
};

export const signatureRowSample: ShippedTemplates['register-book-row'] = {
  ...signatureOf,
  bookNumber: '215/2026',
  date: '2026-04-01',
  kind: 'L',
  deed: 'uznal(a) podpis za vlastní',
  outside: { place: 'Domov pro seniory, Klatovy', reason: 'žadatel se nemůže dostavit' },
  book: { name: 'Ověřovací kniha' },
  clerk,
  paper: 'kupní smlouva o převodu nemovitosti',
  fee: 'osvobozeno – pol. 5 sazebníku, osvobození, bod 1',
};

export const correctionSample: ShippedTemplates['correction-receipt'] = {
  desk,
  document: { number: 'KT-01/2026/000130' },
  corrected: {
    number: 'KT-01/2026/000123',
    title: 'Přihlášení psa do evidence',
    acceptedAt: '2026-04-01T12:05:09.000Z',
  },
  changes: [
    { label: 'Číslo čipu', before: '203098100123456', after: '203098100123465' },
    { label: 'Důvod osvobození', after: 'držitel je starší 65 let a žije sám' },
    {
      label: 'Adresa',
      before: 'K Nemocnici 1234/5, Klatovy IV',
      after: 'K Nemocnici 1235/7, Klatovy IV, 339 01 Klatovy',
    },
  ],
  officeDocument: { jid: '0199c0de-c1e7-7000-8000-0000000000a2', ico: '99900114', dataBoxId: 'vzr2pxa' },
  reason: 'Žadatel upozornil na překlep v čísle čipu a doložil průkaz.',
  correctedAt: '2026-04-01T13:40:02.000Z',
  applicant: { name: awkwardNames[0] },
  clerk,
};

export const dayLogSample: ShippedTemplates['day-log'] = {
  desk,
  period: '1. 4. 2026 – 30. 4. 2026',
  count: 64,
  exportedAt: '2026-05-01T06:12:09.000Z',
  clerk,
  entries: Array.from({ length: 64 }, (_unused, index) => ({
    sequence: String(1240 + index),
    time: `${1 + (index % 30)}. 4. 2026 9:${String(10 + (index % 50))}:07`,
    what: index % 3 === 0 ? 'Přijetí podání' : 'Ověření totožnosti',
    about:
      index % 5 === 0
        ? 'Přihlášení psa do evidence · 12/2026 · Žadatel předložil potvrzení Řádu svatého Jiří, podání doplní do 30. 4. 2026'
        : 'Obecné podání',
    ticket: index % 7 === 0 ? '–' : String(1 + (index % 40)),
    clerk: `${awkwardNames[index % 3]} (obsluha)`,
  })),
};

export const cancellationSample: ShippedTemplates['receipt-cancellation'] = {
  desk,
  document: { number: 'S-3/2026' },
  receipt: { number: '12/2026', issuedAt: '2026-04-01T12:05:09.000Z' },
  payer: { name: awkwardNames[0] },
  items: [
    { title: 'Vidimace', tariffItem: 'pol. 4 písm. a)', amount: 90 },
    { title: 'Ohlášení drobné stavby', tariffItem: 'pol. 17 odst. 1 písm. h)', amount: 500 },
  ],
  total: 590,
  payment: 'cash',
  reason: 'Klient platí kartou; hotovost mu byla vrácena.',
  cancelledAt: '2026-04-01T12:09:44.000Z',
  clerk,
  place: 'V Klatovech',
};

export const closingSample: ShippedTemplates['closing-report'] = {
  desk,
  document: { number: '64/2026' },
  period: '31. 3. 2026 až 1. 4. 2026',
  entries: { first: 1204, last: 1561, acts: 214 },
  closedAt: '2026-04-01T15:32:10.000Z',
  closedBy: awkwardNames[3],
  way: 'deputy',
  inPlaceOf: 'Ing. Řehoř Dvořák, Ph.D.',
  clerks: `${clerk.name}, ${awkwardNames[0]}`,
  services: [
    { title: 'Obecné podání', count: 11 },
    { title: 'Přihlášení psa do evidence', count: 3 },
    { title: 'Vidimace', count: 24 },
  ],
  fees: [
    { title: 'Ohlášení drobné stavby', item: 'pol. 17 odst. 1 písm. h)', quantity: 2, amount: 1000 },
    { title: 'Vidimace', item: 'pol. 4 písm. a)', quantity: 61, amount: 1830 },
  ],
  cash: {
    opening: 2000,
    fees: 2230,
    refunds: 90,
    in: 500,
    out: 1000,
    expected: 3640,
    counted: 3630,
    difference: -10,
    differenceReason: 'chyba při vracení',
    cardFees: 600,
    cardRefunds: 0,
  },
  counts: [
    { value: 1000, pieces: 2, amount: 2000 },
    { value: 500, pieces: 2, amount: 1000 },
    { value: 200, pieces: 1, amount: 200 },
    { value: 100, pieces: 3, amount: 300 },
    { value: 50, pieces: 1, amount: 50 },
    { value: 20, pieces: 3, amount: 60 },
    { value: 10, pieces: 1, amount: 10 },
    { value: 5, pieces: 1, amount: 5 },
    { value: 2, pieces: 2, amount: 4 },
    { value: 1, pieces: 1, amount: 1 },
  ],
  book: [
    { at: '31. 3. 2026 8:02', paper: '', text: 'dotace pokladny', income: '500\u00a0Kč', expense: '' },
    ...Array.from({ length: 30 }, (_unused, index) => ({
      at: `1. 4. 2026 ${8 + (index % 8)}:${10 + index}`,
      paper: index === 9 ? 'S-3/2026' : `${210 + index}/2026`,
      text: index === 9 ? 'vráceno, storno stvrzenky, klient platí kartou' : 'správní poplatek',
      income: index === 9 ? '' : '90\u00a0Kč',
      expense: index === 9 ? '90\u00a0Kč' : '',
    })),
    {
      at: '1. 4. 2026 15:20',
      paper: '',
      text: 'hlavní pokladna úřadu',
      income: '',
      expense: '1\u00a0000\u00a0Kč',
    },
  ],
  series: [
    { name: 'Stvrzenky', range: '210–239/2026', count: 30 },
    { name: 'Storna stvrzenek', range: '3/2026', count: 1 },
    { name: 'Ověřovací kniha – vidimace', range: '180–203/2026', count: 24 },
  ],
  cancelled: [
    { number: 'Stvrzenky 219/2026', reason: 'klient platí kartou' },
    {
      number: 'Ověřovací kniha – vidimace 199/2026',
      reason: 'list se při tisku zničil; vydáno nové číslo 200/2026',
    },
  ],
  exceptions: [
    { name: 'Opakovaný tisk', count: 2, open: 0 },
    { name: 'Storno stvrzenky', count: 1, open: 1 },
  ],
  carried: [
    { what: 'Návštěva č. 12 – odložená', reason: 'Klient doloží přílohu zítra.' },
    { what: 'Neposouzená událost: Storno stvrzenky, návštěva č. 7', reason: 'Posoudí vedoucí po návratu.' },
  ],
  checkpoint: {
    size: 1561,
    rootHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    note: 'virtuos.example/0199c0de-c1e7-7000-8000-0000000000d1\n1561\nn4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n\n— virtuos.example/0199c0de-c1e7-7000-8000-0000000000d1 az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n',
  },
  place: 'V Klatovech',
};

export const testPageSample: ShippedTemplates['printer-test-page'] = {
  office: { name: 'Městský úřad Klatovy' },
  deskId: 'KT-01',
  printer: { name: 'Kancelářská tiskárna u přepážky', tray: '1' },
  printedAt: '2026-04-01T12:05:09.000Z',
  clerk,
};

export const separatorSample: ShippedTemplates['separator-sheet'] = {
  office: { name: 'Městský úřad Klatovy' },
  deskId: 'KT-01',
};

export const extractClauseSample: ShippedTemplates['extract-clause'] = {
  desk,
  office: { name: 'Městský úřad Klatovy' },
  document: { number: 'KT-01/2026/000140' },
  evidenceNumber: 'X-V-2026-0000012-49',
  register: 'Výpis z katastru nemovitostí',
  sheets: 3,
  partial: true,
  checkAddress: 'https://portal.example.cz/overeni/X-V-2026-0000012-49',
  place: 'V Klatovech',
  date: '2026-04-01',
  clerk: { name: 'Bc. Žofie Řeháčková, DiS.' },
};

export const conversionToPaperSample: ShippedTemplates['conversion-to-paper-clause'] = {
  desk,
  office: { name: 'Městský úřad Klatovy' },
  document: { number: 'KT-01/2026/000142' },
  evidenceNumber: 'X-V-2026-0000014-55',
  sheets: 3,
  checkedAt: '2026-04-01T12:05:09.000Z',
  signatures: [
    {
      kind: 'signature',
      signer: awkwardNames[0],
      certificateNumber: '1624929662292788729',
      provider: 'Cvičný poskytovatel služeb, CVIČNÝ Qualified CA',
    },
    {
      kind: 'seal',
      signer: 'Město Štěnovice',
      certificateNumber: '99120437',
      provider: 'Cvičný poskytovatel služeb, CVIČNÝ Qualified CA',
    },
  ],
  timestamps: [{ at: '2026-03-30T08:15:00.000Z', number: '55102', provider: 'Cvičný poskytovatel služeb' }],
  checkAddress: 'https://portal.example.cz/overeni/X-V-2026-0000014-55',
  place: 'V Klatovech',
  date: '2026-04-01',
  clerk,
};

export const conversionToElectronicSample: ShippedTemplates['conversion-to-electronic-clause'] = {
  desk,
  office: { name: 'Městský úřad Klatovy' },
  document: { number: 'KT-01/2026/000143' },
  evidenceNumber: 'X-K-2026-0000015-58',
  sheets: 2,
  features: 'vodoznak, suchá pečeť nebo reliéfní ražba',
  checkAddress: 'https://portal.example.cz/overeni/X-K-2026-0000015-58',
  place: 'V Klatovech',
  date: '2026-04-01',
  clerk,
};

export const depotReceiptSample: ShippedTemplates['depot-receipt'] = {
  desk,
  document: { number: 'KT-01/2026/000144' },
  evidenceNumber: 'X-K-2026-0000015-58',
  token: 'ABCD-EFGH-2345-JKLM-6789',
  address: 'https://portal.example.cz/uschovna',
  fileAddress: 'https://portal.example.cz/uschovna/ABCD-EFGH-2345-JKLM-6789',
  expiresOn: '2026-05-01',
  issuedAt: '2026-04-01T12:07:41.000Z',
  clerk,
};

const { evidenceNumber: _evidenceNumber, ...ofDepot } = depotReceiptSample;
export const clauseReceiptSample: ShippedTemplates['depot-receipt'] = { ...ofDepot, bookNumber: '216/2026' };

const paper = {
  subject: 'Žádost o opravu osvětlení v Cvičné ulici',
  sheets: 2,
  attachments: 3,
  attachmentSheets: 7,
};
export const paperLabelSample: ShippedTemplates['paper-label'] = {
  desk,
  document: { number: '0190A1B2-C3D4E5' },
  addressee: { name: 'Městský úřad Nýrsko', address: 'Náměstí 122, 340 22 Nýrsko' },
  acceptedAt: '2026-04-01T12:05:09.000Z',
  paper,
  clerk,
};

export const completionCallSample: ShippedTemplates['completion-call'] = {
  desk,
  document: { number: '0190A1B2-C3D4E6' },
  office: { name: 'Městský úřad Nýrsko', address: 'Náměstí 122, 340 22 Nýrsko' },
  applicant: { name: awkwardNames[0], address: 'K Nemocnici 1234/5, Klatovy IV, 339 01 Klatovy' },
  submission: {
    title: 'Kácení dřevin rostoucích mimo les',
    acceptedAt: '2026-04-01T12:05:09.000Z',
    receiptNumber: '0190A1B2-C3D4E5',
  },
  referenceNumber: 'MUNY/17/2026',
  fileNumber: 'SZ MUNY/17/2026',
  reason: 'Připojte situační zákres, v němž budou dřeviny očíslovány podle seznamu v žádosti.',
  deadline: '2026-05-04',
  place: 'V Klatovech',
  date: '2026-04-10',
};

export const archiveRequestSample: ShippedTemplates['archive-request'] = {
  desk,
  document: { number: 'KT-01/2026/000141' },
  evidenceNumber: 'X-V-2026-0000013-52',
  service: { title: 'Výpis z Rejstříku trestů' },
  applicant: { name: awkwardNames[10], birthDate: '1. 4. 1980', address: 'Vídeňská 18, 339 01 Klatovy' },
  represented: { name: 'Ing. Šárka Ďurišová, Ph.D.', birthDate: '22. 6. 1969', capacity: 'zmocněnec' },
  requestNumber: '0190A1B2-C3D4E5',
  seal: {
    certificateNumber: '1624929662292788729',
    provider: 'Cvičný poskytovatel služeb, CVIČNÝ Qualified CA',
    result: 'platná',
  },
  issuedAt: '2026-04-01T12:07:41.000Z',
  clerk,
};

export const extractTicketSample: ShippedTemplates['extract-ticket'] = {
  desk,
  document: { number: 'KT-01/2026/000142' },
  service: { title: 'Výpis z Rejstříku trestů' },
  ticket: 'RT-7K4F-92QM',
  expectedOn: '2026-04-08',
  identityAsked: true,
  issuedAt: '2026-04-01T12:07:41.000Z',
  clerk,
};

export const refundSample: ShippedTemplates['refund-receipt'] = {
  desk,
  document: { number: 'V-3/2026' },
  receipt: { number: '118/2026', issuedAt: '2026-04-01T12:07:41.000Z' },
  recipient: { name: awkwardNames[10] },
  items: [
    { title: 'Výpis z katastru nemovitostí', tariffItem: 'pol. 3', amount: 100 },
    {
      title: 'Ohlášení živnosti',
      tariffItem: 'pol. 24',
      amount: 1000,
      payee: 'Obecní živnostenský úřad Klatovy',
    },
  ],
  total: 1100,
  payment: 'cash',
  reason: 'poškozená doložka',
  refundedAt: '2026-04-01T13:00:00.000Z',
  clerk,
  place: 'V Klatovech',
};

const accountCommon = { desk, place: 'V Klatovech', date: '2026-04-01' };
const accountApplicant = {
  name: awkwardNames[10] ?? '',
  birthDate: '1. 4. 1980',
  address: 'Vídeňská 18, 339 01 Klatovy',
};
const accountUsers = [
  {
    name: 'Hostivít Výjimečný',
    account: 'U-2026-000002',
    rights: 'nově: správa uživatelů organizace, podání za organizaci',
  },
  {
    name: 'Eliška Nováčková-Šťovíčková',
    account: 'U-2026-000003',
    rights: 'změna práv: sledování podání, informační schránka, rezervace času',
  },
  { name: 'Svatopluk Mezní', account: 'U-2026-000007', rights: 'odebrat' },
];

export const accountDeclarationSample: ShippedTemplates['account-declaration'] = {
  ...accountCommon,
  document: { number: 'KT-01/2026/000151' },
  service: { title: 'Účet občana: registrace a aktivace' },
  applicant: accountApplicant,
  identityDocument: 'Občanský průkaz č. 999000018',
  signatories: [],
  rows: [
    { label: 'Úkon', value: 'zaregistrovat a aktivovat účet občana' },
    { label: 'Uživatelské jméno', value: 'jan.vzorovy' },
    { label: 'E-mail', value: 'jan.vzorovy@cvicne.example' },
  ],
  isOpening: true,
};

export const organisationDeclarationSample: ShippedTemplates['account-declaration'] = {
  ...accountCommon,
  document: { number: 'KT-01/2026/000152' },
  service: { title: 'Účet organizace a jeho uživatelé' },
  applicant: accountApplicant,
  identityDocument: 'Občanský průkaz č. 999000018',
  capacity: 'člen statutárního orgánu, společně s dalšími',
  others: [
    {
      name: awkwardNames[2] ?? '',
      birthDate: '3. 3. 1986',
      how: 'totožnost ověřena zde: Občanský průkaz č. 999000108',
    },
    {
      name: 'Dr. Jürgen Götz Großmüller',
      birthDate: '6. 6. 1979',
      how: 'úředně ověřený podpis: Městský úřad Nýrsko, 44/2026',
    },
  ],
  signatories: [{ name: awkwardNames[2] ?? '' }],
  rows: [
    { label: 'Úkon', value: 'změnit uživatele účtu organizace' },
    { label: 'Účet', value: '„U Tří žab“ s. r. o.' },
  ],
  usersTitle: 'Uživatelé účtu',
  users: accountUsers,
};

export const accountReceiptSample: ShippedTemplates['account-receipt'] = {
  ...accountCommon,
  document: { number: 'KT-01/2026/000153' },
  service: { title: 'Účet občana: registrace a aktivace' },
  applicant: accountApplicant,
  rows: accountDeclarationSample.rows,
  acceptedAt: '2026-04-01T12:07:41.000Z',
  offline: true,
  hasCode: true,
  contentHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  clerk,
};

export const accountCredentialsSample: ShippedTemplates['account-credentials'] = {
  desk,
  document: { number: 'KT-01/2026/000154' },
  name: accountApplicant.name,
  account: 'jan.vzorovy',
  code: '7K4F-92QM-XWRT',
  expiresOn: '2026-04-15',
  issuedAt: '2026-04-01T12:07:41.000Z',
  clerk,
};

export const accountActivationSample: ShippedTemplates['account-activation'] = {
  ...accountCommon,
  document: { number: 'KT-01/2026/000155' },
  applicant: accountApplicant,
  account: {
    number: 'U-2026-000012',
    userName: 'jan.vzorovy',
    email: 'jan.vzorovy@cvicne.example',
    state: 'aktivní',
  },
  verifiedBy: 'Městský úřad Klatovy',
  doneAt: '2026-04-01T12:07:43.000Z',
  clerk,
};

export const accountChangeSample: ShippedTemplates['account-change'] = {
  ...accountCommon,
  document: { number: 'KT-01/2026/000156' },
  title: 'Potvrzení o ukončení účtu',
  holder: accountApplicant.name,
  account: { number: 'U-2026-000012', userName: 'jan.vzorovy', state: 'ukončený' },
  rows: [
    { label: 'Úkon', value: 'ukončit účet' },
    { label: 'Důvod', value: 'držitel účet nepotřebuje' },
  ],
  isEnd: true,
  doneAt: '2026-04-01T12:07:43.000Z',
  clerk,
};

export const accountOrganisationSample: ShippedTemplates['account-organisation'] = {
  ...accountCommon,
  document: { number: 'KT-01/2026/000157' },
  organisation: { name: 'Müller & Škvor – řeznictví, v. o. s.', ico: '99900238' },
  applicant: accountApplicant,
  capacity: 'zmocněnec – jen změny uživatelů účtu',
  account: { number: 'U-2026-000013', state: 'aktivní' },
  usersTitle: 'Uživatelé účtu',
  users: accountUsers.slice(0, 2).map((user) => ({ ...user, rights: user.rights.replace(/^.*: /, '') })),
  doneAt: '2026-04-01T12:07:43.000Z',
  clerk,
};

export const bookingTicketSample: ShippedTemplates['booking-ticket'] = {
  desk,
  document: { number: '0199C0DE-000142' },
  number: 'K7M4Q',
  code: 'VIRTUOS-LISTEK:0199c0de-b00c-7000-8000-000000000001',
  agenda: 'Ověřování (vidimace, legalizace)',
  bring: 'Doklad totožnosti a listiny, které chcete ověřit.',
  booked: { weekday: 'středa', date: '2026-04-08', time: '09:20' },
  waits: false,
  pending: true,
  issuedAt: '2026-04-01T12:07:41.000Z',
};

/** Each shipped template with data that strain it; the file name of its preview comes first. */
export const samples = [
  { file: 'request', template: 'request', data: requestSample },
  { file: 'request-long', template: 'request', data: longRequestSample },
  { file: 'acceptance-receipt', template: 'acceptance-receipt', data: acceptanceSample },
  {
    file: 'acceptance-receipt-numbered',
    template: 'acceptance-receipt',
    data: { ...acceptanceSample, referenceNumber: 'MUNY/2026/01234/OŽP' },
  },
  { file: 'fee-receipt', template: 'fee-receipt', data: feeSample },
  { file: 'copy-clause', template: 'copy-clause', data: clauseSample },
  { file: 'register-book-row', template: 'register-book-row', data: rowSample },
  { file: 'signature-clause', template: 'signature-clause', data: signatureClauseSample },
  { file: 'signature-clause-blind', template: 'signature-clause', data: blindClauseSample },
  {
    file: 'electronic-signature-clause',
    template: 'electronic-signature-clause',
    data: electronicClauseSample,
  },
  {
    file: 'electronic-signature-clause-seen',
    template: 'electronic-signature-clause',
    data: seenClauseSample,
  },
  { file: 'guide', template: 'guide', data: guideSample },
  { file: 'mailbox-message', template: 'mailbox-message', data: messageSample },
  { file: 'submission-course', template: 'submission-course', data: courseSample },
  { file: 'book-closing', template: 'book-closing', data: bookClosingSample },
  { file: 'register-book-row-signature', template: 'register-book-row', data: signatureRowSample },
  { file: 'extract-clause', template: 'extract-clause', data: extractClauseSample },
  {
    file: 'conversion-to-paper-clause',
    template: 'conversion-to-paper-clause',
    data: conversionToPaperSample,
  },
  {
    file: 'conversion-to-electronic-clause',
    template: 'conversion-to-electronic-clause',
    data: conversionToElectronicSample,
  },
  { file: 'depot-receipt', template: 'depot-receipt', data: depotReceiptSample },
  {
    file: 'depot-receipt-signature',
    template: 'depot-receipt',
    data: clauseReceiptSample,
  },
  { file: 'paper-label', template: 'paper-label', data: paperLabelSample },
  { file: 'completion-call', template: 'completion-call', data: completionCallSample },
  {
    file: 'paper-receipt',
    template: 'acceptance-receipt',
    data: { ...acceptanceSample, paper, attachments: [] },
  },
  { file: 'archive-request', template: 'archive-request', data: archiveRequestSample },
  { file: 'extract-ticket', template: 'extract-ticket', data: extractTicketSample },
  { file: 'booking-ticket', template: 'booking-ticket', data: bookingTicketSample },
  { file: 'refund-receipt', template: 'refund-receipt', data: refundSample },
  { file: 'correction-receipt', template: 'correction-receipt', data: correctionSample },
  { file: 'account-declaration', template: 'account-declaration', data: accountDeclarationSample },
  {
    file: 'account-declaration-organisation',
    template: 'account-declaration',
    data: organisationDeclarationSample,
  },
  { file: 'account-receipt', template: 'account-receipt', data: accountReceiptSample },
  { file: 'account-credentials', template: 'account-credentials', data: accountCredentialsSample },
  { file: 'account-activation', template: 'account-activation', data: accountActivationSample },
  { file: 'account-change', template: 'account-change', data: accountChangeSample },
  { file: 'account-organisation', template: 'account-organisation', data: accountOrganisationSample },
  { file: 'receipt-cancellation', template: 'receipt-cancellation', data: cancellationSample },
  { file: 'closing-report', template: 'closing-report', data: closingSample },
  { file: 'day-log', template: 'day-log', data: dayLogSample },
  { file: 'printer-test-page', template: 'printer-test-page', data: testPageSample },
  { file: 'separator-sheet', template: 'separator-sheet', data: separatorSample },
] as const;
