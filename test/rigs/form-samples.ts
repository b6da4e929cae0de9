/** A filled-in form of each kind of submission that asks for more than fields: what the window would send. */

const klatovy = { code: '555771', name: 'Klatovy' };
const nyrsko = { code: '556831', name: 'Nýrsko' };
const person = (name: string, birthDate = '1980-04-01', address = 'Cvičná 12, 339 01 Klatovy') => ({
  name,
  birthDate,
  address,
});
const organisation = { name: 'Penzion U Cvičné lípy s. r. o.', ico: '99900114', seat: 'Cvičná 7, Klatovy' };

export type FormSample = {
  data: Record<string, unknown>;
  /** Who receives it, where the clerk says. */
  addresseeId: string | null;
  /** Who receives it in the end. */
  goesTo: string;
  /** What stands on the printed request, computed and named. */
  printed: string[];
  /** Attachments that are asked for. */
  slots: string[];
};

export const formSamples: Readonly<Record<string, FormSample>> = {
  'dog-registration': {
    data: {
      keeperName: 'Žaneta Nováková',
      keepingPlace: 'Cvičná 12, 339 01 Klatovy',
      keptSince: '2026-08-15',
      dogName: 'Žofka',
      breed: 'jezevčík hladkosrstý',
      sex: 'female',
      colour: 'černá s pálením',
      born: '2026-04',
      chipNumber: '203098100999001',
      purpose: 'companion',
      feeRelief: 'disability',
      reliefProof: 'průkaz ZTP/P č. CV 000123',
    },
    addresseeId: 'klatovy',
    goesTo: 'klatovy',
    printed: ['04/2026', 'průkaz ZTP/P č. CV 000123'],
    slots: ['vaccination-card', 'relief-proof'],
  },
  'small-building-notice': {
    data: {
      builderName: 'Jan Novák',
      builderAddress: 'Cvičná 12, 339 01 Klatovy',
      buildingType: 'shed',
      description: 'Dřevěná kůlna na nářadí na betonových patkách, pultová střecha.',
      cadastralArea: 'Klatovy',
      parcels: '123/4, st. 56',
      builtUpArea: 15.75,
      height: 3.2,
      cellar: false,
      landTitle: 'co-owner',
      execution: 'self',
      contractor: 'zůstalo z omylu',
    },
    addresseeId: 'klatovy',
    goesTo: 'klatovy',
    printed: ['15,75', 'spoluvlastník'],
    slots: ['site-plan', 'drawing', 'owner-consent'],
  },
  'tree-felling': {
    data: {
      kind: 'permit',
      municipality: nyrsko,
      street: { code: '900017', name: 'Cvičná' },
      cadastralArea: 'Nýrsko',
      parcels: '410/2',
      right: 'tenant',
      trees: [
        { form: 'tree', species: 'lípa srdčitá', count: 2, girth: 145 },
        { form: 'tree', species: 'smrk ztepilý', count: 3, girth: 98.5 },
        { form: 'shrub', species: 'bez černý', area: 42.5 },
      ],
      reason: 'Stromy prosychají a ohrožují příjezd k domu.',
      planting: 'Tři lípy v obvodu kmínku 12 cm na témže pozemku.',
    },
    addresseeId: null,
    goesTo: 'nyrsko',
    printed: ['Dřevina 3', 'lípa srdčitá', 'Stromů celkem', '42,5'],
    slots: ['site-drawing', 'right-to-land', 'owner-consent'],
  },
  'public-space': {
    data: {
      municipality: klatovy,
      place: 'severní polovina náměstí před č. p. 62',
      purpose: 'event',
      eventName: 'Cvičný jarmark',
      visitors: 400,
      from: '2026-12-19',
      to: '2026-12-20',
      days: 2,
      width: 12.5,
      length: 20,
    },
    addresseeId: null,
    goesTo: 'klatovy',
    printed: ['Cvičný jarmark', '250', '500'],
    slots: ['sketch', 'organiser'],
  },
  'information-request': {
    data: {
      applicant: { kind: 'organisation', ...organisation },
      deliver: 'data-box',
      dataBox: 'vzr2pxa',
      questions: [
        { subject: 'Smlouvy o zimní údržbě komunikací včetně cen.', from: '2024', to: '2026-03' },
        { subject: 'Počet přestupků proti pořádku.' },
      ],
      form: 'data',
    },
    addresseeId: 'nyrsko',
    goesTo: 'nyrsko',
    printed: ['IČO 99900114', 'Informace 2', '03/2026'],
    slots: ['enclosure'],
  },
  petition: {
    data: {
      subject: 'Zachování lesoparku',
      content: 'Žádáme, aby město zachovalo lesopark v nynějším rozsahu.',
      by: 'committee',
      committee: [
        { member: { name: 'Jana Cvičná', address: 'Cvičná 1, Klatovy' }, represents: true },
        { member: { name: 'Petr Zkušební', address: 'Pražská 2, Klatovy' } },
      ],
      signed: 'listed',
      signatories: [
        { name: 'Adam Příklad', address: 'Cvičná 3, Klatovy', on: '2026-10-01' },
        { name: 'Božena Vzorová', address: 'Cvičná 4, Klatovy' },
        { name: 'Čeněk Ukázkový', address: 'Cvičná 5, Klatovy', on: '2026-10-02' },
      ],
    },
    addresseeId: 'klatovy',
    goesTo: 'klatovy',
    printed: ['Člen výboru 2', 'Čeněk Ukázkový', 'Podpisů celkem'],
    slots: ['text'],
  },
  complaint: {
    data: {
      about: 'procedure',
      fileNumber: 'MUKT/SP/12/2026',
      when: '2026-09',
      facts: 'Na podání ze září úřad dosud neodpověděl.',
      proposal: 'Zjednat nápravu a odpovědět.',
      aware: true,
      inform: true,
    },
    addresseeId: 'klatovy',
    goesTo: 'klatovy',
    printed: ['MUKT/SP/12/2026', '09/2026'],
    slots: ['evidence'],
  },
  'surname-change': {
    data: {
      applicant: person('Žaneta Nováková'),
      birthPlace: 'Klatovy',
      spouse: person('Karel Cvičný', '1979-07-12'),
      weddingOn: '2026-06-20',
      weddingPlace: 'Linec',
      weddingAbroad: true,
      weddingCountry: { code: 'AUT', name: 'Rakousko' },
      present: 'Nováková',
      wanted: 'Cvičná',
      reason: 'Společné příjmení rodiny.',
      withChildren: 'yes',
      children: [
        {
          child: { name: 'Tereza Nováková', birthDate: '2010-02-03' },
          birthPlace: 'Klatovy',
          over15: true,
          consent: true,
        },
        { child: { name: 'Filip Novák', birthDate: '2018' }, birthPlace: 'Plzeň' },
      ],
    },
    addresseeId: 'klatovy',
    goesTo: 'klatovy',
    printed: ['Rakousko', 'Dítě 2', 'nar. 2018'],
    slots: ['marriage-certificate', 'birth-certificate', 'children-certificates', 'translation'],
  },
  'stay-fee-return': {
    data: {
      payer: { kind: 'organisation', ...organisation },
      municipality: klatovy,
      facility: 'Penzion U Cvičné lípy, Cvičná 7',
      periodFrom: '2026-07-01',
      periodTo: '2026-09-30',
      rate: 21.5,
      months: [
        { month: '2026-07', guests: 120, days: 340, exempt: 40 },
        { month: '2026-08', guests: 141, days: 402, exempt: 52 },
        { month: '2026-09', guests: 64, days: 150, exempt: 0 },
      ],
      paid: 10000,
    },
    addresseeId: null,
    goesTo: 'klatovy',
    printed: ['07/2026', '6450', '892', '17 200', '7200'],
    slots: ['book'],
  },
  'accommodation-provider': {
    data: {
      what: 'start',
      since: '2026-10-01',
      provider: organisation,
      representatives: [{ person: { name: 'Karel Cvičný', birthDate: '1979-07-12' }, function: 'jednatel' }],
      moreAccounts: true,
      accounts: [{ number: '19-2000145399/0800' }],
      municipality: klatovy,
      houses: [
        {
          name: 'Penzion U Cvičné lípy',
          street: { code: '900001', name: 'Cvičná' },
          number: '7',
          beds: 24,
          kind: 'hotel',
        },
        { name: 'Apartmán Nádražní', number: '101/3', beds: 6, kind: 'flat' },
      ],
    },
    addresseeId: null,
    goesTo: 'klatovy',
    printed: ['Zařízení 2', 'Lůžek celkem', '30', '19-2000145399/0800'],
    slots: ['authorisation'],
  },
  appeal: {
    data: {
      referenceNumber: 'MUKT/123/2026',
      issuedOn: '2026-11-02',
      matter: 'umístění stavby',
      delivered: 'yes',
      deliveredOn: '2026-11-06',
      extent: 'part',
      statements: 'výrok II.',
      grounds: 'Úřad nevypořádal námitky podatele.',
      proposal: 'return',
    },
    addresseeId: 'klatovy',
    goesTo: 'klatovy',
    printed: ['výrok II.', '6. 11. 2026'],
    slots: ['decision', 'evidence'],
  },
  'pension-recipient': {
    data: {
      entitled: person('Božena Cvičná', '1941-03-08'),
      municipality: nyrsko,
      pension: 'old-age',
      able: 'no',
      recipient: { kind: 'person', ...person('Jana Cvičná', '1970-01-05') },
      relation: 'dcera',
      agrees: true,
      ground: 'cannot-receive',
      details: 'Oprávněná je po mrtvici a peníze sama nepřevezme.',
    },
    addresseeId: null,
    goesTo: 'nyrsko',
    printed: ['Božena Cvičná, nar. 8. 3. 1941', 'dcera'],
    slots: ['doctor', 'pension'],
  },
};
