import type { Connection } from '../../sync/transport.ts';
import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, query } from '../handlers.ts';
import { certificateIn, connectionOf, keyFits, lineView, saveConnection } from './values.ts';

/** How the desk gets to the portal: proxy, authority, the desk's own certificate. */
export function lineHandlers(desk: Desk): Handler[] {
  const { store, sync } = desk;
  return [
    query('line.settings', () => ok(store.read((tx) => lineView(connectionOf(tx))))),

    command('line.save', (commanded, { proxy, authority, certificate }) => {
      const { tx, after } = commanded;
      const before = connectionOf(tx);
      if (authority !== null && authority !== 'keep' && !certificateIn(authority.pem))
        return refuse('line.no-certificate-in-file');
      if (certificate !== null && certificate !== 'keep') {
        const own = certificateIn(certificate.pem);
        if (!own) return refuse('line.no-certificate-in-file');
        if (!keyFits(own, certificate.key, certificate.passphrase)) return refuse('line.key-does-not-fit');
      }
      const connection: Connection = {
        proxy: proxy && {
          url: proxy.url,
          username: proxy.username,
          password:
            proxy.username === null
              ? null
              : proxy.password === 'keep'
                ? (before.proxy?.password ?? null)
                : proxy.password.new,
        },
        ca: authority === 'keep' ? before.ca : (authority?.pem ?? null),
        certificate:
          certificate === 'keep'
            ? before.certificate
            : certificate && {
                cert: certificate.pem,
                key: certificate.key,
                passphrase: certificate.passphrase === '' ? null : certificate.passphrase,
              },
      };
      saveConnection(tx, connection);
      const changed = (['proxy', 'ca', 'certificate'] as const).filter(
        (part) => JSON.stringify(connection[part]) !== JSON.stringify(before[part]),
      );
      record(desk, commanded, {
        kind: 'settings-changed',
        payload: { changed: changed.map((part) => `line.${part}`) },
      });
      after(() => sync.kick());
      return ok(lineView(connection));
    }),
  ];
}
