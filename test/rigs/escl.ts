import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';

/** What the scanner does wrong; each stays until it is set otherwise. */
export type EsclMischief = {
  /** After so many pages the feeder stops in `adfState`. */
  stopAfter: number | undefined;
  adfState: string;
  /** Answers 503 so many times, to jobs and pages alike. */
  busy: number;
  /** The page of this index (from 0) never comes. */
  silentAt: number | undefined;
  /** In the middle of the page of this index the power goes: until `plugIn` nothing answers. */
  unplugAt: number | undefined;
  /** Instead of what is asked for. */
  instead: Partial<Record<'capabilities' | 'status' | 'page', Instead>>;
  /** Makes the Location of a new job of its path; undefined: as it should be. */
  location: ((path: string) => string) | undefined;
};
type Instead = { status?: number; headers?: Record<string, string>; body?: string | Buffer };

/** A virtual scanner that speaks eSCL: glass, and a feeder for both sides. Its server is the tests' own; sane-airscan checks it. */
export type EsclRig = {
  /** As settings hold it. */
  address: string;
  port: number;
  /** Puts sheets into the feeder, beside those that lie there. */
  load(sheets: number): void;
  sheetsLeft(): number;
  mischief: EsclMischief;
  /** `METHOD /path` of each request since the start. */
  requests: string[];
  /** The settings of the last job, as they were sent. */
  lastSettings(): string;
  /** Jobs that were neither finished nor deleted. */
  openJobs(): number;
  /** Every page as it was sent. */
  sent: Buffer[];
  plugIn(): void;
  /** From now on it shows another certificate, as after a reset. */
  showCertificate(tls: { cert: string; key: string }): void;
  stop(): Promise<void>;
};

type Job = { id: number; settings: string; feeder: boolean; duplex: boolean; pages: number; state: string };

const pwg = 'http://www.pwg.org/schemas/2010/12/sm';
const escl = 'http://schemas.hp.com/imaging/escl/2011/05/03';

const profile = `<scan:SettingProfiles><scan:SettingProfile>
  <scan:ColorModes><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>
  <scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat><scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>
  <scan:SupportedResolutions><scan:DiscreteResolutions>${[100, 200, 300]
    .map(
      (dpi) =>
        `<scan:DiscreteResolution><scan:XResolution>${dpi}</scan:XResolution><scan:YResolution>${dpi}</scan:YResolution></scan:DiscreteResolution>`,
    )
    .join('')}</scan:DiscreteResolutions></scan:SupportedResolutions>
</scan:SettingProfile></scan:SettingProfiles>`;

const inputCaps = (name: string): string => `<scan:${name}>
  <scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>2550</scan:MaxWidth><scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>3508</scan:MaxHeight>
  <scan:MaxScanRegions>1</scan:MaxScanRegions>${profile}<scan:MaxOpticalXResolution>300</scan:MaxOpticalXResolution><scan:MaxOpticalYResolution>300</scan:MaxOpticalYResolution>
</scan:${name}>`;

export const esclCapabilities = `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScannerCapabilities xmlns:scan="${escl}" xmlns:pwg="${pwg}">
<pwg:Version>2.6</pwg:Version><pwg:MakeAndModel>Rig network scanner</pwg:MakeAndModel><pwg:SerialNumber>1</pwg:SerialNumber>
<scan:Platen>${inputCaps('PlatenInputCaps')}</scan:Platen>
<scan:Adf>${inputCaps('AdfSimplexInputCaps')}${inputCaps('AdfDuplexInputCaps')}<scan:FeederCapacity>50</scan:FeederCapacity>
<scan:AdfOptions><scan:AdfOption>DetectPaperLoaded</scan:AdfOption><scan:AdfOption>Duplex</scan:AdfOption></scan:AdfOptions></scan:Adf>
</scan:ScannerCapabilities>`;

export const esclStatus = (
  state: string,
  adfState: string,
  jobs: readonly { id: number; pages: number; state: string }[],
): string => `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScannerStatus xmlns:scan="${escl}" xmlns:pwg="${pwg}"><pwg:Version>2.6</pwg:Version><pwg:State>${state}</pwg:State>
<scan:AdfState>${adfState}</scan:AdfState><scan:Jobs>${jobs
  .map(
    (job) =>
      `<scan:JobInfo><pwg:JobUri>/eSCL/ScanJobs/${job.id}</pwg:JobUri><pwg:JobUuid>${job.id}</pwg:JobUuid><scan:Age>1</scan:Age><pwg:ImagesCompleted>${job.pages}</pwg:ImagesCompleted><pwg:JobState>${job.state}</pwg:JobState><pwg:JobStateReasons><pwg:JobStateReason>${job.state === 'Aborted' ? 'AbortedBySystem' : 'JobScanning'}</pwg:JobStateReason></pwg:JobStateReasons></scan:JobInfo>`,
  )
  .join('')}</scan:Jobs></scan:ScannerStatus>`;

const value = (xml: string, name: string): string =>
  new RegExp(`<(?:\\w+:)?${name}>([^<]*)<`).exec(xml)?.[1] ?? '';

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const drawn = new Map<string, Promise<Buffer>>();

/** A page as its job's settings ask: a bar whose place tells the page's index. */
const drawPage = (settings: string, index: number): Promise<Buffer> => {
  const dpi = Number(value(settings, 'XResolution')) || 300;
  const pixels = (name: string) => Math.max(1, Math.round((Number(value(settings, name)) * dpi) / 300));
  const width = pixels('Width');
  const height = pixels('Height');
  const channels = value(settings, 'ColorMode') === 'Grayscale8' ? 1 : 3;
  const key = [width, height, dpi, channels, index].join(' ');
  const draw = async () => {
    const samples = Buffer.alloc(width * height * channels, 255);
    const row = width * channels;
    const top = Math.floor((height / 20) * (1 + (index % 18)));
    for (let y = top; y < top + height / 40; y += 1) samples.fill(40, y * row, y * row + Math.floor(row / 2));
    const picture = sharp(samples, { raw: { width, height, channels } });
    const bare = await (channels === 1 ? picture.toColourspace('b-w') : picture).jpeg().toBuffer();
    // JFIF 1.02, an APP0 segment with the resolution in dots an inch; the library writes none.
    const header = Buffer.from('ffe000104a46494600010201000000000000', 'hex');
    header.writeUInt16BE(dpi, 12);
    header.writeUInt16BE(dpi, 14);
    return Buffer.concat([bare.subarray(0, 2), header, bare.subarray(2)]);
  };
  const page = drawn.get(key) ?? draw();
  drawn.set(key, page);
  return page;
};

export const startEscl = async (tls?: { cert: string; key: string }): Promise<EsclRig> => {
  const mischief: EsclMischief = {
    stopAfter: undefined,
    adfState: 'ScannerAdfJam',
    busy: 0,
    silentAt: undefined,
    unplugAt: undefined,
    instead: {},
    location: undefined,
  };
  const jobs: Job[] = [];
  const requests: string[] = [];
  const sent: Buffer[] = [];
  let sheets = 0;
  let stuck = false;
  let unplugged = false;
  let backs = 0;

  const adfState = () =>
    stuck ? mischief.adfState : sheets > 0 || backs > 0 ? 'ScannerAdfLoaded' : 'ScannerAdfEmpty';
  const give = (
    response: ServerResponse,
    instead: Instead | undefined,
    body: string | Buffer,
    type: string,
  ) =>
    response
      .writeHead(instead?.status ?? 200, { 'content-type': type, ...instead?.headers })
      .end(instead?.body ?? body);
  const isBusy = (response: ServerResponse): boolean => {
    if (mischief.busy <= 0) return false;
    mischief.busy -= 1;
    response.writeHead(503, { 'retry-after': '0' }).end();
    return true;
  };

  const takePage = async (job: Job, response: ServerResponse): Promise<void> => {
    if (isBusy(response)) return;
    if (mischief.silentAt === job.pages) return;
    if (job.feeder && mischief.stopAfter !== undefined && job.pages >= mischief.stopAfter) {
      stuck = true;
      job.state = 'Aborted';
    }
    const isThrough = job.feeder ? sheets === 0 && backs === 0 : job.pages > 0;
    if (job.state !== 'Processing' || isThrough) {
      if (job.state === 'Processing') job.state = 'Completed';
      response.writeHead(404).end();
      return;
    }
    const page = await drawPage(job.settings, job.pages);
    if (mischief.unplugAt === job.pages) {
      unplugged = true;
      // Its memory of jobs goes with the power.
      job.state = 'Aborted';
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': page.length });
      response.write(page.subarray(0, page.length / 2), () => response.socket?.destroy());
      return;
    }
    if (job.feeder) {
      if (backs > 0) backs -= 1;
      else {
        sheets -= 1;
        backs = job.duplex ? 1 : 0;
      }
    }
    job.pages += 1;
    sent.push(page);
    give(response, mischief.instead.page, page, 'image/jpeg');
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request;
    if (unplugged) {
      request.socket.destroy();
      return;
    }
    requests.push(`${method} ${url}`);
    const id = Number(/^\/eSCL\/ScanJobs\/(\d+)(?:\/NextDocument)?$/.exec(url)?.[1] ?? 0);
    const job = jobs.find((one) => one.id === id);
    if (method === 'GET' && url === '/eSCL/ScannerCapabilities')
      give(response, mischief.instead.capabilities, esclCapabilities, 'text/xml');
    else if (method === 'GET' && url === '/eSCL/ScannerStatus') {
      const working = jobs.some(({ state }) => state === 'Processing');
      const body = esclStatus(working ? 'Processing' : 'Idle', adfState(), jobs.toReversed());
      give(response, mischief.instead.status, body, 'text/xml');
    } else if (method === 'POST' && url === '/eSCL/ScanJobs') {
      const settings = await textOf(request);
      if (isBusy(response)) return;
      const feeder = value(settings, 'InputSource') === 'Feeder';
      stuck = false;
      if (feeder && sheets === 0) {
        response.writeHead(409).end();
        return;
      }
      const duplex = value(settings, 'Duplex') === 'true';
      jobs.push({ id: jobs.length + 1, settings, feeder, duplex, pages: 0, state: 'Processing' });
      const path = `/eSCL/ScanJobs/${jobs.length}`;
      const location = `${tls ? 'https' : 'http'}://${request.headers.host}${path}`;
      response.writeHead(201, { location: mischief.location?.(path) ?? location }).end();
    } else if (method === 'GET' && job && url.endsWith('/NextDocument')) await takePage(job, response);
    else if (method === 'DELETE' && job) {
      if (job.state === 'Processing') job.state = 'Canceled';
      backs = 0;
      response.writeHead(200).end();
    } else response.writeHead(404).end();
  };

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  };
  const secure = tls && createSecureServer(tls, listener);
  const server = secure ?? createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/eSCL`,
    port,
    load: (more) => {
      sheets += more;
      stuck = false;
    },
    sheetsLeft: () => sheets,
    mischief,
    requests,
    lastSettings: () => jobs.at(-1)?.settings ?? '',
    openJobs: () => jobs.filter(({ state }) => state === 'Processing').length,
    sent,
    plugIn: () => {
      unplugged = false;
      mischief.unplugAt = undefined;
    },
    showCertificate: (shown) => secure?.setSecureContext(shown),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
