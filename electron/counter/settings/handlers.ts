import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import type { DeviceWatch } from '../devices/watch.ts';
import { command, type Handler, query } from '../handlers.ts';
import { forgetScannerPin } from './scanner-pins.ts';
import { enrolled, saveEnrolment, saveLanguage, saveSettings, settingsOf } from './values.ts';

/** The desk's settings and its devices. */
export function settingsHandlers(desk: Desk, deps: { devices: DeviceWatch; onChange(): void }): Handler[] {
  const { store } = desk;

  return [
    query('settings.get', () => ok(store.read(settingsOf))),

    command('settings.save', (commanded, asked) => {
      const { tx, session, now, after } = commanded;
      const before = settingsOf(tx);
      const settings = deps.devices.known(asked);
      saveSettings(tx, settings, { at: now.toISOString(), clerkId: session.clerkId });
      const { scanner } = settings;
      if (scanner && scanner.device !== before.scanner?.device) forgetScannerPin(tx, scanner.device);
      const own = enrolled(tx);
      if (own && own.portalUrl !== settings.portalUrl)
        saveEnrolment(tx, { ...own, portalUrl: settings.portalUrl });
      const changed = Object.keys(settings).filter(
        (key) => JSON.stringify(Reflect.get(settings, key)) !== JSON.stringify(Reflect.get(before, key)),
      );
      record(desk, commanded, { kind: 'settings-changed', payload: { changed } });
      after(deps.onChange);
      return ok(settings);
    }),

    command('settings.set-language', ({ tx, session, now, after }, { language }) => {
      saveLanguage(tx, language, { at: now.toISOString(), clerkId: session?.clerkId ?? 'nobody' });
      after(deps.onChange);
      return ok({});
    }),

    query('devices.list', async () => ok((await deps.devices.devices(false)).devices)),
  ];
}
