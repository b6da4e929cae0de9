/**
 * `npm run demo`: a working day at one desk, hands off, in real Electron against virtual devices and a portal of its own.
 * Leaves in out/demo/ what the printer got, a picture of each screen and summary.json; ends with 1 when anything is missing
 * or differs.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { formatCrowns } from '../../electron/values/money.ts';
import { displayName } from '../../electron/values/person-name.ts';
import { projectRoot } from '../../scripts/places.ts';
import { startCitizensBrowser } from '../rigs/citizens-browser.ts';
import { newId, startCounter } from '../rigs/counter.ts';
import {
  describedPaper,
  dogRegistration,
  generalSubmission,
  said,
  serviceTitle,
} from '../rigs/desk-pages.ts';
import { info, pageTexts } from '../rigs/pdf-checks.ts';
import { until } from '../rigs/process.ts';
import { clerks, killCounter, setDevices, startTrainingDesk } from '../rigs/training-desk.ts';
import { person, wholeLog } from '../rigs/visits.ts';
import { cardSlot, chipsOnTheReader, devicesOnTheirPage, visitWithTroubles } from './device-scenes.ts';

const WATERMARK = 'CVIČNÝ TISK – NEPLATNÉ';
/** A back-off of the line may have grown while the portal was away. */
const DELIVERY_LIMIT_MS = 90_000;

type Check = { what: string; ok: boolean; detail: string };
type Visit = { name: string; ok: boolean; checks: Check[]; ms: number };
type Print = { file: string; kind: string; pages: string[] };

const out = join(projectRoot, 'out', 'demo');
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const startedAt = new Date();
const visits: Visit[] = [];
const prints: Print[] = [];
let screens = 0;

/** What a paper is, by its heading. */
const kinds: readonly (readonly [heading: RegExp, kind: string])[] = [
  [/Potvrzení o přijetí podání/, 'potvrzeni-o-prijeti'],
  [/Vidimační doložka/, 'vidimacni-dolozka'],
  [/Zápis do ověřovací knihy/, 'radek-overovaci-knihy'],
  [/Stvrzenka č\./, 'stvrzenka'],
  [/Potvrzení o opravě/, 'potvrzeni-o-oprave'],
  [/Prohlášení uživatele portálu/, 'prohlaseni-uzivatele'],
  [/Potvrzení o přijetí žádosti/, 'potvrzeni-o-prijeti-zadosti'],
  [/Přístupové údaje k účtu/, 'pristupove-udaje'],
  [/Potvrzení o aktivaci účtu/, 'potvrzeni-o-aktivaci'],
  [/Potvrzení o účtu organizace/, 'potvrzeni-o-uctu-organizace'],
  [/Příloh \/ listů příloh/, 'podaci-stitek'],
  [/Průběh vyřizování podání/, 'prubeh-podani'],
  [/Zpráva z informační schránky/, 'zprava-ze-schranky'],
  [/Lístek č\./, 'listek'],
  [/Zkušební stránka/, 'zkusebni-stranka'],
  [/podpis/i, 'zadost-k-podpisu'],
];

const browser = await startCitizensBrowser();
const atHome = browser.page;
const CITIZENS_PASSWORD = 'cvicne heslo z domova';
/** Fills a form of the portal's page in and sends it, by keyboard as well. */
const fillIn = async (fields: Readonly<Record<string, string>>): Promise<void> => {
  for (const [label, text] of Object.entries(fields))
    await atHome.getByLabel(label, { exact: true }).fill(text);
  await atHome.keyboard.press('Enter');
};

const desk = await startTrainingDesk({ referenceDelayMs: 300 });
const { pages, page, portal, line, devices, app } = desk;

const twoDigits = (number: number): string => String(number).padStart(2, '0');
const screen = async (name: string, shown = page): Promise<void> => {
  screens += 1;
  await shown.screenshot({ path: join(out, `obrazovka-${twoDigits(screens)}-${name}.png`) });
};

/** Takes what the printer got since the last time: each paper is named by its order and kind. */
const collectPrints = async (): Promise<Print[]> => {
  const all = await devices.controls.printer.printed();
  const fresh: Print[] = [];
  for (const bytes of all.slice(prints.length)) {
    const path = join(out, 'print.pdf');
    writeFileSync(path, bytes);
    const texts = await pageTexts(path);
    const kind = kinds.find(([heading]) => heading.test(texts.join(' ')))?.[1] ?? 'neznamy';
    const file = `${twoDigits(prints.length + 1)}-${kind}.pdf`;
    rmSync(path);
    writeFileSync(join(out, file), bytes);
    const print = { file, kind, pages: texts };
    prints.push(print);
    fresh.push(print);
  }
  return fresh;
};

/** The checks of one part of the day; `check` keeps each with what was found. */
const play = async (
  name: string,
  act: (check: (what: string, ok: boolean, detail?: unknown) => void) => Promise<void>,
): Promise<void> => {
  const started = performance.now();
  const checks: Check[] = [];
  const check = (what: string, ok: boolean, detail: unknown = ''): void => {
    checks.push({ what, ok, detail: String(detail) });
  };
  try {
    await act(check);
  } catch (error) {
    check('played to its end', false, error instanceof Error ? error.message : error);
    await screen('chyba').catch(() => {});
  }
  const visit = {
    name,
    ok: checks.every(({ ok }) => ok),
    checks,
    ms: Math.round(performance.now() - started),
  };
  visits.push(visit);
  console.log(`${visit.ok ? '✓' : '✗'} ${name} (${(visit.ms / 1000).toFixed(1)} s)`);
  for (const failed of checks.filter(({ ok }) => !ok)) console.log(`    ✗ ${failed.what}: ${failed.detail}`);
};

/** The papers of a visit: which, each page marked as training, and what must stand on them. */
const checkPrints = async (
  check: (what: string, ok: boolean, detail?: unknown) => void,
  expected: readonly string[],
  texts: readonly string[],
): Promise<Print[]> => {
  const fresh = await collectPrints();
  const found = fresh.map(({ kind }) => kind);
  check('the printer got these papers', found.join() === expected.join(), found.join(', '));
  for (const print of fresh) {
    const unmarked = print.pages.filter((text) => !text.includes(WATERMARK)).length;
    check(
      `${print.file} is marked on every page`,
      print.pages.length > 0 && unmarked === 0,
      `${unmarked} without`,
    );
    const fromPdf = (await info(join(out, print.file))).get('Pages');
    check(`${print.file} has text on every page`, fromPdf === String(print.pages.length), fromPdf);
    const missing = texts.filter((text) => !print.pages.join(' ').includes(text));
    check(
      `${print.file} says what it must`,
      missing.length === 0,
      missing.length === 0 ? texts.join(', ') : `missing: ${missing.join(', ')}`,
    );
  }
  return fresh;
};

const submissions = () => portal.effects().filter(({ kind }) => kind === 'submission');
/** Waits until the portal has `count` submissions, each with its number, and says so. */
const checkPortal = async (
  check: (what: string, ok: boolean, detail?: unknown) => void,
  count: number,
): Promise<void> => {
  await until(
    `${count} submissions with a reference number at the portal`,
    () => submissions().filter(({ references }) => references > 0).length >= count,
    DELIVERY_LIMIT_MS,
  );
  const all = submissions();
  check('the portal has each submission once', all.length === count, all.length);
  check(
    'each has one reference number',
    all.every(({ references }) => references === 1),
    all.map(({ referenceNumber }) => referenceNumber).join(', '),
  );
};
const queueSays = async (check: (what: string, ok: boolean, detail?: unknown) => void): Promise<void> => {
  const last = submissions().at(-1)?.referenceNumber ?? 'none';
  await pages.go('F3', said('queue_title'));
  await page.getByText(last, { exact: true }).first().waitFor({ timeout: DELIVERY_LIMIT_MS });
  await page.getByText(said('queue_all_sent')).waitFor();
  check('the queue shows the reference number', true, last);
};

const nameOf = (id: string): string => displayName(person(id).person.name).replace(/\s+/g, ' ');
const documentRead = (id: string): void => devices.controls.reader.sendLines(person(id).document.mrz);

const identify = async (id: string, register: string, pictures = false): Promise<void> => {
  await pages.openVisit();
  if (pictures) await screen('osoba');
  documentRead(id);
  await pages.registerAnswered(register);
  await pages.writePerson(id);
  if (pictures) await screen('overeni-totoznosti');
  await pages.confirmPerson();
};

const [clerk, clerkPassword] = clerks.clerk;
let pointer = 0;

try {
  await play('Přepážka se připraví', async (check) => {
    await page.exposeFunction('pointerMoved', () => {
      pointer += 1;
    });
    await page.evaluate(() => {
      for (const kind of ['pointerdown', 'pointermove', 'wheel'])
        window.addEventListener(
          kind,
          (event) => {
            // What the page moved below a pointer that stands still is told as a move of no distance.
            const isStill = event instanceof PointerEvent && event.movementX === 0 && event.movementY === 0;
            if (kind !== 'pointermove' || !isStill)
              Reflect.apply(Reflect.get(window, 'pointerMoved'), window, []);
          },
          true,
        );
    });
    await pages.seen(pages.heading(said('sign_in_title')));
    await page.getByText(said('sign_in_training_title')).waitFor();
    await screen('prihlaseni');
    await setDevices(desk);
    await screen('nastaveni');
    check('reader, scanner and printer are ready', true, 'set in the settings by the administrator');
    await pages.signOut();
  });

  await play('1 Běžné podání, celé bez myši', async (check) => {
    await pages.signIn(clerk, clerkPassword);
    await screen('prepazka');
    await identify('person-01', 'not-listed', true);
    await screen('vyber-sluzby');
    await pages.startService('general-submission');
    await pages.chooseOffice('Nýrsko');
    await pages.fillForm(
      generalSubmission(
        'Oprava chodníku v Cvičné ulici',
        'Žádám o sdělení, kdy bude opraven chodník v Cvičné ulici před domem č. 1. Dlažba je propadlá a za deště tam stojí voda.',
      ),
    );
    await screen('formular');
    await pages.formDone();
    await screen('prilohy-prazdne');
    await pages.scan(1);
    await screen('prilohy-naskenovano');
    await pages.attachmentsDone();
    await screen('tisk-zadosti');
    await pages.printRequest();
    await screen('podpis');
    await pages.signed();
    await screen('prijeti');
    await pages.accept();
    await pages.delivered('reference-number');
    await screen('prijato');
    await pages.toHandOver();
    await screen('predani');
    await pages.handOver();
    await checkPrints(
      check,
      ['zadost-k-podpisu', 'potvrzeni-o-prijeti'],
      [nameOf('person-01'), serviceTitle('general-submission')],
    );
    await checkPortal(check, 1);
    await queueSays(check);
    await screen('fronta');
    check('nobody touched the mouse', pointer === 0, pointer);
  });

  await play('2 Cizinka bez rodného čísla přihlašuje psa', async (check) => {
    await identify('person-21', 'cannot-be-checked', true);
    await pages.startService('dog-registration');
    await pages.chooseOffice('Štěnovice');
    await pages.fillForm(dogRegistration);
    await screen('pes-formular');
    await pages.formDone();
    await pages.attachmentsDone();
    await pages.printRequest();
    await pages.signed();
    await pages.accept();
    await pages.delivered('reference-number');
    await pages.toHandOver();
    await pages.handOver();
    await checkPrints(
      check,
      ['zadost-k-podpisu', 'potvrzeni-o-prijeti'],
      [nameOf('person-21'), serviceTitle('dog-registration')],
    );
    await checkPortal(check, 2);
  });

  await play('3 Bez spojení od přihlášení po předání', async (check) => {
    await pages.signOut();
    await portal.stop();
    await pages.signIn(clerk, clerkPassword);
    await page.getByText(said('home_mode_offline')).waitFor();
    await screen('bez-spojeni-prepazka');
    await identify('person-05', 'cannot-be-asked-now');
    await screen('bez-spojeni-vyber-sluzby');
    await pages.startService('general-submission');
    await pages.chooseOffice('Klatovy');
    await pages.fillForm(
      generalSubmission(
        'Hluk z provozovny',
        'Žádám o změření hluku z provozovny v ulici Zkušební v nočních hodinách.',
      ),
    );
    await pages.formDone();
    await pages.attachmentsDone();
    await pages.printRequest();
    await pages.signed();
    await screen('bez-spojeni-prijeti');
    await pages.accept();
    await pages.delivered('waiting');
    await screen('bez-spojeni-prijato');
    await pages.toHandOver();
    await pages.handOver();
    const papers = await checkPrints(
      check,
      ['zadost-k-podpisu', 'potvrzeni-o-prijeti'],
      [nameOf('person-05')],
    );
    const receipt = papers.at(-1)?.pages.join(' ') ?? '';
    check('the receipt says that the number will be assigned', /Číslo jednací bude přiděleno/.test(receipt));
    await pages.go('F3', said('queue_title'));
    await page.getByText(said('queue_state_waiting'), { exact: true }).first().waitFor();
    await screen('bez-spojeni-fronta');
    check('nothing reached the portal meanwhile', submissions().length === 2, submissions().length);
    await portal.start();
    await checkPortal(check, 3);
    await queueSays(check);
    await screen('po-obnoveni-fronta');
  });

  await play('4 Jádro přepážky skončí uprostřed a vrátí se na týž krok', async (check) => {
    await identify('person-02', 'not-listed');
    await pages.startService('general-submission');
    await pages.chooseOffice('Plzeň');
    const [type, subject, content] = generalSubmission(
      'Výměna svítidla',
      'Žádám o výměnu nesvítícího svítidla č. 7 v ulici Tréninková.',
    );
    await pages.fillForm([type, subject].filter((entry) => entry !== undefined));
    await killCounter(app);
    await page.getByText(said('counter_interrupted')).waitFor({ state: 'hidden' });
    check(
      'what was typed is still there',
      (await pages.field('Věc').inputValue()) === 'Výměna svítidla',
      await pages.field('Věc').inputValue(),
    );
    await pages.fillForm([content].filter((entry) => entry !== undefined));
    await pages.formDone();
    await pages.scan(1);
    await killCounter(app);
    await screen('po-padu-jadra');
    await page.getByText(said('counter_interrupted')).waitFor({ state: 'hidden' });
    await pages.seen(page.getByRole('img', { name: said('visit_page_picture', { number: 1 }) }));
    check(
      'the visit stands at the same step, its page scanned',
      await pages.primaryButton(said('visit_attachments_done')).isVisible(),
    );
    await pages.attachmentsDone();
    await pages.printRequest();
    await pages.signed();
    await pages.accept();
    await pages.delivered('reference-number');
    await pages.toHandOver();
    await pages.handOver();
    await checkPrints(check, ['zadost-k-podpisu', 'potvrzeni-o-prijeti'], [nameOf('person-02')]);
    await checkPortal(check, 4);
  });

  await play('5 Odmítnuto: doklad je v evidenci neplatných dokladů', async (check) => {
    await pages.openVisit();
    documentRead('person-03');
    await pages.registerAnswered('listed');
    await screen('neplatny-doklad');
    await pages.primary(said('visit_refuse'));
    const reason = page.getByRole('dialog').getByRole('textbox', { name: said('reason_label') });
    await pages.focused(reason);
    await pages.keyboard.insertText('Doklad je v evidenci neplatných dokladů od 11. 2. 2026.');
    await screen('odmitnuti-duvod');
    await pages.keyboard.press('Enter');
    await pages.seen(pages.heading(said('visit_refused_title')));
    await screen('odmitnuto');
    await pages.primary(said('visit_continue'));
    await pages.seen(pages.heading(said('visit_hand_over')));
    await pages.handOver();
    await checkPrints(check, [], []);
    check('nothing was submitted', submissions().length === 4, submissions().length);
  });

  await play('6 Vidimace s poplatkem v hotovosti', async (check) => {
    await pages.openVisit();
    await pages.keyboard.press('Alt+2');
    await pages.startService('vidimace');
    await screen('vidimace-prekazky');
    await pages.answerExclusions(['n', 'n', 'n', 'n', 'n', 'a', 'a']);
    await pages.writeCounts({
      sourceSheets: 2,
      sourcePages: 3,
      description: 'vysvědčení o maturitní zkoušce',
      sourceIs: said('visit_source_is_original'),
    });
    await screen('vidimace-pocty');
    await pages.primary(said('visit_count_done'));
    await pages.seen(pages.primaryButton(said('visit_issue')));
    await screen('vidimace-vydani');
    await pages.primary(said('visit_issue'));
    await pages.printed('copy-clause');
    await pages.printed('register-book-row');
    await screen('vidimace-vydano');
    await pages.primary(said('visit_to_payment'));
    await pages.seen(pages.heading(said('visit_payment')));
    await screen('platba');
    const total = (await page.locator('[data-total]').textContent()) ?? '';
    check('the fee is 30 Kč for each of 3 begun pages', total === formatCrowns(90), total);
    await pages.pay('100');
    await screen('zaplaceno');
    await pages.toHandOver();
    await screen('vidimace-predani');
    await pages.handOver();
    const papers = await checkPrints(check, ['vidimacni-dolozka', 'radek-overovaci-knihy', 'stvrzenka'], []);
    const text = (kind: string): string => papers.find((paper) => paper.kind === kind)?.pages.join(' ') ?? '';
    const year = startedAt.getFullYear();
    check('the clause bears the first number of the series', text('vidimacni-dolozka').includes(`1/${year}`));
    check('the book row bears the same number', text('radek-overovaci-knihy').includes(`1/${year}`));
    check('the receipt bears its amount', /\b90\b/.test(text('stvrzenka')), text('stvrzenka').slice(0, 160));
    await until(
      'the certification at the portal',
      () => portal.effects().some(({ kind }) => kind === 'certification'),
      DELIVERY_LIMIT_MS,
    );
  });

  /** Presses a button that is not the screen's next step. */
  const press = async (name: string): Promise<void> => {
    await pages.tabTo(pages.primaryButton(name));
    await pages.keyboard.press('Enter');
  };
  /** Looks the account of the verified person up, once the purpose is there. */
  const findAccount = async (): Promise<void> => {
    await pages.seen(page.locator('[data-field="purpose"] input:checked'));
    await press(said('account_find'));
  };
  /** From the chosen account to the portal's answer and its confirmation. */
  const settleAccount = async (picture: string): Promise<void> => {
    await pages.printRequest();
    await pages.signed();
    await screen(`${picture}-prijeti`);
    await pages.accept();
    await page.locator('[data-outcome="done"]').waitFor({ timeout: DELIVERY_LIMIT_MS });
    await press(said('account_print'));
    await pages.printed('account-confirmation');
    await screen(`${picture}-potvrzeno`);
    await pages.toHandOver();
    await pages.handOver();
  };

  await play('7 Občanka zaregistrována a aktivována', async (check) => {
    await identify('person-06', 'not-listed');
    await pages.startService('account-citizen');
    await findAccount();
    await pages.seen(page.getByText(said('account_found_none')));
    await pages.type(page.locator('[data-field="userName"] input'), 'kveta.predvalecna');
    await pages.type(page.locator('[data-field="email"] input'), 'kveta.predvalecna@cvicne.example');
    await screen('ucet-obcana');
    await pages.primary(said('account_done'));
    await settleAccount('ucet-obcana');
    const papers = await checkPrints(
      check,
      ['prohlaseni-uzivatele', 'potvrzeni-o-prijeti-zadosti', 'pristupove-udaje', 'potvrzeni-o-aktivaci'],
      [nameOf('person-06')],
    );
    const text = (kind: string): string => papers.find((paper) => paper.kind === kind)?.pages.join(' ') ?? '';
    check('the letter bears a one-time code', /([2-9A-Z]{4}-){2}[2-9A-Z]{4}/.test(text('pristupove-udaje')));
    check(
      'the confirmation says that the account is active',
      text('potvrzeni-o-aktivaci').includes('aktivní'),
    );
    const code = /([2-9A-Z]{4}-){2}[2-9A-Z]{4}/.exec(text('pristupove-udaje'))?.[0] ?? '';
    const redeem = async (): Promise<void> => {
      await atHome.goto(`${portal.url()}/ucet/kod?lang=cs`);
      await fillIn({
        'Uživatelské jméno': 'kveta.predvalecna',
        'Kód z dopisu': code,
        Heslo: CITIZENS_PASSWORD,
        'Heslo znovu': CITIZENS_PASSWORD,
      });
    };
    await redeem();
    await atHome.getByText('Heslo je nastaveno.').waitFor();
    await screen('kod-z-dopisu', atHome);
    await redeem();
    await atHome.locator('#kod-wrong').waitFor();
    check('the code holds once', true, await atHome.locator('#kod-wrong').textContent());
  });

  await play('8 Účet organizace se dvěma uživateli', async (check) => {
    await identify('person-01', 'not-listed');
    await pages.startService('account-organisation');
    await pages.type(page.locator('[data-field="ico"] input'), '99900211');
    await pages.keyboard.press('Enter');
    await pages.seen(page.getByText(said('account_organisation_none')));
    await pages.type(page.locator('[data-field="email"] input'), 'spolek@cvicne.example');
    for (const [userName, right] of [
      ['hostivit.vyjimecny', 'správa uživatelů organizace'],
      ['eliska.novackova', 'podání za organizaci'],
    ] as const) {
      await pages.type(page.locator('[data-field="newUser"] input'), userName);
      await pages.keyboard.press('Enter');
      const user = page.getByRole('group', { name: new RegExp(userName.replace('.', '\\.')) });
      await pages.tabTo(user.getByRole('checkbox', { name: right, exact: true }));
      await pages.keyboard.press('Space');
    }
    await screen('ucet-organizace');
    await pages.primary(said('account_done'));
    await settleAccount('ucet-organizace');
    const papers = await checkPrints(
      check,
      ['prohlaseni-uzivatele', 'potvrzeni-o-prijeti-zadosti', 'potvrzeni-o-uctu-organizace'],
      [nameOf('person-01')],
    );
    const confirmation = papers.at(-1)?.pages.join(' ') ?? '';
    check(
      'the confirmation names both users',
      confirmation.includes('Hostivít Výjimečný') && confirmation.includes('Eliška Nováčková'),
    );
    check('nobody touched the mouse', pointer === 0, pointer);
  });

  await play('9 Průvodce životní situací dovede k formuláři', async (check) => {
    await pages.keyboard.press('F5');
    await pages.keyboard.type('chci pokacet storm');
    await pages.seen(page.getByRole('article', { name: 'Chci pokácet strom' }));
    await screen('pruvodce');
    await pages.keyboard.press('Enter');
    await press(said('guide_start', { title: serviceTitle('tree-felling') }));
    await pages.seen(pages.heading(said('visit_take_title')));
    documentRead('person-01');
    await pages.registerAnswered('not-listed');
    await pages.writePerson('person-01');
    await pages.confirmPerson();
    await pages.primary(said('visit_start', { title: serviceTitle('tree-felling') }));
    await pages.seen(pages.heading(serviceTitle('tree-felling')));
    await pages.choose('Druh podání', 'žádost o\u00a0povolení');
    const municipality = page.getByRole('combobox', { name: 'Obec', exact: true });
    await pages.type(municipality, 'klat');
    await pages.seen(page.getByRole('option', { selected: true }).filter({ hasText: 'Klatovy' }));
    await pages.keyboard.press('Enter');
    await pages.fillForm([
      { label: 'Katastrální území', type: 'Klatovy' },
      { label: 'Parcelní čísla', type: '120/3' },
      { label: 'Vztah k\u00a0pozemku', choose: 'vlastník' },
      { label: 'Dřevina', choose: 'strom' },
      { label: 'Druh', type: 'lípa srdčitá' },
      { label: 'Počet', type: '2' },
      { label: 'Obvod kmene ve výšce 130 cm (cm)', type: '140' },
      { label: 'Zdůvodnění', type: 'Stromy jsou uvnitř duté a ohrožují dům.' },
    ]);
    await screen('kaceni-formular');
    await pages.formDone();
    await pages.scan(1);
    await pages.attachmentsDone();
    await pages.printRequest();
    await pages.signed();
    await pages.accept();
    await pages.delivered('reference-number');
    await pages.toHandOver();
    await pages.handOver();
    await checkPrints(check, ['zadost-k-podpisu', 'potvrzeni-o-prijeti'], [serviceTitle('tree-felling')]);
  });

  await play('10 Listina podaná u přepážky', async (check) => {
    await pages.openVisit();
    await pages.keyboard.press('Alt+2');
    await pages.startService('paper-submission');
    await pages.fillForm(describedPaper);
    await pages.chooseOffice('Městský úřad Klatovy');
    await screen('listina');
    await pages.formDone('visit_accept');
    await pages.accept();
    await pages.printed('paper-label');
    await screen('listina-prijata');
    await pages.toHandOver();
    await pages.handOver();
    await checkPrints(check, ['potvrzeni-o-prijeti', 'podaci-stitek'], ['Městský úřad Klatovy']);
    check('nobody touched the mouse', pointer === 0, pointer);
  });

  await play('11 Účet zaregistrovaný z domova a aktivovaný na přepážce', async (check) => {
    await atHome.goto(`${portal.url()}/ucet/registrace?lang=cs`);
    await fillIn({
      'Jméno, popř. jména (nepovinné)': 'Řehoř',
      Příjmení: 'Příkladný',
      'Datum narození (nepovinné)': '28. 2. 2007',
      'E-mail': 'rehor.prikladny@cvicne.example',
      'Uživatelské jméno': 'rehor.prikladny',
      Heslo: CITIZENS_PASSWORD,
      'Heslo znovu': CITIZENS_PASSWORD,
    });
    await atHome.getByText('Účet je zaregistrován.').waitFor();
    await screen('registrace-z-domova', atHome);
    const number = (await atHome.locator('dd').first().textContent()) ?? '';
    check('the page shows the number of the account', /^U-/.test(number), number);
    await identify('person-04', 'not-listed');
    await pages.startService('account-citizen');
    await findAccount();
    await pages.seen(page.getByText(number));
    await screen('ucet-z-domova');
    await pages.primary(said('account_done'));
    await settleAccount('ucet-z-domova');
    const papers = await checkPrints(
      check,
      ['prohlaseni-uzivatele', 'potvrzeni-o-prijeti-zadosti', 'pristupove-udaje', 'potvrzeni-o-aktivaci'],
      [nameOf('person-04')],
    );
    check('the confirmation bears its number', (papers.at(-1)?.pages.join(' ') ?? '').includes(number));
  });

  /** To the page of the person in the visit, with the first purpose there is. */
  const lookAtPerson = async (): Promise<void> => {
    await pages.keyboard.press('Alt+v');
    await pages.seen(pages.heading(said('affairs_title')));
    await pages.primary(said('person_page_look'));
    await pages.seen(page.getByRole('heading', { name: said('person_next') }));
  };

  await play('12 Sledování podání', async (check) => {
    await identify('person-09', 'not-listed');
    await lookAtPerson();
    await screen('veci-osoby');
    await pages.tabTo(page.getByRole('radio', { name: said('person_page_overview'), exact: true }));
    await pages.keyboard.press('ArrowRight');
    await pages.seen(page.getByRole('heading', { name: 'Žádost o povolení kácení lípy' }));
    await screen('sledovani');
    await press(said('tracking_print'));
    await pages.printed('submission-course');
    await pages.choose(said('tracking_by'), said('tracking_by_number'));
    await pages.type(page.locator('[data-field="number"] input'), 'MUKT/C4/2026');
    await pages.primary(said('tracking_find'));
    await pages.seen(page.getByText(said('failure_submission_not_participant')));
    await screen('sledovani-cizi-podani');
    check(
      'of somebody else’s submission nothing is shown',
      (await page.getByText('Stížnost na hluk').count()) === 0,
    );
    await pages.keyboard.press('Alt+0');
    await pages.seen(pages.heading(said('visit_hand_over')));
    await pages.handOver();
    const [paper] = await checkPrints(check, ['prubeh-podani'], ['MUKT/C1/2026', 'Ing. Božena Lípová']);
    check('the paper has all seven states', /uzavřeno/.test(paper?.pages.join(' ') ?? ''));
  });

  await play('13 Odpověď na zprávu s přílohou', async (check) => {
    await identify('person-09', 'not-listed');
    await lookAtPerson();
    await pages.primary(said('person_go_read_messages'));
    // The newest one is opened first.
    await pages.seen(page.getByRole('heading', { name: 'Podklady' }));
    await pages.tabTo(page.getByRole('button', { name: 'Výzva k doplnění' }));
    await pages.keyboard.press('Enter');
    await press(`${said('mailbox_open_file')}: vyzva.pdf`);
    await pages.seen(page.locator('.sheet img'));
    await screen('zprava-s-prilohou');
    await press(said('mailbox_print'));
    await pages.printed('mailbox-message');
    await press(said('mailbox_reply'));
    await pages.seen(pages.heading(serviceTitle('general-submission')));
    await pages.fillForm([
      { label: 'Co se žádá nebo navrhuje', type: 'Podle výzvy přikládám opravený zákres plotu.' },
    ]);
    await screen('odpoved-formular');
    await pages.formDone();
    await pages.scan(1);
    await screen('odpoved-priloha');
    await pages.attachmentsDone();
    await pages.printRequest();
    await pages.signed();
    await pages.accept();
    await pages.delivered('reference-number');
    await screen('odpoved-prijata');
    await pages.toHandOver();
    await pages.handOver();
    const papers = await checkPrints(
      check,
      ['zprava-ze-schranky', 'zadost-k-podpisu', 'potvrzeni-o-prijeti'],
      [],
    );
    check(
      'the signed paper names the message it answers',
      (papers[1]?.pages.join(' ') ?? '').includes('Odpověď: Výzva k doplnění – plot'),
    );
    const reply = submissions().at(-1)?.content ?? '';
    check('the office gets it as an answer to its message', /"repliesTo"/.test(reply), reply);
  });

  await play('14 Termín objednaný bez spojení získal jiný', async (check) => {
    const dialog = page.getByRole('dialog');
    const book = async (name: string, surname: string, born: string) => {
      await pages.keyboard.press('o');
      await pages.type(dialog.getByLabel(said('booking_surname')), surname);
      await pages.type(dialog.getByLabel(said('booking_given_names')), name);
      await pages.type(dialog.getByLabel(said('booking_birth_date')), born);
      await pages.choose(said('waiting_agenda'), 'Matrika');
      await pages.tabTo(dialog.getByLabel(said('booking_day')));
      await pages.keyboard.press('End');
      const time = dialog.locator('input[type="radio"]:checked');
      await pages.seen(time);
      return {
        date: await dialog.getByLabel(said('booking_day')).inputValue(),
        time: await time.inputValue(),
      };
    };
    await pages.go('F10', said('waiting_title'));
    await pages.seen(page.getByText(said('waiting_expected_none')).or(page.locator('table')));
    line.rule(() => ({ do: 'answer', status: 503, body: '' }));
    await page.getByText(said('waiting_as_of_offline').split('{')[0] ?? '').waitFor();
    const slot = await book('Eliška', 'Nováčková', '3. 3. 1986');
    await screen('objednani-bez-spojeni');
    await press(said('booking_submit'));
    await dialog.waitFor({ state: 'hidden' });
    await screen('cekarna-bez-spojeni');
    const other = await startCounter({
      portal: { url: portal.url, enrolmentCode: () => portal.anotherEnrolmentCode },
    });
    try {
      const colleague = await other.signedIn('cizek');
      await until(
        'bookings at the other desk',
        async () => (await colleague.must('bookings.room', {})).asOf !== null,
      );
      const { booking } = await colleague.must('bookings.book', {
        stepId: newId(),
        agendaId: 'registry',
        slot,
        person: { name: { givenNames: 'Naďa', surname: 'Pasťová' }, birthDate: '1995-08-08' },
      });
      check('the other desk got the time at once', !booking.isPending, `${slot.date} ${slot.time}`);
    } finally {
      await other.close();
    }
    line.rule(null);
    const lost = page.getByText(said('waiting_lost'), { exact: false });
    await lost.waitFor({ timeout: DELIVERY_LIMIT_MS });
    await screen('termin-ztracen');
    await pages.go('F3', said('queue_title'));
    const task = page.locator('tr[data-state="needs-person"], tr[data-state="returned"]');
    await pages.seen(task);
    await screen('termin-ukol');
    check('there is one task', (await task.count()) === 1, await task.count());
    await pages.go('F10', said('waiting_title'));
    await press(said('booking_move'));
    await pages.seen(dialog.locator('input[type="radio"]:checked'));
    await screen('novy-termin');
    await press(said('booking_move_submit'));
    await dialog.waitFor({ state: 'hidden' });
    await lost.waitFor({ state: 'hidden' });
    await screen('termin-zmenen');
    const tickets = await until(
      'both tickets',
      async () => (await devices.controls.printer.printed()).length >= prints.length + 2,
    ).then(() => checkPrints(check, ['listek', 'listek'], []));
    const [first = '', second = ''] = tickets.map((ticket) => ticket.pages.join(' '));
    check('the first ticket waits for the portal', first.includes('ČEKÁ NA POTVRZENÍ PORTÁLU'));
    check('the second does not', !second.includes('ČEKÁ NA POTVRZENÍ PORTÁLU'));
    check('nobody touched the mouse', pointer === 0, pointer);
  });

  await play('15 Zařízení: stav, zkoušky a závady', async (check) => {
    await pages.signOut();
    await pages.signIn(...clerks.administrator);
    await devicesOnTheirPage({ desk, screen, check });
    await checkPrints(check, ['zkusebni-stranka'], []);
    await pages.signOut();
    await pages.signIn(clerk, clerkPassword);
  });

  await play('16 Doklad z obrazu, uvázlý list a tiskárna bez papíru', async (check) => {
    await visitWithTroubles({ desk, screen, check });
    await checkPrints(
      check,
      ['zadost-k-podpisu', 'potvrzeni-o-prijeti'],
      [nameOf('person-01'), serviceTitle('general-submission')],
    );
    check('nobody touched the mouse', pointer === 0, pointer);
  });

  const slot = await cardSlot();
  if ('missing' in slot) console.log(`– 17 Čip dokladu: není čtečka karet (${slot.missing})`);
  else
    await play('17 Čip dokladu: vytažený a kopie', async (check) => {
      try {
        await chipsOnTheReader({ desk, screen, check }, slot);
      } finally {
        await slot.close();
      }
    });
  const withChips = 'missing' in slot ? 0 : 1;

  await play('Vedoucí prochází denní záznam a frontu', async (check) => {
    await pages.signOut();
    await pages.signIn(...clerks.supervisor);
    await pages.go('F4', said('day_log_title'));
    const rows = page.locator('button[data-sequence]');
    await pages.seen(rows);
    await screen('denni-zaznam');
    await pages.tabTo(rows.first());
    await pages.keyboard.press('ArrowDown');
    await page.getByText(said('day_log_intact')).waitFor();
    await screen('denni-zaznam-polozka');
    const log = await readDayLog();
    check(
      'every entry agrees with its hash',
      log.entries > 0 && log.damaged.length === 0,
      `${log.entries} entries, damaged: ${log.damaged.join(', ') || 'none'}`,
    );
    check('the log has no gap', log.gapless, `1 to ${log.last}`);
    check(
      'each visit opened and ended',
      log.opened === 14 + withChips && log.closed === log.opened,
      `${log.opened} opened, ${log.closed} closed`,
    );
    check(
      'eight submissions accepted, one copy certified, one identity refused',
      log.kinds === '8, 1, 1',
      log.kinds,
    );
    await until('the portal has the whole log', () => portal.leaves().length >= log.last, DELIVERY_LIMIT_MS);
    const leaves = portal.leaves();
    check(
      'the portal has the log without a gap',
      leaves.every((sequence, index) => sequence === index + 1),
      `${leaves.length} leaves`,
    );
    await pages.go('F3', said('queue_title'));
    await page.getByText(said('queue_all_sent')).waitFor();
    await screen('fronta-konec-dne');
    check(
      'nothing waits and nothing needs a person',
      (await page.locator('tr[data-state="waiting"], tr[data-state="needs-person"]').count()) === 0,
    );
    await pages.keyboard.press('F1');
    await page.getByRole('dialog').waitFor();
    await screen('napoveda');
    await pages.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await pages.keyboard.press('Control+L');
    await pages.seen(pages.heading(said('lock_title')));
    await screen('zamceno');
    check('nobody touched the mouse all day', pointer === 0, pointer);
  });

  const effects = portal.effects();
  const numbers = effects.flatMap(({ referenceNumber }) => referenceNumber ?? []);
  const ofText = (kind: string, what: RegExp): string[] =>
    prints
      .filter((print) => print.kind === kind)
      .flatMap(({ pages: texts }) => what.exec(texts.join(' '))?.[1] ?? []);
  const summary = {
    startedAt: startedAt.toISOString(),
    visits,
    totals: {
      ok: visits.every(({ ok }) => ok) && visits.length === 18 + withChips,
      checks: visits.flatMap(({ checks }) => checks).length,
      failed: visits.flatMap(({ checks }) => checks).filter(({ ok }) => !ok).length,
      portal: {
        submissions: effects.filter(({ kind }) => kind === 'submission').length,
        referenceNumbers: numbers,
        byKind: Object.fromEntries(
          [...new Set(effects.map(({ kind }) => kind))].map((kind) => [
            kind,
            effects.filter((one) => one.kind === kind).length,
          ]),
        ),
        logLeaves: portal.leaves().length,
      },
      certificationNumbers: ofText('vidimacni-dolozka', /poř\. č\. vidimace (\S+)/),
      receipts: ofText('stvrzenka', /Stvrzenka č\. (\S+)/),
      acceptanceReceipts: ofText('potvrzeni-o-prijeti', /Číslo potvrzení (\S+)/),
      prints: prints.map(({ file }) => file),
      screens,
    },
  };
  writeFileSync(join(out, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  console.table(
    visits.map(({ name, ok, checks, ms }) => ({
      část: name,
      výsledek: ok ? 'v pořádku' : 'CHYBA',
      kontroly: `${checks.filter((one) => one.ok).length}/${checks.length}`,
      s: (ms / 1000).toFixed(1),
    })),
  );
  const { totals } = summary;
  console.log(`portál: ${totals.portal.submissions} podání, čísla jednací ${numbers.join(', ')}`);
  console.log(`vidimace: ${totals.certificationNumbers.join(', ')}; doklady: ${totals.receipts.join(', ')}`);
  console.log(`výtisky: ${prints.length}, obrazovky: ${screens}, vše v ${out}`);
  process.exitCode = totals.ok ? 0 : 1;
} finally {
  await desk.close();
  await browser.close();
}
process.exit();

/** The whole day log as the supervisor's window may read it, each entry compared with its hash by the desk. */
async function readDayLog() {
  const ask = async (name: string, input: unknown): Promise<unknown> =>
    page.evaluate(([call, given]) => window.counter.call(call, null, given), [name, input] as const);
  const entry = z.object({ sequence: z.int(), kind: z.string() });
  const entries: z.output<typeof entry>[] = [];
  for (let older = true; older; ) {
    const answer = z
      .object({ ok: z.literal(true), value: z.object({ entries: z.array(entry), older: z.boolean() }) })
      .parse(
        await ask('day-log.page', {
          filter: wholeLog,
          before: entries.at(-1)?.sequence ?? null,
          after: null,
          limit: 200,
        }),
      );
    entries.push(...answer.value.entries);
    older = answer.value.older;
  }
  const damaged: number[] = [];
  for (const { sequence } of entries) {
    const answer = z
      .object({ ok: z.literal(true), value: z.object({ intact: z.boolean() }) })
      .parse(await ask('day-log.entry', { sequence }));
    if (!answer.value.intact) damaged.push(sequence);
  }
  const sequences = entries.map(({ sequence }) => sequence).reverse();
  const count = (kind: string): number => entries.filter((one) => one.kind === kind).length;
  return {
    entries: entries.length,
    damaged,
    last: sequences.at(-1) ?? 0,
    gapless: sequences.every((sequence, index) => sequence === (sequences[0] ?? 0) + index),
    opened: count('visit-opened'),
    closed: count('visit-closed') + count('visit-cancelled'),
    kinds: [count('submission-accepted'), count('copy-certified'), count('identity-refused')].join(', '),
  };
}
