import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import type { Page } from 'playwright';
import { contentSecurityPolicy } from '../../../electron/main/assets.ts';
import type { ScriptedCounter } from './scripted-counter.ts';

const MEDIA: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Serves the built window under the CSP it has in the application. */
export async function serve(site: string): Promise<{ origin: string; close(): void }> {
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
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

// Bytes do not go through JSON.
const BYTES = '$bytes';
const encode = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Uint8Array ? { [BYTES]: Buffer.from(part).toString('base64') } : part,
  );
const decode = (text: string): unknown =>
  JSON.parse(text, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && BYTES in part && typeof part[BYTES] === 'string'
      ? new Uint8Array(Buffer.from(part[BYTES], 'base64'))
      : part,
  );

const inPage = `(() => {
  const encode = (value) => JSON.stringify(value, (key, part) =>
    part instanceof Uint8Array ? { $bytes: btoa(Array.from(part, (b) => String.fromCharCode(b)).join('')) } : part);
  const decode = (text) => JSON.parse(text, (key, part) =>
    part && part.$bytes !== undefined ? Uint8Array.from(atob(part.$bytes), (c) => c.charCodeAt(0)) : part);
  const events = new Set();
  const connections = new Set();
  let connected = true;
  window.counter = {
    call: async (name, commandId, input) => {
      const reply = decode(await window.previewCall(name, encode(input)));
      if (reply.gone) throw new Error('counter-gone');
      return reply.value;
    },
    onEvent: (listener) => { events.add(listener); return () => events.delete(listener); },
    onConnection: (listener) => { connections.add(listener); listener(connected); return () => connections.delete(listener); },
  };
  window.previewEvent = (name, data) => { for (const listener of events) listener(name, decode(data)); };
  window.previewConnect = (now) => { connected = now; for (const listener of connections) listener(now); };
})();`;

/** Puts the scripted counter behind the page's bridge. */
export async function connect(page: Page, counter: ScriptedCounter): Promise<void> {
  await page.exposeFunction('previewCall', async (name: string, input: string) => {
    try {
      return encode({ value: await counter.bridge.call(name, null, decode(input)) });
    } catch {
      return encode({ gone: true });
    }
  });
  await page.addInitScript({ content: inPage });
  const push = (script: string): void => {
    // The page may be gone when the last event comes.
    void page.evaluate(script).catch(() => undefined);
  };
  counter.bridge.onEvent((name, data) => {
    push(`window.previewEvent(${JSON.stringify(name)}, ${JSON.stringify(encode(data))})`);
  });
  let told = false;
  counter.bridge.onConnection((connected) => {
    if (told) push(`window.previewConnect(${connected})`);
    told = true;
  });
}
