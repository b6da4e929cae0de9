import type { Page } from 'playwright';
import { type ServiceDefinition, serviceDefinition } from '../../electron/contract/services.ts';
import { judgeForm } from '../../electron/values/forms/judge.ts';
import { preparedDesk } from '../../scripts/prepare.ts';
import { startPortal } from '../rigs/counter.ts';
import { deskPages } from '../rigs/desk-pages.ts';
import { launchDesk } from '../rigs/electron.ts';
import { median, percentile, print, rounded } from './report.ts';

// `npm run bench -- form`: from a key to its picture in a form of 300 fields, in turns with an empty page that has one input and
// nothing else. The whole desk in Electron, keeping what is typed as it always does; the form came from a running portal.

const FIELDS = 300;
const ROUNDS = 12;
const KEYS = 'cvicna prepazka';
const PAUSE_MS = 35;

const words = (text: string) => ({ cs: text, en: text });
/** Sections of ten: texts, numbers, choices, days, and some that depend on others or are computed of them. */
function longForm(): ServiceDefinition {
  const properties: Record<string, object> = {};
  const sections = Array.from({ length: FIELDS / 10 }, (_, section) => {
    const name = (at: number): string => `f${section * 10 + at}`;
    const field = (at: number, widget: string, property: object, more: object = {}) => {
      properties[name(at)] = property;
      return { name: name(at), label: words(`Údaj ${section * 10 + at}`), widget, ...more };
    };
    const text = { type: 'string', maxLength: 200 };
    const options = ['a', 'b'].map((value) => ({ value, label: words(value) }));
    return {
      id: `s${section}`,
      title: words(`Oddíl ${section + 1}`),
      fields: [
        ...[0, 1, 2, 3].map((at) => field(at, 'text', text)),
        field(4, 'number', { type: 'number', minimum: 0 }),
        field(5, 'number', { type: 'number', minimum: 0 }),
        field(
          6,
          'computed',
          { type: 'number' },
          {
            compute: { product: [{ field: name(4) }, { field: name(5) }] },
          },
        ),
        field(7, 'select', { type: 'string', enum: ['a', 'b'] }, { options }),
        field(8, 'text', text, { when: { not: { field: name(7), is: 'b' } } }),
        field(9, 'date', { type: 'string', format: 'date' }),
      ],
    };
  });
  return serviceDefinition.parse({
    id: 'long',
    version: 1,
    validFrom: '2020-01-01',
    order: 1,
    title: words('Dlouhý formulář'),
    summary: words('Pro měření'),
    source: 'made up for measuring',
    legalBasis: [{ act: '500/2004 Sb.', paragraph: '§ 37' }],
    kind: 'submission',
    addressee: { rule: 'own-office' },
    identity: 'not-asked',
    offline: 'full',
    steps: ['form', 'accept', 'hand-over'],
    form: {
      schema: {
        type: 'object',
        additionalProperties: false,
        properties,
        required: Object.keys(properties).filter((_, at) => at % 10 === 0),
      },
      ui: { sections },
    },
    fee: { tariff: null },
  });
}

/** Notes, for each key, the time from the event to the moment behind the frame that shows it. */
const watch = `(() => {
  window.keyTimes = [];
  addEventListener('keydown', (event) => {
    const at = event.timeStamp;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.keyTimes.push(performance.now() - at);
      port2.postMessage(null);
    });
  }, { capture: true });
})();`;

async function typed(page: Page, selector: string): Promise<number[]> {
  const input = page.locator(selector);
  await input.focus();
  await page.evaluate('window.keyTimes.length = 0');
  await page.keyboard.type(KEYS, { delay: PAUSE_MS });
  await page.waitForFunction(`window.keyTimes.length === ${KEYS.length}`);
  const times: unknown = await page.evaluate('window.keyTimes');
  if (!Array.isArray(times)) throw new Error('no times were noted');
  // The first key of a field also empties what was marked in it; it counts like the others.
  return times.map(Number);
}

const portal = await startPortal();
const added = portal.addForm(longForm());
if (!added?.ok) throw new Error(JSON.stringify(added));
const desk = await launchDesk({
  size: { width: 1280, height: 800 },
  env: { VIRTUOS_PORTAL_URL: portal.url(), VIRTUOS_ENROLMENT_CODE: portal.enrolmentCode() },
});
try {
  const { app, window: form } = desk;
  const pages = deskPages(form);
  await pages.signIn('novakova', 'Cvicna-Prepazka-1');
  await pages.openVisit();
  await form.keyboard.press('Alt+2');
  await form.getByRole('option').first().waitFor();
  await form.keyboard.type('Dlouhý formulář');
  await form.keyboard.press('Enter');
  await form.locator('[data-field="f0"] input').waitFor();
  const opened = app.waitForEvent('window');
  await app.evaluate(async ({ BrowserWindow }) => {
    await new BrowserWindow({ width: 1280, height: 800 }).loadURL('about:blank');
  });
  const bare = await opened;
  await bare.evaluate(() => {
    document.title = 'empty';
    document.body.append(document.createElement('input'));
  });
  for (const page of [form, bare]) await page.evaluate(watch);
  // Only what lies on top is drawn at full pace.
  const onTop = (isForm: boolean): Promise<void> =>
    app.evaluate(({ BrowserWindow }, wanted) => {
      for (const one of BrowserWindow.getAllWindows())
        if ((one.webContents.getTitle() !== 'empty') === wanted) {
          one.moveTop();
          one.focus();
        }
    }, isForm);

  const ours: number[] = [];
  const limit: number[] = [];
  // A round for warming up first; then fields all over the form, in turns with the empty page.
  for (let round = -1; round < ROUNDS; round += 1) {
    const section = ((round + ROUNDS) * 7) % (FIELDS / 10);
    await onTop(true);
    const inForm = await typed(form, `[data-field="f${section * 10 + (round & 1)}"] input`);
    await onTop(false);
    const alone = await typed(bare, 'input');
    if (round < 0) continue;
    ours.push(...inForm);
    limit.push(...alone);
  }
  const { form: rules } = longForm();
  const data = Object.fromEntries(
    Array.from({ length: FIELDS }, (_, at) => [`f${at}`, at % 10 < 4 ? KEYS : undefined]),
  );
  const judged = Array.from({ length: 30 }, () => {
    const begun = performance.now();
    if (rules) judgeForm(rules, data);
    return performance.now() - begun;
  });
  const p95 = percentile(ours, 0.95);
  print({
    name: 'form',
    ours: p95,
    peer: null,
    limit: percentile(limit, 0.95),
    unit: 'ms from a key to its picture, p95',
    ratio: null,
    limitRatio: p95 / percentile(limit, 0.95),
    p50: median(ours),
    p99: percentile(ours, 0.99),
    goals: [{ goal: 'p95 under 50 ms', measured: `${rounded(p95)} ms`, met: p95 < 50 }],
    details: {
      keys: ours.length,
      'the empty page, median (ms)': median(limit),
      'judging the whole form once, median (ms)': median(judged),
    },
  });
} finally {
  await desk.close();
  await portal.close();
  (await preparedDesk()).display.stop();
}
