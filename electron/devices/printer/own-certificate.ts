import { createHash } from 'node:crypto';
import { connect } from 'node:tls';
import { systemTimers, type Timers } from '../timers.ts';
import { httpAddress } from './ipp-transport.ts';

/**
 * SHA-256 (hexadecimal) of the certificate a printer shows, for a person to accept when it is set up: printers have
 * self-signed ones. Null where it shows none: no TLS, no answer within `limitMs`, a bad address. Nothing is sent to it.
 */
export const certificateOf = (
  uri: string,
  options: { timers?: Timers; limitMs?: number } = {},
): Promise<string | null> => {
  const address = httpAddress(uri);
  if (!address.ok || address.value.protocol !== 'https:') return Promise.resolve(null);
  const { hostname, port } = address.value;
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      rejectUnauthorized: false,
    });
    const end = (fingerprint: string | null): void => {
      stopLimit();
      socket.destroy();
      resolve(fingerprint);
    };
    const stopLimit = (options.timers ?? systemTimers).after(options.limitMs ?? 5_000, () => end(null));
    socket.once('secureConnect', () => {
      const { raw } = socket.getPeerCertificate();
      end(raw ? createHash('sha256').update(raw).digest('hex') : null);
    });
    socket.once('error', () => end(null));
  });
};
