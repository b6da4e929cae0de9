import { DOMParser } from '@xmldom/xmldom';
import type { ScanDpi, ScanMode, ScannerAbilities, ScanRequest, ScanSource } from '../port.ts';

/**
 * The XML of eSCL (Mopria eSCL specification 2.97): what a scanner says of itself and of its state, and what it is told to scan.
 * A scanner is a stranger on the network: its texts are bounded, may hold no document type, and what is not understood is passed over.
 */

/** What one paper source can; sizes in 1/300 inch, the only unit eSCL has. */
export type InputAbilities = {
  modes: ScanMode[];
  dpi: ScanDpi[];
  /** It gives JPEG; the standard asks every scanner for it. */
  jpeg: boolean;
  maxWidth: number;
  maxHeight: number;
};

export type EsclCapabilities = {
  version: string;
  makeAndModel: string;
  inputs: Partial<Record<ScanSource, InputAbilities>>;
};

export type EsclStatus = {
  /** Idle, Processing, Testing, Stopped, Down. */
  state: string;
  /** ScannerAdfLoaded, ScannerAdfJam …; undefined where there is no feeder or it does not tell. */
  adfState: string | undefined;
  /** The path of a job and why it is as it is, the newest first as the scanner lists them. */
  jobs: { uri: string; state: string; reasons: string[] }[];
};

/** The longest XML that is read; capabilities of big devices have some 60 KB. */
export const MAX_XML_BYTES = 512 * 1024;
const MAX_ELEMENTS = 20_000;
const MAX_JOBS = 100;

const escl = 'http://schemas.hp.com/imaging/escl/2011/05/03';
const pwg = 'http://www.pwg.org/schemas/2010/12/sm';

/** The root element with the given name; undefined for anything that is no such document. */
const rootOf = (xml: string, name: string): Element | undefined => {
  // Neither entities nor types of documents have a place in eSCL: they are refused before the parser sees them.
  if (xml.length > MAX_XML_BYTES || /<!(?:DOCTYPE|ENTITY)/i.test(xml)) return undefined;
  if ((xml.match(/</g)?.length ?? 0) > 2 * MAX_ELEMENTS) return undefined;
  const fail = (message: string) => {
    throw new Error(message);
  };
  try {
    const root = new DOMParser({
      errorHandler: { warning: fail, error: fail, fatalError: fail },
    }).parseFromString(xml, 'text/xml').documentElement as Element | null;
    return root?.localName === name && root.namespaceURI === escl ? root : undefined;
  } catch {
    return undefined;
  }
};

const childrenOf = (parent: Element, name: string): Element[] => {
  const found: Element[] = [];
  for (let node = parent.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType !== 1) continue;
    const element = node as Element;
    if (element.localName === name && (element.namespaceURI === escl || element.namespaceURI === pwg))
      found.push(element);
  }
  return found;
};

/** The descendants at the end of a path of names. */
const at = (parent: Element | undefined, ...path: string[]): Element[] => {
  let level = parent ? [parent] : [];
  for (const name of path) level = level.flatMap((element) => childrenOf(element, name));
  return level;
};

/** The element's own text. Not `textContent`: that goes down into however deep a nesting. */
const textOf = (element: Element | undefined): string => {
  let text = '';
  for (let node = element?.firstChild ?? null; node !== null; node = node.nextSibling)
    if (node.nodeType === 3 || node.nodeType === 4) text += node.nodeValue ?? '';
  return text.trim().slice(0, 500);
};

const textAt = (parent: Element | undefined, ...path: string[]): string => textOf(at(parent, ...path)[0]);

const numberAt = (parent: Element | undefined, ...path: string[]): number => {
  const text = textAt(parent, ...path);
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
};

const colorModes: Record<string, ScanMode[]> = {
  // Black and white is made of the most the scanner can tell, when a page is shown or bound.
  RGB24: ['colour', 'bw'],
  Grayscale8: ['grey', 'bw'],
};

const offersDpi = (profile: Element, dpi: ScanDpi): boolean => {
  const exactly = at(profile, 'SupportedResolutions', 'DiscreteResolutions', 'DiscreteResolution').some(
    (one) => numberAt(one, 'XResolution') === dpi && numberAt(one, 'YResolution') === dpi,
  );
  const within = (axis: string): boolean =>
    at(profile, 'SupportedResolutions', 'ResolutionRange', axis).some(
      (range) => numberAt(range, 'Min') <= dpi && dpi <= numberAt(range, 'Max'),
    );
  return exactly || (within('XResolutionRange') && within('YResolutionRange'));
};

const inputOf = (caps: Element, named: ReadonlyMap<string, Element>): InputAbilities => {
  const profiles = at(caps, 'SettingProfiles', 'SettingProfile').flatMap((profile) => {
    const referred = profile.getAttribute('ref');
    return referred ? (named.get(referred) ?? []) : profile;
  });
  const told = profiles.flatMap((profile) => at(profile, 'ColorModes', 'ColorMode').map(textOf));
  const modes = (['colour', 'grey', 'bw'] as const).filter((mode) =>
    told.some((name) => colorModes[name]?.includes(mode)),
  );
  const formats = profiles.flatMap((profile) =>
    ['DocumentFormat', 'DocumentFormatExt'].flatMap((name) =>
      at(profile, 'DocumentFormats', name).map(textOf),
    ),
  );
  return {
    modes,
    dpi: ([200, 300] as const).filter((dpi) => profiles.some((profile) => offersDpi(profile, dpi))),
    jpeg: formats.includes('image/jpeg'),
    maxWidth: numberAt(caps, 'MaxWidth'),
    maxHeight: numberAt(caps, 'MaxHeight'),
  };
};

/** Reads ScannerCapabilities; undefined when it is none. */
export const readCapabilities = (xml: string): EsclCapabilities | undefined => {
  const root = rootOf(xml, 'ScannerCapabilities');
  if (!root) return undefined;
  const named = new Map(
    at(root, 'SettingProfiles', 'SettingProfile').map((profile) => [
      profile.getAttribute('name') ?? '',
      profile,
    ]),
  );
  const glass = at(root, 'Platen', 'PlatenInputCaps')[0];
  const feeder = at(root, 'Adf', 'AdfSimplexInputCaps')[0];
  // Some name the abilities of both sides apart, some only say that the feeder can.
  const turns = at(root, 'Adf', 'AdfOptions', 'AdfOption').some((option) => textOf(option) === 'Duplex');
  const duplex = at(root, 'Adf', 'AdfDuplexInputCaps')[0] ?? (turns ? feeder : undefined);
  const version = textAt(root, 'Version');
  return {
    version: /^\d{1,2}\.\d{1,3}$/.test(version) ? version : '2.0',
    makeAndModel: textAt(root, 'MakeAndModel'),
    inputs: {
      ...(glass && { flatbed: inputOf(glass, named) }),
      ...(feeder && { feeder: inputOf(feeder, named) }),
      ...(duplex && { 'feeder-duplex': inputOf(duplex, named) }),
    },
  };
};

/** Reads ScannerStatus; undefined when it is none. */
export const readStatus = (xml: string): EsclStatus | undefined => {
  const root = rootOf(xml, 'ScannerStatus');
  if (!root) return undefined;
  return {
    state: textAt(root, 'State'),
    adfState: textAt(root, 'AdfState') || undefined,
    jobs: at(root, 'Jobs', 'JobInfo')
      .slice(0, MAX_JOBS)
      .map((job) => ({
        uri: textAt(job, 'JobUri'),
        state: textAt(job, 'JobState'),
        reasons: at(job, 'JobStateReasons', 'JobStateReason').map(textOf),
      })),
  };
};

// ISO 216 A4 in 1/300 inch.
const A4 = { width: 2480, height: 3508 };

const usable = (input: InputAbilities): boolean =>
  input.jpeg && input.modes.length > 0 && input.dpi.length > 0;

/** Abilities over all sources; what one source cannot is told when it is asked for. */
export const abilitiesOf = ({ inputs }: EsclCapabilities): ScannerAbilities => {
  const sources = (['flatbed', 'feeder', 'feeder-duplex'] as const).filter((source) => {
    const input = inputs[source];
    return input && usable(input);
  });
  const all = sources.flatMap((source) => inputs[source] ?? []);
  return {
    sources,
    modes: (['colour', 'grey', 'bw'] as const).filter((mode) =>
      all.some(({ modes }) => modes.includes(mode)),
    ),
    dpi: ([200, 300] as const).filter((one) => all.some(({ dpi }) => dpi.includes(one))),
    // Some glasses stop a hair before A4.
    a4: all.some(({ maxWidth, maxHeight }) => maxWidth >= A4.width - 20 && maxHeight >= A4.height - 20),
  };
};

/** The ScanSettings of a request, or what of it the scanner does not offer. */
export const planScan = (
  { version, inputs }: EsclCapabilities,
  { source, mode, dpi }: Pick<ScanRequest, 'source' | 'mode' | 'dpi'>,
): { settings: string } | { missing: 'source' | 'format' | 'mode' | 'dpi' } => {
  const input = inputs[source];
  if (!input) return { missing: 'source' };
  if (!input.jpeg) return { missing: 'format' };
  if (!input.modes.includes(mode)) return { missing: 'mode' };
  if (!input.dpi.includes(dpi)) return { missing: 'dpi' };
  const width = input.maxWidth > 0 ? Math.min(A4.width, input.maxWidth) : A4.width;
  const height = input.maxHeight > 0 ? Math.min(A4.height, input.maxHeight) : A4.height;
  return {
    settings: `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScanSettings xmlns:scan="${escl}" xmlns:pwg="${pwg}">
  <pwg:Version>${version}</pwg:Version>
  <pwg:ScanRegions>
    <pwg:ScanRegion>
      <pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
      <pwg:XOffset>0</pwg:XOffset>
      <pwg:YOffset>0</pwg:YOffset>
      <pwg:Width>${width}</pwg:Width>
      <pwg:Height>${height}</pwg:Height>
    </pwg:ScanRegion>
  </pwg:ScanRegions>
  <pwg:InputSource>${source === 'flatbed' ? 'Platen' : 'Feeder'}</pwg:InputSource>
  <scan:ColorMode>${mode !== 'grey' && input.modes.includes('colour') ? 'RGB24' : 'Grayscale8'}</scan:ColorMode>
  <scan:XResolution>${dpi}</scan:XResolution>
  <scan:YResolution>${dpi}</scan:YResolution>
  <pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
  <scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>${
    source === 'flatbed' ? '' : `\n  <scan:Duplex>${source === 'feeder-duplex'}</scan:Duplex>`
  }
</scan:ScanSettings>
`,
  };
};
