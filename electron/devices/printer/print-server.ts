import { groupTag, type IppGroup, texts } from './ipp-codec.ts';

/**
 * What stands behind an address: a printer, or the queue of a print server (CUPS) with its destination. `follow`: the destination speaks
 * IPP at this address, so that it can be asked what became of a job. Null: it cannot be asked (USB, raw sockets, LPD, a dialect of DNS-SD).
 */
export type Behind = { server: false } | { server: true; follow: string | null };

/** Asked for with whatever is asked of a printer; printers know neither. */
export const behindAttributes = ['device-uri', 'printer-type'] as const;

const isLocal = (host: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])$/i.test(host);

const hostOf = (uri: string): string | null => {
  const http = uri.replace(/^ipp/i, 'http');
  return URL.canParse(http) ? new URL(http).hostname : null;
};

/** `uri`: where the queue was asked. A destination on the server's own machine can be reached only from there. */
export const behind = (groups: readonly IppGroup[], uri: string): Behind => {
  const [device] = texts(groups, groupTag.printer, 'device-uri');
  if (device === undefined) return { server: false };
  const host = hostOf(device);
  const reachable =
    /^(ipps?|https?):\/\//i.test(device) &&
    host !== null &&
    (!isLocal(host) || isLocal(hostOf(uri) ?? '')) &&
    device !== uri;
  return { server: true, follow: reachable ? device : null };
};
