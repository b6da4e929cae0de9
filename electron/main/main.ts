import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { app, dialog, ipcMain, Menu, session, shell } from 'electron';
import { type Failure, fail, ok, type Result } from '../values/result.ts';
import { isOwnPage, isRefusedPage } from './addresses.ts';
import { confineAllContents, confineSession } from './confinement.ts';
import { createCounterLink, type Seat, type StartMessage } from './counter.ts';
import { onDisk } from './disk.ts';
import { chooseEnvironment, dataFolder, type Environment } from './environment.ts';
import { createExaminers } from './examiners.ts';
import { markFolder } from './folder-mark.ts';
import { loadKey } from './key.ts';
import { chooseLanguage, languageSet } from './language.ts';
import { watchLine } from './line-hints.ts';
import { logFolder, type MainLog, openLog, technicalPart } from './log.ts';
import { menuTemplate } from './menu.ts';
import { choosePlace } from './places.ts';
import { keepTrainingPortal, type TrainingPortal } from './portal.ts';
import { declareScheme, serveWindow } from './protocol.ts';
import { announceReadiness } from './readiness.ts';
import { adoptSigningKey, loadSigningKey, nextSigningKey } from './signing-key.ts';
import {
  beginSwitch,
  eraseSigningKeys,
  eraseStoreKeys,
  finishSwitch,
  isRemoved,
  markRemoved,
  restoringFolder,
} from './store-switch.ts';
import { systemSecrets } from './system-secrets.ts';
import { texts } from './texts.ts';
import { openWindow } from './window.ts';

const name = 'VIRTUOS Counter';
const stopLimitMs = 5_000;
const portalLimitMs = 20_000;

const dist = dirname(import.meta.dirname);
const fromSource = !app.isPackaged;
// An installed desk takes its clauses and templates from nowhere but its installation.
const resources = fromSource
  ? process.env['VIRTUOS_RESOURCES'] || join(dirname(dist), 'resources')
  : join(process.resourcesPath, 'resources');
const languageVariable = process.env['VIRTUOS_LANGUAGE'];
const language = chooseLanguage(languageVariable, app.getPreferredSystemLanguages()[0] ?? '');
const say = texts[language];

/** Ends a start that cannot even open a window. */
const giveUp = (sentence: string): never => {
  dialog.showErrorBox(name, sentence);
  process.exit(1);
};

const environment = (): Environment => {
  const chosen = chooseEnvironment({
    variable: process.env['VIRTUOS_ENVIRONMENT'],
    packaged: app.isPackaged,
    trainingAsked: process.argv.includes('--training') || existsSync(join(process.resourcesPath, 'training')),
  });
  return chosen.ok ? chosen.value : giveUp(say.environmentUnknown);
};

const prepareFolder = (chosen: Environment): string => {
  const folder = dataFolder({
    variable: process.env['VIRTUOS_DATA_DIR'],
    userData: join(app.getPath('appData'), name),
    environment: chosen,
  });
  try {
    mkdirSync(join(folder, 'window'), { recursive: true, mode: 0o700 });
    mkdirSync(logFolder(folder), { recursive: true, mode: 0o700 });
  } catch {
    giveUp(say.folderUnusable);
  }
  return folder;
};

/** A portal that already runs, named for this start; the training desk then starts none of its own. */
const namedPortal = (): TrainingPortal | null => {
  const url = process.env['VIRTUOS_PORTAL_URL'];
  return url ? { url, enrolmentCode: process.env['VIRTUOS_ENROLMENT_CODE'] ?? '' } : null;
};

const endOnBug = (log: MainLog): void => {
  process.on('uncaughtException', (error) => {
    const where = (error.stack ?? '').split('\n').flatMap((line) => technicalPart(line) ?? []);
    log.error('bug in main', { where: where.join(' | ') });
    void log.close().then(() => giveUp(say.bug));
  });
};

const run = (desk: { environment: Environment; folder: string; log: MainLog }): void => {
  const { folder, log } = desk;
  // In memory: the window leaves nothing on the disk.
  const windowSession = session.fromPartition('desk');
  for (const confined of [windowSession, session.defaultSession]) confineSession(confined, fromSource);
  serveWindow(windowSession, join(dist, 'renderer'));

  const named = namedPortal();
  const portal =
    desk.environment === 'training' && named === null
      ? keepTrainingPortal({
          file: join(dist, 'portal', 'server.js'),
          folder,
          resources,
          log,
          echo: fromSource,
        })
      : null;

  const keptKeys = () => ({ folder, environment: desk.environment, secrets: systemSecrets() });

  const prepareCounter = async (): Promise<Result<StartMessage, Failure>> => {
    const marked = onDisk(() => markFolder(folder, desk.environment));
    if (!marked.ok) return marked;
    const settled = onDisk(() => {
      finishSwitch(folder);
      return isRemoved(folder) ? fail('desk.removed') : ok(null);
    });
    if (!settled.ok) return settled;
    const key = onDisk(() => loadKey({ folder, environment: desk.environment, secrets: systemSecrets() }));
    if (!key.ok) return key;
    const signing = onDisk(() => loadSigningKey(keptKeys()));
    if (!signing.ok) return signing;
    const trainingPortal =
      desk.environment === 'training' ? (named ?? (await portal?.whenReady(portalLimitMs)) ?? null) : null;
    return ok({
      type: 'start',
      folder,
      key: key.value.key,
      keyKept: key.value.keptIn,
      signingKey: signing.value.current,
      nextSigningKey: signing.value.next,
      environment: desk.environment,
      version: app.getVersion(),
      resources,
      logFolder: logFolder(folder),
      trainingPortal,
      language: languageSet(languageVariable),
    });
  };

  const counter = createCounterLink({
    file: join(dist, 'counter', 'process.js'),
    log,
    echo: fromSource,
    prepare: prepareCounter,
    onRefused: (failure) => page.load({ refused: failure }),
    examiners: createExaminers({
      files: {
        document: join(dist, 'examiner', 'examiner.js'),
        cards: join(dist, 'cards', 'cards.js'),
        usb: join(dist, 'usb', 'usb.js'),
      },
      log,
    }),
    signingKey: {
      renew: () => onDisk(() => nextSigningKey(keptKeys())),
      adopt: () =>
        onDisk(() => {
          adoptSigningKey({ folder });
          return ok(null);
        }),
    },
    prepareRecovery: () => {
      const key = onDisk(() => loadKey(keptKeys()));
      return {
        type: 'recover',
        folder,
        key: key.ok ? key.value.key : null,
        environment: desk.environment,
        logFolder: logFolder(folder),
      };
    },
    newStore: () =>
      onDisk(() => {
        const target = restoringFolder(folder);
        mkdirSync(target, { recursive: true, mode: 0o700 });
        const key = loadKey({ ...keptKeys(), folder: target });
        return key.ok ? ok({ folder: target, key: key.value.key }) : key;
      }),
    switchStore: () => beginSwitch(folder, new Date()),
    leaveStore: (how) => {
      markRemoved(folder);
      if (how === 'erased') eraseStoreKeys(folder);
      // Either way this machine signs nothing in the desk's name any more.
      eraseSigningKeys(folder);
    },
    onSwitched: () => page.load({}),
    choosePlace: (asked) => choosePlace(page.window, asked),
  });

  const askAfterCrashes = async (): Promise<void> => {
    const { response } = await dialog.showMessageBox(page.window, {
      type: 'error',
      title: name,
      message: say.windowKeepsCrashing,
      buttons: [say.tryAgain, say.quit],
      defaultId: 0,
      cancelId: 1,
    });
    if (response === 0) page.load({ note: 'window.recovered' });
    else app.quit();
  };

  const page = openWindow({
    folder,
    preload: join(dist, 'preload', 'preload.cjs'),
    session: windowSession,
    fromSource,
    title: `${name} – ${say[desk.environment]}`,
    language,
    log,
    afterTooManyCrashes: () => void askAfterCrashes(),
  });

  const { webContents } = page.window;
  const seat: Seat = {
    windowKey: randomBytes(32).toString('hex'),
    connect: (port) => webContents.postMessage('counter-port', null, [port]),
    disconnect: () => {
      if (!webContents.isDestroyed()) webContents.send('counter-gone');
    },
  };
  ipcMain.on('counter-port-wanted', ({ sender, senderFrame }) => {
    // The empty document before the first page.
    if (sender === webContents && senderFrame?.url === '') return;
    if (senderFrame === null || senderFrame !== webContents.mainFrame || !isOwnPage(senderFrame.url))
      return log.warn('a page that is not the desk asked for the counter');
    // Where another store can mend it, a process that restores one serves the page of the refusal.
    if (isRefusedPage(senderFrame.url)) return counter.wantPort(seat);
    // The page began anew after the desk was refused: a person wants to try again.
    if (counter.refusal()) counter.start();
    counter.wantPort(seat);
  });
  page.window.once('closed', () => counter.leave(seat));

  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(say, {
        fromSource,
        mac: process.platform === 'darwin',
        openLogs: () => void shell.openPath(logFolder(folder)),
        about: () =>
          void dialog.showMessageBox(page.window, {
            type: 'info',
            title: say.about,
            message: name,
            detail: `${say.version} ${app.getVersion()}\n${say.environment}: ${say[desk.environment]}\nEUPL-1.2`,
            buttons: [say.close],
          }),
      }),
    ),
  );

  app.on('second-instance', () => {
    if (page.window.isMinimized()) page.window.restore();
    page.window.show();
    page.window.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    if (type !== 'Utility') log.warn('a process of the window ended', { from: type, reason, exitCode });
  });
  app.once('will-quit', (event) => {
    event.preventDefault();
    void counter
      .stop(stopLimitMs)
      .then(() => portal?.stop())
      .then(() => log.info('stopped'))
      .then(() => log.close())
      .then(() => app.exit(0));
  });

  const readyFile = process.env['VIRTUOS_READY_FILE'];
  if (readyFile) announceReadiness(page.window, readyFile);
  watchLine(() => counter.hintLine());
  counter.start();
  page.load({});
};

const begin = (): void => {
  const chosen = environment();
  const folder = prepareFolder(chosen);
  // Chromium's own files, and the lock that lets one desk run per data folder.
  app.setPath('userData', join(folder, 'window'));
  app.setName(name);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // Chromium's own texts and the order of a date field's parts.
  app.commandLine.appendSwitch('lang', language);
  app.enableSandbox();
  declareScheme();
  const log = openLog(logFolder(folder));
  endOnBug(log);
  log.info('started', { version: app.getVersion(), environment: chosen, from: process.versions.electron });
  confineAllContents(app, (what) => log.warn('the page tried what it may not', { reason: what }));
  void app.whenReady().then(() => run({ environment: chosen, folder, log }));
};

begin();
