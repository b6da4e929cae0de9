/**
 * What printers and scanners announce of themselves on the local network: DNS service discovery (RFC 6763), with the keys of
 * Bonjour printing (TXT `ty`, `rp`, `UUID`, `pdl`, `Duplex`) and of eSCL. Anybody on the network can announce anything: it is a hint
 * for a person, never a reason to send a document somewhere.
 */

export const serviceTypes = [
  '_ipp._tcp.local',
  '_ipps._tcp.local',
  '_uscan._tcp.local',
  '_uscans._tcp.local',
] as const;
export type ServiceType = (typeof serviceTypes)[number];

/** A record of an answer, as the multicast library reads it; its content is not to be trusted. */
export type DnsRecord = { name: string; type: string; ttl?: number | undefined; data?: unknown };

export type Announced = {
  kind: 'printer' | 'scanner';
  /** The name of the instance, as its owner wrote it. */
  instance: string;
  makeAndModel: string | null;
  /** `ipp:`, `ipps:`, or for eSCL `http:`, `https:`. */
  uri: string;
  uuid: string | null;
  duplex: boolean;
};

const mostServices = 200;
const mostText = 255;

const clean = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a stranger announces must not move the cursor of a terminal.
  text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '').slice(0, mostText);

const isServiceType = (name: string): name is ServiceType => serviceTypes.some((type) => type === name);

const textsOf = (data: unknown): Map<string, string> => {
  const values = new Map<string, string>();
  for (const part of Array.isArray(data) ? data : [data]) {
    const text = part instanceof Uint8Array ? Buffer.from(part).toString('utf8') : '';
    const at = text.indexOf('=');
    const key = text.slice(0, at).toLowerCase();
    // Only the first of a key counts (RFC 6763 § 6.4).
    if (at > 0 && !values.has(key)) values.set(key, clean(text.slice(at + 1)));
  }
  return values;
};

const targetOf = (data: unknown): { target: string; port: number } | undefined => {
  if (typeof data !== 'object' || data === null || !('target' in data) || !('port' in data)) return undefined;
  const { target, port } = data;
  return typeof target === 'string' && typeof port === 'number' && port > 0 && port < 65_536
    ? { target: target.toLowerCase(), port }
    : undefined;
};

const isIpv4 = (text: unknown): text is string =>
  typeof text === 'string' && /^(\d{1,3}\.){3}\d{1,3}$/.test(text);
const isHostName = (text: string): boolean => /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/.test(text);
const isUuid = (text: string | undefined): text is string =>
  text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

const schemeOf: Readonly<Record<ServiceType, string>> = {
  '_ipp._tcp.local': 'ipp',
  '_ipps._tcp.local': 'ipps',
  '_uscan._tcp.local': 'http',
  '_uscans._tcp.local': 'https',
};

/**
 * The services that records tell of as a whole (pointer, place and, where known, texts). A printer that answers in both ways counts
 * once, over TLS. The address is IPv4 where one was told, since names under `.local` do not resolve on every system.
 */
export const announcedBy = (records: readonly DnsRecord[]): Announced[] => {
  const instances = new Map<string, ServiceType>();
  const places = new Map<string, { target: string; port: number }>();
  const texts = new Map<string, Map<string, string>>();
  const addresses = new Map<string, string>();
  for (const { name, type, ttl, data } of records) {
    const key = name.toLowerCase();
    if (ttl === 0) continue;
    if (type === 'PTR' && isServiceType(key) && typeof data === 'string' && instances.size < mostServices)
      instances.set(data, key);
    if (type === 'SRV') {
      const place = targetOf(data);
      if (place) places.set(key, place);
    }
    if (type === 'TXT') texts.set(key, textsOf(data));
    if (type === 'A' && isIpv4(data) && !addresses.has(key)) addresses.set(key, data);
  }

  const found = new Map<string, Announced & { secure: boolean }>();
  for (const [instance, type] of instances) {
    const place = places.get(instance.toLowerCase());
    if (!place) continue;
    const host = addresses.get(place.target) ?? place.target;
    if (!isHostName(host)) continue;
    const said = texts.get(instance.toLowerCase());
    const scheme = schemeOf[type];
    const resource = (said?.get('rp') ?? '').replace(/^\/+/, '');
    if (!/^[\w./~-]{0,100}$/.test(resource)) continue;
    const kind = scheme === 'ipp' || scheme === 'ipps' ? 'printer' : 'scanner';
    const name = clean(instance.slice(0, -(type.length + 1)));
    const uuid = said?.get('uuid');
    const secure = scheme === 'ipps' || scheme === 'https';
    const one = {
      kind,
      instance: name,
      makeAndModel: said?.get('ty') || null,
      uri: `${scheme}://${host}:${place.port}/${resource}`,
      uuid: isUuid(uuid) ? uuid.toLowerCase() : null,
      duplex: /^t$/i.test(said?.get('duplex') ?? ''),
      secure,
    } as const;
    const key = `${kind} ${one.uuid ?? name}`;
    if (!found.get(key)?.secure) found.set(key, one);
  }
  return [...found.values()].map(({ secure: _, ...one }) => one);
};
