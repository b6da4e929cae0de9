import type { Page } from 'playwright';
import { serviceDefinition } from '../../../electron/contract/services.ts';
import { buildMrz, type MrzContent } from '../../../electron/values/testing/build-mrz.ts';
import generalSubmission from '../../../resources/catalogue/services/general-submission.json' with {
  type: 'json',
};
import legalizace from '../../../resources/catalogue/services/legalizace.json' with { type: 'json' };
import type { ScriptedCounter, World } from './scripted-counter.ts';

const { form: _, ...formless } = serviceDefinition.parse(generalSubmission);
/** A service that begins with its papers, of three kinds. */
const papers: World['definitions'][number] = {
  ...formless,
  id: 'papers',
  title: { cs: 'Papíry ke spisu', en: 'Papers for a file' },
  steps: ['attachments', 'accept'],
  attachments: {
    slots: [
      ['application', 'Žádost', 'Application'],
      ['mandate', 'Plná moc', 'Power of attorney'],
      ['enclosure', 'Další přílohy', 'Other enclosures'],
    ].map(([id = '', cs = '', en = '']) => ({ id, title: { cs, en }, required: false, maxPages: 100 })),
  },
};

/** The steps of a visit as a clerk walks through them with the keyboard. Every person is fictitious. */

export type Desk = {
  page: Page;
  counter: ScriptedCounter;
  /** Takes a picture under the name and looks for faults. */
  show(name: string): Promise<void>;
};
export type Walk = { name: string; world?: Partial<World>; walk(desk: Desk): Promise<void> };

const person: MrzContent = {
  ...{ format: 'TD1', documentCode: 'ID', issuer: 'CZE', documentNumber: '998001234', nationality: 'CZE' },
  ...{ birthDate: { year: 1984, month: 5, day: 17 }, expiryDate: { year: 2033, month: 8, day: 2 }, sex: 'F' },
  ...{ surname: 'Nováková Černá', givenNames: 'Žaneta Ludmila' },
};
const withWrongDigit = (lines: string[]): string[] =>
  lines.map((line, index) =>
    index === 0 ? `${line.slice(0, 14)}${(Number(line.charAt(14)) + 3) % 10}${line.slice(15)}` : line,
  );

const primary = (page: Page) => page.locator('.bar .button.primary');
export const next = async (page: Page): Promise<void> => {
  await primary(page).and(page.locator(':not([disabled]):not([aria-busy])')).waitFor();
  await page.keyboard.press('Control+Enter');
};
const heading = (page: Page, text: string) => page.getByRole('heading', { level: 1, name: text });
const type = (page: Page, label: string, text: string) =>
  page.getByLabel(label, { exact: true }).first().fill(text);

async function confirmPerson({ page, counter }: Desk): Promise<void> {
  counter.read(buildMrz(person));
  await heading(page, 'Ověření totožnosti').waitFor();
  await type(page, 'Jméno, popř. jména', 'Žaneta Ludmila');
  await type(page, 'Příjmení', 'Nováková Černá');
  await type(page, 'Titul před', 'Mgr.');
  await type(page, 'Ulice', 'Pražská');
  await type(page, 'Číslo', '113');
  await type(page, 'Obec', 'Klatovy');
  await type(page, 'PSČ', '339 01');
  await type(page, 'Rodné číslo', '845517/0019');
}
async function verified(desk: Desk): Promise<void> {
  await confirmPerson(desk);
  await next(desk.page);
  await heading(desk.page, 'Výběr služby').waitFor();
}
async function start({ page }: Desk, title: string): Promise<void> {
  await heading(page, 'Výběr služby').waitFor();
  await page.getByRole('option').first().waitFor();
  await page.keyboard.type(title);
  await page.keyboard.press('Enter');
}
async function choosesOffice(page: Page, text: string): Promise<void> {
  const office = page.getByRole('combobox', { name: 'Úřad, kterému je podání určeno' });
  await office.fill(text);
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
}
async function submissionForm(desk: Desk): Promise<void> {
  const { page } = desk;
  await verified(desk);
  await start(desk, 'obec');
  await heading(page, 'Obecné podání').waitFor();
  await choosesOffice(page, 'klat');
  await page.getByLabel('Druh podání').selectOption('request');
  await type(page, 'Věc', 'Oprava chodníku v ulici Pražská');
  await page
    .getByLabel('Co se žádá nebo navrhuje')
    .fill('Žádám o opravu propadlého chodníku před domem č. p. 113.\nDěkuji.');
}
async function accepted(desk: Desk): Promise<void> {
  const { page } = desk;
  await submissionForm(desk);
  await next(page);
  await page.getByText('Příloha je zatím prázdná').waitFor();
  await next(page);
  await page.getByText('Vytiskne se vyplněná žádost').waitFor();
  await next(page);
  await page.getByText('Podpis klienta').waitFor();
  await next(page);
  await page.getByText('Co se přijímá').waitFor();
}
async function vidimace(desk: Desk): Promise<void> {
  const { page } = desk;
  await page.keyboard.press('Alt+2');
  await start(desk, 'vidi');
  await page.getByText('Klávesa A = ano').waitFor();
}
async function noObstacles(page: Page): Promise<void> {
  for (const [index, key] of ['n', 'n', 'n', 'n', 'n', 'a', 'a'].entries()) {
    await page.keyboard.press(key);
    await page.locator('[data-question] input:checked').nth(index).waitFor({ state: 'attached' });
  }
}
async function issued(desk: Desk): Promise<void> {
  const { page } = desk;
  await vidimace(desk);
  await noObstacles(page);
  await next(page);
  await page.getByText('Předložená listina').waitFor();
  await page.getByLabel('Stran', { exact: true }).first().fill('2');
  await page.getByLabel('Označení listiny').fill('maturitní vysvědčení');
  await page.getByLabel('Listina je').selectOption('original');
  await next(page);
  await page.getByText('Zkontrolujte údaje doložky').waitFor();
  await next(page);
  await page.getByText('148/2026').waitFor();
}

export const walks: Walk[] = [
  {
    name: 'witnesses',
    world: { definitions: [{ ...serviceDefinition.parse(legalizace), steps: ['signing', 'issue'] }] },
    async walk(desk) {
      const { page, counter, show } = desk;
      await verified(desk);
      await start(desk, 'Legalizace');
      await heading(page, 'Legalizace').waitFor();
      await page.locator('[name="cannotRead"]').check();
      await page.locator('[name="witness1.number"]').focus();
      counter.read(buildMrz({ ...person, documentNumber: '998001302' }));
      await page.locator('[name="witness0.number"]').scrollIntoViewIfNeeded();
      await show('65-witnesses');
      await page.keyboard.press('Control+Enter');
      await page.locator('[data-field="manner"] input:focus').waitFor();
      await show('66-witnesses-missing');
    },
  },
  {
    name: 'person-waits',
    async walk({ page, show }) {
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await show('01-person-waits');
      await page
        .getByLabel('Strojově čitelné řádky dokladu')
        .fill(buildMrz(person).slice(0, 2).join('\n').slice(0, 50));
      await show('02-person-mrz-typing');
      await page
        .getByLabel('Strojově čitelné řádky dokladu')
        .fill(withWrongDigit(buildMrz(person)).join('\n'));
      await show('03-person-mrz-wrong-digit');
      await page.getByLabel('Údaje dokladu').check();
      await show('04-person-by-fields');
    },
  },
  {
    name: 'person-no-reader',
    world: { readerState: 'absent' },
    async walk({ page, counter, show }) {
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      counter.read(['IDCZE9980', '12']);
      await page.getByText('čtečka', { exact: false }).first().waitFor();
      await show('05-person-read-failure');
    },
  },
  {
    name: 'person-compare',
    async walk({ page, counter, show }) {
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      counter.read(withWrongDigit(buildMrz(person)));
      await heading(page, 'Porovnejte údaje s dokladem').waitFor();
      await show('06-person-compare');
    },
  },
  {
    name: 'person-confirm',
    async walk(desk) {
      const { page, show } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await confirmPerson(desk);
      await show('07-person-confirm');
      await page.getByLabel('zmocněnec (plná moc)').check();
      await type(page, 'Příjmení', 'Novák');
      await page.getByLabel('právnická osoba nebo podnikatel').check();
      await page.getByLabel('IČO').fill('00255661');
      await next(page);
      await show('08-person-proxy-problems');
      await page.getByLabel('fyzická osoba', { exact: true }).check();
      await show('09-person-proxy-person');
    },
  },
  {
    name: 'person-sources',
    async walk(desk) {
      const { page, show } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await confirmPerson(desk);
      await type(page, 'Příjmení', 'Veselá');
      await type(page, 'Jméno, popř. jména', 'Žaneta');
      await next(page);
      await page.getByText('Zapsané údaje se liší od toho, co říká doklad').waitFor();
      await show('09-person-sources');
      await page.keyboard.press('Alt+r');
      await type(page, 'Důvod', 'předložila oddací list, doklad na nové jméno vyřizuje');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Alt+r');
      await show('09-person-sources-decided');
      await next(page);
      await heading(page, 'Výběr služby').waitFor();
      await page.keyboard.press('Alt+1');
      await heading(page, 'Totožnost ověřena').waitFor();
      await show('09-person-result');
    },
  },
  {
    name: 'person-listed',
    world: { register: { state: 'listed', asOf: '2026-03-31', listedSince: '2025-11-04' } },
    async walk(desk) {
      const { page, show } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await confirmPerson(desk);
      await show('10-person-listed');
      await page.getByRole('button', { name: /Pokračovat s.odůvodněním/ }).click();
      await page.getByLabel('Důvod').fill('Ověřeno telefonicky u vydávajícího úřadu.');
      await show('11-person-override-dialog');
      await page.getByRole('button', { name: 'Použít odůvodnění' }).click();
      await show('12-person-overridden');
      await page.getByRole('button', { name: 'Vzít zpět' }).click();
      await next(page);
      await page.getByLabel('Důvod').fill('Doklad je veden jako neplatný.');
      await page.keyboard.press('Enter');
      await heading(page, 'Totožnost odmítnuta').waitFor();
      await show('13-person-refused');
    },
  },
  {
    name: 'person-register',
    world: { register: { state: 'asking', asOf: null, listedSince: null } },
    async walk(desk) {
      const { page, counter, show } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      counter.read(buildMrz({ ...person, expiryDate: { year: 2021, month: 3, day: 4 } }));
      await page.getByText('Ověřuje se').waitFor();
      await show('14-person-expired-asking');
      for (const [state, name] of [
        ['cannot-be-asked-now', '15-person-not-asked'],
        ['cannot-be-checked', '16-person-foreign'],
        ['wrong-shape', '17-person-wrong-shape'],
      ] as const) {
        counter.visit.identity.register = { state, asOf: null, listedSince: null };
        counter.changed();
        await page.locator(`[data-register="${state}"]`).waitFor();
        await show(name);
      }
    },
  },
  {
    name: 'services',
    async walk(desk) {
      const { page, show, counter } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await page.keyboard.press('Alt+2');
      await page.getByRole('option').first().waitFor();
      await show('20-services-without-identity');
      await page.keyboard.press('Alt+1');
      await verified(desk);
      await page.getByRole('option').first().waitFor();
      counter.world.line = 'down';
      const frame = await counter.bridge.call('desk.frame', null, {});
      if (typeof frame === 'object' && frame !== null && 'value' in frame) {
        await page.evaluate(
          `window.previewEvent('frame-changed', ${JSON.stringify(JSON.stringify(frame.value))})`,
        );
      }
      await page.getByText('nyní bez spojení').first().waitFor();
      await show('21-services-offline');
      await page.keyboard.press('Alt+1');
      await show('22-person-known');
      await page.keyboard.press('F8');
      await show('23-park');
    },
  },
  {
    name: 'services-stronger',
    world: {
      definitions: [
        {
          ...serviceDefinition.parse(generalSubmission),
          ...{ id: 'strong', order: 0, identityStrength: 'proven' },
          title: { cs: 'Silně ověřená služba', en: 'Service of a strong proof' },
        },
      ],
      answers: { 'devices.card-readers': () => ({ ok: true, value: [{ name: 'ACR', card: null }] }) },
    },
    async walk(desk) {
      const { page, show } = desk;
      await verified(desk);
      await page.getByRole('option').first().waitFor();
      await page.keyboard.type('Silně');
      await page.getByText('Čím lze ověření na této přepážce zesílit').waitFor();
      await show('24-services-stronger');
      await page.keyboard.press('F9');
      await heading(page, 'Čip dokladu').waitFor();
    },
  },
  {
    name: 'form',
    async walk(desk) {
      const { page, show } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await verified(desk);
      await start(desk, 'psa');
      await heading(page, 'Přihlášení psa do evidence').waitFor();
      await page.getByRole('combobox', { name: 'Úřad, kterému' }).fill('n');
      await show('30-form-office');
      await page.keyboard.press('Enter');
      await page.getByLabel('Číslo čipu').fill('12345');
      await page.getByLabel('Držen od').fill('31. 2. 2026');
      await next(page);
      await show('31-form-problems');
      await page.keyboard.press('Alt+2');
      await start(desk, 'stavb');
      await heading(page, 'Ohlášení').waitFor();
      await show('32-form-building');
    },
  },
  {
    name: 'attachments-scan',
    async walk(desk) {
      const { page, show, counter } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await submissionForm(desk);
      await show('33-form-submission');
      await next(page);
      await page.getByText('Příloha je zatím prázdná').waitFor();
      await show('40-attachments-empty');
      counter.world.scan.pages = 7;
      counter.world.scan.parts = [2, 5];
      await page.getByLabel('Zdroj').selectOption('feeder');
      await page.waitForTimeout(300);
      await page.keyboard.press('F9');
      await page.locator('[data-page] img').nth(6).waitFor();
      await page.locator('[data-page]').nth(3).focus();
      await page.keyboard.press('z');
      await page.locator('[data-page]').nth(1).focus();
      await page.keyboard.press('b');
      await page.waitForTimeout(200);
      await page.keyboard.press('r');
      await page.waitForTimeout(200);
      await page.keyboard.press('Alt+ArrowRight');
      await page.waitForTimeout(200);
      await show('41-attachments-pages');
      await page.keyboard.press('+');
      await page.locator('[data-dialog-title]').waitFor();
      await page.waitForTimeout(300);
      await show('41-attachments-large');
      await page.keyboard.press('Escape');
      counter.world.scan.end = 'scanning';
      await page.keyboard.press('F9');
      await page.getByText('Skenuje se 2. stránka').waitFor();
      await show('42-attachments-scanning');
      counter.emit('scan-changed', {
        scanId: '01900000-0000-7000-8000-000000000999',
        serviceId: counter.visit.services[0]?.id ?? '',
        slotId: 'enclosure',
        ...{
          state: 'failed',
          pagesDone: 1,
          separators: 0,
          progress: null,
          failure: { code: 'scanner.jammed' },
        },
      });
      await page.waitForTimeout(200);
      await show('43-attachments-jam');
    },
  },
  {
    name: 'attachments-parts',
    world: { definitions: [papers] },
    async walk(desk) {
      const { page, show, counter } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await verified(desk);
      await start(desk, 'papíry');
      await page.getByText('Příloha je zatím prázdná').waitFor();
      counter.world.scan.pages = 7;
      counter.world.scan.parts = [2, 5];
      await page.keyboard.press('F9');
      await page.getByText('Dávka má zřejmě více dokumentů: 3').waitFor();
      await show('41-attachments-parts');
    },
  },
  {
    name: 'attachments-wait',
    world: { definitions: [papers] },
    async walk(desk) {
      const { page, show, counter } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await verified(desk);
      await start(desk, 'papíry');
      await page.getByText('Příloha je zatím prázdná').waitFor();
      counter.world.scan.pages = 2;
      await page.keyboard.press('F9');
      await page.locator('[data-page]').nth(1).waitFor();
      counter.world.textsLeft = 2;
      counter.world.failing = {
        name: 'services.complete-attachments',
        failure: { code: 'attachments.changed-meanwhile' },
      };
      await next(page);
      await page.getByText('Čte se text stránek, zbývá: 2').waitFor();
      await show('42-attachments-text-wait');
      const service = counter.visit.services.at(-1);
      Object.assign(service?.slots[0]?.pages[1] ?? {}, { lies: 90, changes: ['turned'] });
      counter.changed();
      await page.getByText('otočeno').waitFor();
      counter.emit('texts-changed', { serviceId: service?.id ?? '', left: 0 });
      await page.getByText('Přílohy se při dokončování změnily').waitFor();
      await show('43-attachments-changed');
      service?.slots[0]?.warnings.push({ code: 'attachments.scan-cut-off', params: { pages: 2 } });
      counter.changed();
      await page.getByText('Skenování přerušil konec programu').waitFor();
      await show('43-attachments-cut-off');
    },
  },
  {
    name: 'attachments-file',
    async walk(desk) {
      const { page, show } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await submissionForm(desk);
      await next(page);
      await page.getByText('Příloha je zatím prázdná').waitFor();
      const [name, mimeType] = ['situace-stavby.pdf', 'application/pdf'];
      await page.setInputFiles('input[type=file]', {
        name,
        mimeType,
        buffer: Buffer.alloc(22 * 1024 * 1024),
      });
      await page.getByText('větší než').waitFor();
      await show('44-attachments-too-large');
      await page.setInputFiles('input[type=file]', { name, mimeType, buffer: Buffer.alloc(1_400_000) });
      await page.getByText(name).waitFor();
      await show('45-attachments-file');
    },
  },
  {
    name: 'print-and-accept',
    async walk(desk) {
      const { page, show, counter } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await submissionForm(desk);
      await next(page);
      await page.getByText('Příloha je zatím prázdná').waitFor();
      await next(page);
      await page.getByText('Vytiskne se vyplněná žádost').waitFor();
      await show('50-print-request');
      counter.world.print = { state: 'accepted', trouble: { code: 'printer.out-of-paper' } };
      await next(page);
      await page.getByText('Podpis klienta').waitFor();
      await show('51-print-trouble');
      const [print] = counter.allPrints();
      if (print !== undefined) Object.assign(print, { state: 'unknown', trouble: null });
      counter.changed();
      await page.getByText('vyšel list').waitFor();
      await show('52-print-unknown');
      await page.getByRole('button', { name: 'Ano, vyšel' }).click();
      await page.getByText('potvrzeno obsluhou').waitFor();
      await show('53-sign');
      await next(page);
      await page.getByText('Co se přijímá').waitFor();
      await show('54-accept');
      counter.world.failing = { name: 'services.accept', failure: { code: 'store.no-space' } };
      await next(page);
      await page.locator('[data-failure]').waitFor();
      await show('55-accept-failure');
      counter.world.failing = null;
      counter.world.print = { state: 'completed', trouble: null };
      await next(page);
      await page.getByText('bude přiděleno').waitFor();
      await show('56-accepted');
      await page.getByRole('button', { name: 'Opravit přijaté' }).click();
      await page.getByLabel('Co se opravuje').fill('Správně je č. p. 131, nikoli 113.');
      await show('57-correction');
      await page.keyboard.press('Escape');
      const [service] = counter.visit.services;
      if (service?.acceptance) {
        service.acceptance.delivery = {
          state: 'reference-number',
          referenceNumber: 'MUKT/12345/2026',
          fileNumber: 'SZ MUKT/12345/2026',
          asked: null,
          problem: null,
          course: null,
        };
      }
      counter.changed();
      await page.getByText('MUKT/12345/2026').waitFor();
      await show('58-reference-number');
      await page.locator('nav .step', { hasText: 'Formulář' }).waitFor();
    },
  },
  {
    name: 'done-step',
    async walk(desk) {
      const { page, show } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await submissionForm(desk);
      await next(page);
      await page.getByText('Příloha je zatím prázdná').waitFor();
      await next(page);
      await page.getByText('Vytiskne se vyplněná žádost').waitFor();
      await page.locator('nav button.step', { hasText: 'Formulář' }).click();
      await page.getByText('Tento krok je hotov').waitFor();
      await show('59-done-step');
    },
  },
  {
    name: 'copy',
    async walk(desk) {
      const { page, show } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await vidimace(desk);
      await page.keyboard.press('n');
      await page.waitForTimeout(50);
      await page.keyboard.press('n');
      await show('60-exclusions');
      await page.keyboard.press('Alt+3');
      await page.locator('[data-question="3"] input').first().focus();
      await page.keyboard.press('a');
      await page.getByText('Vidimaci nelze provést').waitFor();
      await show('61-exclusions-refuse');
    },
  },
  {
    name: 'copy-issue',
    async walk(desk) {
      const { page, show } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await vidimace(desk);
      await noObstacles(page);
      await next(page);
      await page.getByText('Předložená listina').waitFor();
      await page.getByLabel('Stran', { exact: true }).first().fill('5');
      await show('62-count-impossible');
      await page.getByLabel('Stran', { exact: true }).first().fill('2');
      await page.getByLabel('Stránek k poplatku').fill('1');
      await page.getByLabel('Označení listiny').fill('maturitní vysvědčení');
      await page.getByLabel('Listina je').selectOption('original');
      await show('63-count');
      await page.getByLabel('Stránek k poplatku').fill('2');
      await next(page);
      await page.getByText('Zkontrolujte údaje doložky').waitFor();
      await show('64-issue');
      await next(page);
      await page.getByText('148/2026').waitFor();
      await show('65-issued');
      await next(page);
      await page.getByText('Celkem').waitFor();
      await page.getByLabel('Přijato od klienta').fill('50');
      await show('66-pay-short');
      await page.getByLabel('Přijato od klienta').fill('200');
      await show('67-pay-cash');
      await page.getByLabel('Osvobození').selectOption('social-security');
      await page.getByText('Po osvobození').waitFor();
      await show('68-pay-exempt');
      await page.getByLabel('Osvobození').selectOption('');
      await page.getByText('Vrátit').waitFor();
      await next(page);
      await page.getByText('KT-01/2026/000148').first().waitFor();
      await show('69-paid');
      await next(page);
      await heading(page, 'Předání').waitFor();
      await show('70-hand-over');
    },
  },
  {
    name: 'whole-visit',
    async walk(desk) {
      const { page, show, counter } = desk;
      await heading(page, 'Kdo přišel k přepážce').waitFor();
      await accepted(desk);
      await next(page);
      await page.getByText('bude přiděleno').waitFor();
      await issued(desk);
      await page.getByRole('button', { name: 'Zrušit číslo' }).click();
      await show('71-cancel-number');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Alt+0');
      const prints = counter.allPrints();
      const clause = prints.find(({ kind }) => kind === 'copy-clause');
      if (clause !== undefined)
        Object.assign(clause, { state: 'failed', trouble: { code: 'printer.jammed' } });
      counter.changed();
      await page.getByText('Nedokončené tisky').waitFor();
      await show('72-hand-over-missing');
      await page.keyboard.press('Alt+9');
      await page.getByText('Celkem').waitFor();
      await show('73-pay-two-services');
      counter.connect(false);
      await page.waitForTimeout(200);
      await show('74-counter-gone');
      counter.connect(true);
    },
  },
  {
    name: 'english',
    world: { language: 'en' },
    async walk(desk) {
      const { page, show, counter } = desk;
      await heading(page, 'Who came to the desk').waitFor();
      counter.read(buildMrz(person));
      await heading(page, 'Identity check').waitFor();
      await show('80-english-confirm');
    },
  },
];
