/**
 * Takes pictures of every step of a visit: the built window under its real CSP over a counter in memory, led by the
 * keyboard. `node test/previews/visit/run.ts [--built] [walk …]` writes to out/previews/visit and fails on findings of
 * axe, on errors in the console, on a lost focus, and on a primary action out of sight.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright';
import { build } from 'vite';
import { connect, serve } from './pages.ts';
import { walks } from './scenes.ts';
import { createScriptedCounter } from './scripted-counter.ts';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const root = fileURLToPath(new URL('../../../', import.meta.url));
const site = join(root, 'out/previews/visit-site');
const pictures = join(root, 'out/previews/visit');
const built = process.argv.includes('--built');
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));

await mkdir(pictures, { recursive: true });
if (!built) {
  await build({
    configFile: join(root, 'renderer/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: site, emptyOutDir: true },
  });
}
const server = await serve(site);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
let faults = 0;
const complain = (scene: string, what: string): void => {
  faults += 1;
  console.error(`${scene}: ${what}`);
};
try {
  for (const { name, world = {}, walk } of walks.filter(
    (one) => wanted.length === 0 || wanted.some((word) => one.name.includes(word)),
  )) {
    for (const size of SIZES) {
      const counter = createScriptedCounter(world);
      const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
      const page = await context.newPage();
      page.setDefaultTimeout(8000);
      let shown = name;
      page.on('console', (message) => {
        if (message.type() === 'error') complain(shown, message.text());
      });
      page.on('pageerror', (error) => complain(shown, error.message));
      await connect(page, counter);
      await page.goto(`${server.origin}/#visit/${counter.visit.id}`);
      const show = async (picture: string): Promise<void> => {
        shown = picture;
        await page.evaluate(() => document.fonts.ready);
        await page.screenshot({ path: join(pictures, `${picture}-${size.width}.png`) });
        const state = await page.evaluate(() => {
          const button = document.querySelector('.bar .button.primary')?.getBoundingClientRect();
          return {
            focused: document.activeElement !== null && document.activeElement !== document.body,
            wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
            inSight: button === undefined || (button.bottom <= innerHeight && button.right <= innerWidth),
          };
        });
        if (!state.focused) complain(picture, 'nothing has the focus');
        if (state.wide) complain(picture, `wider than the window at ${size.width}`);
        if (!state.inSight) complain(picture, `the primary action is out of sight at ${size.width}`);
        const { violations } = await new AxeBuilder({ page }).analyze();
        for (const { id, help, nodes } of violations) {
          complain(picture, `axe ${id}: ${help} (${nodes.map((node) => node.target.join(' ')).join(', ')})`);
        }
      };
      try {
        await walk({ page, counter, show });
      } catch (stopped) {
        complain(name, `stopped at ${size.width}: ${String(stopped).slice(0, 600)}`);
        await page.screenshot({ path: join(pictures, `stopped-${name}-${size.width}.png`) });
      }
      await context.close();
    }
    console.log(`${name} ✓`);
  }
} finally {
  await browser.close();
  server.close();
}
if (faults > 0) process.exitCode = 1;
