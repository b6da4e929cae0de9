import type { App, Session, WebContents, WebPreferences } from 'electron';
import { isAllowedNavigation, scheme } from './addresses.ts';

/** What the window may not do, whatever runs in it. */

export const confinedPreferences = (given: {
  preload: string;
  session: Session;
  devTools: boolean;
}): WebPreferences => ({
  ...given,
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  navigateOnDragDrop: false,
  // The spell checker would fetch dictionaries, and the texts here are other people's.
  spellcheck: false,
});

/** Denies the session every permission, device, download and request that is not the page's own file. */
export const confineSession = (session: Session, devTools: boolean): void => {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  session.on('select-hid-device', (event, _details, choose) => {
    event.preventDefault();
    choose(null);
  });
  session.on('select-serial-port', (event, _ports, _contents, choose) => {
    event.preventDefault();
    choose('');
  });
  session.on('select-usb-device', (event, _details, choose) => {
    event.preventDefault();
    choose();
  });
  const allowed = [`${scheme}:`, 'blob:', ...(devTools ? ['devtools:'] : [])];
  session.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !allowed.includes(new URL(url).protocol) }),
  );
};

const confineContents = (contents: WebContents, denied: (what: string) => void): void => {
  contents.setWindowOpenHandler(() => {
    denied('window-open');
    return { action: 'deny' };
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame && isAllowedNavigation(event.url)) return;
    denied('navigation');
    event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    denied('redirect');
    event.preventDefault();
  });
  contents.on('select-bluetooth-device', (event, _devices, choose) => {
    event.preventDefault();
    choose('');
  });
};

/** Holds every web contents there will ever be to the same rules. `denied` is told the kind only, never an address. */
export const confineAllContents = (app: App, denied: (what: string) => void): void => {
  app.on('web-contents-created', (_event, contents) => {
    // Developer tools are a page of Chromium's own; they exist only when run from source.
    if (contents.getType() !== 'remote') confineContents(contents, denied);
  });
};
