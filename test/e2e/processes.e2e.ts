import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { deskCommand } from '../../scripts/desk.ts';
import { preparedDesk } from '../../scripts/prepare.ts';
import { launchEchoDesk } from '../rigs/echo-desk.ts';
import { type LaunchOptions, makeDeskFolder } from '../rigs/electron.ts';
import { until } from '../rigs/process.ts';

/** How main keeps window, counter and portal alive, with a counter, a portal and a page of no features. */

type EchoDesk = Awaited<ReturnType<typeof launchEchoDesk>>;
let desk: EchoDesk | null = null;

afterEach(async () => {
  await desk?.close();
  desk = null;
});

const open = async (options: LaunchOptions = {}): Promise<EchoDesk> => {
  desk = await launchEchoDesk(options);
  return desk;
};

/** Runs in the page through main, because Playwright's own page is lost when the page's process dies. */
const inPage = (from: EchoDesk, code: string): Promise<unknown> =>
  from.app.evaluate(
    ({ BrowserWindow }, script) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(script),
    code,
  );
const call = (from: EchoDesk, name: string, input: unknown = {}): Promise<unknown> =>
  inPage(
    from,
    `window.counter.call('${name}', null, ${JSON.stringify(input)}).catch((error) => error.message)`,
  );
const address = (from: EchoDesk): Promise<string> =>
  from.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL() ?? '');
const shows = (from: EchoDesk, text: string): Promise<boolean> =>
  until(
    `"${text}"`,
    async () => (await inPage(from, "document.getElementById('connection').textContent")) === text,
  );
const pagePid = (from: EchoDesk): Promise<number> =>
  from.app.evaluate(
    ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
  );
const log = (from: EchoDesk): string => readFileSync(join(from.dataDir, 'logs', 'main.log'), 'utf8');

test('the window calls the counter and hears its events; the counter gets all it needs to start', async () => {
  const started = await open({ env: { VIRTUOS_LANGUAGE: 'en' } });
  await shows(started, 'connected');
  expect(await call(started, 'echo.any', { a: ['ž', 1] })).toEqual({
    name: 'echo.any',
    commandId: null,
    input: { a: ['ž', 1] },
  });
  expect(await call(started, 'echo.start')).toMatchObject({
    folder: started.dataDir,
    key: 32,
    keyIsBytes: true,
    keyKept: 'file',
    environment: 'training',
    language: 'en',
    logFolder: join(started.dataDir, 'logs'),
    trainingPortal: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) },
  });
  const heard = inPage(
    started,
    `new Promise((heard) => window.counter.onEvent((name, data) => heard([name, data])))`,
  );
  await call(started, 'echo.event', { b: 2 });
  expect(await heard).toEqual(['echoed', { b: 2 }]);
});

test('a counter that dies comes back to the same window; calls under way are told', async () => {
  const started = await open();
  await shows(started, 'connected');
  const key = await call(started, 'echo.window-key');
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  const [silent, dying] = await Promise.all([call(started, 'echo.silent'), call(started, 'echo.die')]);
  expect([silent, dying]).toEqual(['counter-gone', 'counter-gone']);
  await shows(started, 'connected');
  expect(await call(started, 'echo.window-key')).toBe(key);
  expect(log(started)).not.toContain(String(key));
});

test('a page that is not the desk’s gets no counter', async () => {
  const started = await open();
  await shows(started, 'connected');
  await started.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.loadURL('app://desk/other.html'),
  );
  await until('the refusal', () =>
    log(started).includes('a page that is not the desk asked for the counter'),
  );
  expect(await inPage(started, 'new Promise((told) => window.counter.onConnection(told))')).toBe(false);
});

test('a counter that keeps dying is given up with a sentence, until a person tries again', async () => {
  const started = await open();
  for (let death = 1; death <= 6; death += 1) {
    await shows(started, 'connected');
    await call(started, 'echo.die');
  }
  await until('the sentence', async () => (await address(started)).includes('refused=counter.keeps-failing'));
  await inPage(started, "void window.location.assign('app://desk/index.html?language=cs')");
  await until('the page', async () => !(await address(started)).includes('refused'));
  await shows(started, 'connected');
});

test('a refused start shows its code and parameters in the page', async () => {
  const started = await open({ env: { VIRTUOS_ECHO_REFUSE: 'store.newer-schema' } });
  await until('the sentence', async () =>
    /refused=store\.newer-schema&p\.found=7$/.test(await address(started)),
  );
});

test('a page whose process is killed is shown again with the same key and a note, without a dump', async () => {
  const started = await open();
  await shows(started, 'connected');
  const key = await call(started, 'echo.window-key');
  const pid = await pagePid(started);
  process.kill(pid, 'SIGABRT');
  await until('the note', async () => (await address(started)).includes('note=window.recovered'));
  await shows(started, 'connected');
  expect(await call(started, 'echo.window-key')).toBe(key);
  const kept = readdirSync(started.dataDir, { recursive: true }).map(String);
  expect(kept.filter((name) => name.endsWith('.dmp'))).toEqual([]);
});

test('production without a key store of the system refuses to start and makes no key', async () => {
  const started = await open({ env: { VIRTUOS_ENVIRONMENT: 'production' } });
  await until('the sentence', async () => (await address(started)).includes('refused=key.no-system-store'));
  expect(readdirSync(started.dataDir).filter((name) => name.startsWith('key.'))).toEqual([]);
});

test('a training folder is refused in production, and its key is its owner’s alone', async () => {
  const dataDir = makeDeskFolder('data');
  await shows(await open({ dataDir }), 'connected');
  expect(statSync(join(dataDir, 'key.plain')).mode & 0o777).toBe(0o600);
  await desk?.close();
  const started = await open({ dataDir, env: { VIRTUOS_ENVIRONMENT: 'production' } });
  await until('the sentence', async () =>
    (await address(started)).includes('refused=environment.folder-of-other'),
  );
});

test('a training portal that dies comes back on the same port, also at the next start', async () => {
  const dataDir = makeDeskFolder('data');
  const portalUrl = async (from: EchoDesk): Promise<string> => {
    await shows(from, 'connected');
    const started = await call(from, 'echo.start');
    return String(Reflect.get(Reflect.get(Object(started), 'trainingPortal'), 'url'));
  };
  const first = await open({ dataDir });
  const url = await portalUrl(first);
  await (await fetch(`${url}/die`)).text();
  await until('the second ready', () => log(first).split('training portal ready').length === 3);
  expect(await (await fetch(url)).text()).toBe('portal');
  await desk?.close();
  expect(await portalUrl(await open({ dataDir }))).toBe(url);
});

test('a second start on the same data ends at once and leaves the first alone', async () => {
  const started = await open();
  await shows(started, 'connected');
  const second = deskCommand(await preparedDesk(), started.appFolder, makeDeskFolder('home'), {
    VIRTUOS_DATA_DIR: started.dataDir,
    VIRTUOS_ENVIRONMENT: 'training',
  });
  const child = spawn(second.executable, second.args, { env: second.env, stdio: 'ignore' });
  expect((await once(child, 'exit'))[0]).toBe(0);
  await shows(started, 'connected');
  expect(log(started).split('"started"')).toHaveLength(2);
});

test('a termination signal ends desk and counter in order; the file of readiness was written', async () => {
  const dataDir = makeDeskFolder('data');
  const readyFile = join(dataDir, 'ready.json');
  const started = await open({ dataDir, env: { VIRTUOS_READY_FILE: readyFile } });
  await shows(started, 'connected');
  await until('the file', () => existsSync(readyFile));
  expect(JSON.parse(readFileSync(readyFile, 'utf8'))).toMatchObject({
    pid: started.app.process().pid,
    electron: expect.stringMatching(/^\d+\./),
  });
  const ended = once(started.app.process(), 'exit');
  started.app.process().kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  expect(log(started).trim().split('\n').at(-1)).toContain('stopped');
  expect(existsSync(join(dataDir, 'window-state.json'))).toBe(true);
});

test('main starts a process for a document, and its end is told, whoever ended it', async () => {
  const started = await open();
  await shows(started, 'connected');
  expect(await call(started, 'echo.examine', 'echo')).toBe('echo');
  expect(await call(started, 'echo.examine', 'die')).toBe('ended');
  expect(await call(started, 'echo.examine', 'end')).toBe('ended');
  expect(log(started).match(/ended the process that read it/g)).toHaveLength(1);
});
