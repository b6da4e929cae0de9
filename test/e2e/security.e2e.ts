import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConsoleMessage, ElectronApplication, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Desk, launchDesk } from '../rigs/electron.ts';

/** What the window cannot do, tried in the real desk (docs/security.md says why). */

let desk: Desk;
let page: Page;
let app: ElectronApplication;
/** A page elsewhere, which the window must never reach. */
let elsewhere: Server;
let elsewhereUrl: string;
let visits = 0;

beforeAll(async () => {
  elsewhere = createServer((_request, response) => {
    visits += 1;
    response.setHeader('access-control-allow-origin', '*');
    response.end('reached');
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => elsewhere.once('listening', listening));
  const { port } = elsewhere.address() as AddressInfo;
  elsewhereUrl = `http://127.0.0.1:${port}/`;
  desk = await launchDesk();
  ({ app, window: page } = desk);
  await page.waitForLoadState('load');
});

afterAll(async () => {
  await desk?.close();
  elsewhere?.close();
});

const address = (): Promise<string> =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL() ?? '');

test("the page's process runs in Chromium's sandbox", async () => {
  const pid = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  );
  expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m);
});

test('the window is isolated from its preload and has no Node', async () => {
  const inPage = await page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'].filter(
      (name) => name in globalThis,
    ),
  );
  expect(inPage).toEqual([]);
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    // Internal, but the only way to ask a window how it was really made.
    return contents && Reflect.apply(Reflect.get(contents, 'getLastWebPreferences'), contents, []);
  });
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
  });
  const spelling = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.session.isSpellCheckerEnabled(),
  );
  expect(spelling).toBe(false);
});

test('the bridge is three functions, which the page cannot change', async () => {
  const bridge = await page.evaluate(() => {
    const before = window.counter.call;
    const attempts = [
      () => Object.assign(window.counter, { call: () => 'mine' }),
      () => Object.assign(window, { counter: {} }),
    ].map((attempt) => {
      try {
        attempt();
        return 'changed';
      } catch {
        return 'refused';
      }
    });
    return {
      names: Reflect.ownKeys(window.counter).map(String).sort(),
      types: Object.values(window.counter).map((value) => typeof value),
      attempts,
      same: window.counter.call === before,
    };
  });
  expect(bridge).toEqual({
    names: ['call', 'onConnection', 'onEvent'],
    types: ['function', 'function', 'function'],
    attempts: ['refused', 'refused'],
    same: true,
  });
});

test('no port and no message of the bridge leaks into the page', async () => {
  const leaked = await page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const seen: string[] = [];
        window.addEventListener('message', (event) => seen.push(`message with ${event.ports.length} ports`));
        window.counter
          .call('desk.frame', null, {})
          .catch(() => {})
          .finally(() => resolve(seen));
      }),
  );
  expect(leaked).toEqual([]);
});

test('no script from a string, no inline script or style, no connection', async () => {
  const result = await page.evaluate(async (url) => {
    const broken: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));
    const tryIt = async (what: () => unknown): Promise<string> => {
      try {
        await what();
        return 'done';
      } catch {
        return 'refused';
      }
    };
    // What a debugger evaluates may itself use eval; a later task of the page may not.
    await new Promise((later) => setTimeout(later, 0));
    const evaluated = await tryIt(() => new Function('return 1')());
    const script = document.createElement('script');
    const inline = await tryIt(() => {
      script.textContent = 'window.inlineRan = true';
      document.body.append(script);
    });
    const html = await tryIt(() => {
      document.createElement('div').innerHTML = '<img src=x onerror="window.inlineRan = true">';
    });
    const styled = document.createElement('p');
    const style = document.createElement('style');
    style.textContent = '.csp-probe { color: rgb(1, 2, 3) }';
    styled.className = 'csp-probe';
    document.body.append(style, styled);
    const fetched = await tryIt(() => fetch(url));
    const own = await tryIt(() => fetch('app://desk/index.html'));
    const socket = await tryIt(() => new WebSocket(url.replace('http', 'ws')));
    const beacon = navigator.sendBeacon(url, 'x');
    const image = await tryIt(
      () =>
        new Promise((loaded, failed) => {
          const picture = new Image();
          picture.onload = loaded;
          picture.onerror = failed;
          picture.src = url;
        }),
    );
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(frame);
    const colour = getComputedStyle(styled).color;
    await new Promise((later) => setTimeout(later, 0));
    for (const added of [script, style, styled, frame]) added.remove();
    return {
      evaluated,
      inline,
      html,
      fetched,
      own,
      image,
      ran: Reflect.has(window, 'inlineRan'),
      colour: colour === 'rgb(1, 2, 3)',
      broken,
      socket,
      beacon,
    };
  }, elsewhereUrl);
  expect(result).toMatchObject({
    evaluated: 'refused',
    inline: 'refused',
    html: 'refused',
    fetched: 'refused',
    own: 'refused',
    image: 'refused',
    ran: false,
    colour: false,
  });
  expect(result.broken).toEqual(
    expect.arrayContaining(['require-trusted-types-for', 'style-src-elem', 'connect-src', 'img-src']),
  );
  expect(visits).toBe(0);
});

test('the page is served under the strict policy and from nowhere but its own folder', async () => {
  const answers = await app.evaluate(
    async ({ session }, addresses) =>
      Promise.all(
        addresses.map(async (url) => {
          const answer = await session.fromPartition('desk').fetch(url);
          return { status: answer.status, policy: answer.headers.get('content-security-policy') ?? '' };
        }),
      ),
    [
      'app://desk/index.html',
      'app://desk/..%2f..%2fpackage.json',
      'app://desk/%2e%2e/main/main.js',
      'app://other/index.html',
    ],
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 404, 404]);
  for (const { policy } of answers)
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
});

test('the window stays on its page and opens no other', async () => {
  const before = await address();
  for (const url of [elsewhereUrl, 'file:///etc/passwd', 'data:text/html,x', 'app://other/index.html'])
    await page.evaluate((to) => {
      window.location.assign(to);
      const link = document.createElement('a');
      link.href = to;
      link.target = '_blank';
      document.body.append(link);
      link.click();
      link.remove();
    }, url);
  const opened = await page.evaluate((url) => window.open(url) !== null, elsewhereUrl);
  expect(opened).toBe(false);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  expect(await address()).toBe(before);
  expect(visits).toBe(0);
});

test('every permission and device is denied', async () => {
  const denied = await page.evaluate(async () => {
    const outcome = async (what: () => Promise<unknown>): Promise<string> => {
      try {
        const value = await what();
        return typeof value === 'string' ? value : 'granted';
      } catch {
        return 'denied';
      }
    };
    const state = (name: string) =>
      navigator.permissions.query({ name: name as PermissionName }).then((status) => status.state);
    return {
      camera: await outcome(() => navigator.mediaDevices.getUserMedia({ video: true })),
      screen: await outcome(() => navigator.mediaDevices.getDisplayMedia()),
      place: await outcome(
        () => new Promise((found, failed) => navigator.geolocation.getCurrentPosition(found, failed)),
      ),
      notifications: await outcome(() => Notification.requestPermission()),
      clipboard: await outcome(() => navigator.clipboard.readText()),
      midi: await outcome(() => navigator.requestMIDIAccess({ sysex: true })),
      geolocationState: await outcome(() => state('geolocation')),
      notificationState: await outcome(() => state('notifications')),
    };
  });
  expect(new Set(Object.values(denied))).toEqual(new Set(['denied']));
});

test('main listens to one message of the window', async () => {
  const names = await app.evaluate(({ ipcMain }) => ipcMain.eventNames().map(String));
  // Electron's own listener for errors is there in every application.
  expect(names.filter((name) => name !== 'error')).toEqual(['counter-port-wanted']);
});

test('the page keeps its own policy: it starts without breaking it', async () => {
  const complaints: string[] = [];
  const listen = (message: ConsoleMessage) => {
    if (/refused to|content security policy|trusted/i.test(message.text())) complaints.push(message.text());
  };
  page.on('console', listen);
  await page.reload();
  await page.locator('h1, h2, [role=status], [role=alert]').first().waitFor();
  page.off('console', listen);
  expect(complaints).toEqual([]);
});

test('nothing is downloaded', async () => {
  // Heard before the click: asked and clicked side by side, the click may come first.
  const heard = await app.evaluateHandle(({ session }) => {
    const saved = new Promise<string>((resolve) =>
      session.fromPartition('desk').on('will-download', (event) => resolve(String(event.defaultPrevented))),
    );
    return { saved };
  });
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(['x']));
    link.download = 'x.txt';
    link.click();
  });
  expect(await heard.evaluate(({ saved }) => saved)).toBe('true');
});
