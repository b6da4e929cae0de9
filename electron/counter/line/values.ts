import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { LineSettings } from '../../contract/line.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { type Connection, openWay } from '../../sync/transport.ts';

const stored = z.strictObject({
  proxy: z
    .strictObject({ url: z.string(), username: z.string().nullable(), password: z.string().nullable() })
    .nullable(),
  ca: z.string().nullable(),
  certificate: z
    .strictObject({ cert: z.string(), key: z.string(), passphrase: z.string().nullable() })
    .nullable(),
});

// The key lies in the store, which is encrypted with a key the system's key store wraps.
const KEY = 'line';

export function connectionOf(tx: Reader): Connection {
  const value = deskValues.get(tx, KEY);
  return value === undefined ? openWay : stored.parse(value);
}

export const saveConnection = (tx: Tx, connection: Connection): void =>
  deskValues.set(tx, KEY, { ...stored.parse(connection) });

/** The certificate a PEM holds (its first), or null. */
export function certificateIn(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

/** Whether the key is the certificate's and the passphrase opens it. */
export function keyFits(certificate: X509Certificate, key: string, passphrase: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey({ key, ...(passphrase !== '' && { passphrase }) }));
  } catch {
    return false;
  }
}

function viewOf(pem: string | undefined): LineSettings['authority'] {
  const certificate = pem === undefined ? null : certificateIn(pem);
  if (!certificate) return null;
  const name = /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificate.subject.replaceAll('\n', ', ');
  return { subject: name, validTo: new Date(certificate.validTo).toISOString() };
}

export const lineView = ({ proxy, ca, certificate }: Connection): LineSettings => ({
  proxy: proxy && { url: proxy.url, username: proxy.username, hasPassword: proxy.password !== null },
  authority: viewOf(ca ?? undefined),
  certificate: viewOf(certificate?.cert),
});
