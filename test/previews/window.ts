/**
 * Takes pictures of the window's screens without Electron: the built window, served under the real CSP, with a bridge
 * that gives prepared answers. `node test/previews/window.ts [name …]` writes to out/previews and fails on findings of
 * axe, on violations of the CSP and on errors in the console.
 */

import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright';
import { build } from 'vite';
import { contentSecurityPolicy } from '../../electron/main/assets.ts';
import { bridgeScript, type Scene } from './window-bridge.ts';
import { scenes } from './window-scenes.ts';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const MEDIA: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
};

const root = fileURLToPath(new URL('../../', import.meta.url));
const site = join(root, 'out/previews/site');
const pictures = join(root, 'out/previews');

const wanted = process.argv.slice(2);
const chosen: Scene[] = scenes.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
);

await mkdir(pictures, { recursive: true });
await build({
  configFile: join(root, 'renderer/vite.config.ts'),
  logLevel: 'warn',
  build: { outDir: site, emptyOutDir: true },
});

const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url ?? '/', 'http://desk').pathname);
  const file = join(site, path === '/' ? 'index.html' : path);
  try {
    const body = await readFile(file);
    response.writeHead(200, {
      'content-type': MEDIA[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': contentSecurityPolicy,
    });
    response.end(body);
  } catch {
    response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
  }
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
let findings = 0;
const complain = (scene: string, what: string): void => {
  findings += 1;
  console.error(`${scene}: ${what}`);
};
try {
  for (const scene of chosen) {
    for (const size of SIZES) {
      const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error') complain(scene.name, message.text());
      });
      page.on('pageerror', (error) => complain(scene.name, error.message));
      if (scene.bridge !== null) await page.addInitScript({ content: bridgeScript(scene.bridge) });
      await page.goto(`http://127.0.0.1:${port}/${scene.address}`);
      await page.locator('h1:visible').first().waitFor();
      await scene.act?.(page);
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(pictures, `${scene.name}-${size.width}.png`) });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      );
      if (overflow) complain(scene.name, `wider than the window at ${size.width}`);
      const focused = await page.evaluate(
        () => document.activeElement !== null && document.activeElement !== document.body,
      );
      if (!focused) complain(scene.name, 'nothing has the focus');
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, help, nodes } of violations) {
        complain(scene.name, `axe ${id}: ${help} (${nodes.map((node) => node.target.join(' ')).join(', ')})`);
      }
      await context.close();
    }
    console.log(`${scene.name} ✓`);
  }
} finally {
  await browser.close();
  server.close();
}
if (findings > 0) process.exitCode = 1;
