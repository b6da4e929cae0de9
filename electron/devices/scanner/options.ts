import type { ScanDpi, ScanMode, ScannerAbilities, ScanSource } from './port.ts';

/**
 * What `scanimage -A` says of a device. Each driver names its options and their values as it likes, so nothing is taken
 * for granted: an option may be missing, inactive, a list, a range or free.
 */
export type DeviceOption = {
  /** `--resolution` or `-x`. */
  flag: string;
  values: { kind: 'list'; items: string[] } | { kind: 'range'; from: number; to: number } | { kind: 'other' };
  active: boolean;
};

// "    --resolution 75|150|300dpi [75]", "    -x 0..215.9mm (in steps of 0.1) [215.9]", "    --duplex[=(yes|no)] [no]"
const optionLine = /^ {2,6}(--?[A-Za-z][\w-]*)(\[=\(.*?\)\])?(?: (.*))?$/;
const range = /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)/;

/** Cuts off the bracketed default value and marks at the end; a value itself may hold brackets ("Color[Fast]"). */
const withoutDefault = (text: string): string => {
  let rest = text.trim();
  while (rest.endsWith(']')) {
    let depth = 0;
    let start = rest.length - 1;
    for (; start >= 0; start -= 1) {
      if (rest[start] === ']') depth += 1;
      else if (rest[start] === '[') depth -= 1;
      if (depth === 0) break;
    }
    if (start > 0 && rest[start - 1] !== ' ') break;
    rest = rest.slice(0, Math.max(start, 0)).trim();
  }
  return rest;
};

const valuesOf = (flagSuffix: string | undefined, text: string): DeviceOption['values'] => {
  if (flagSuffix !== undefined) {
    const inner = /\(([^)]*)\)/.exec(flagSuffix)?.[1];
    return { kind: 'list', items: inner === undefined ? [] : inner.split('|') };
  }
  const bare = withoutDefault(text);
  const bounds = range.exec(bare);
  if (bounds) return { kind: 'range', from: Number(bounds[1]), to: Number(bounds[2]) };
  if (bare === '' || /^<.*>/.test(bare)) return { kind: 'other' };
  return {
    kind: 'list',
    items: bare
      .replace(/,\.\.\.$/, '')
      .split('|')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  };
};

/** Reads the text of `scanimage -A`; lines it does not understand are passed over. */
export const parseDeviceOptions = (text: string): DeviceOption[] =>
  text.split(/\r?\n/).flatMap((line) => {
    const match = optionLine.exec(line);
    if (!match?.[1]) return [];
    const rest = match[3] ?? '';
    return [
      {
        flag: match[1],
        values: valuesOf(match[2], rest),
        active: !/\[(?:[^\]]*,)?\s*(?:inactive|read-only|hardware)\s*\]/.test(rest),
      },
    ];
  });

const find = (options: readonly DeviceOption[], ...flags: string[]): DeviceOption | undefined =>
  options.find((option) => option.active && flags.includes(option.flag));

const items = (option: DeviceOption | undefined): string[] =>
  option?.values.kind === 'list' ? option.values.items : [];

const pick = (option: DeviceOption | undefined, patterns: readonly RegExp[]): string | undefined => {
  for (const pattern of patterns) {
    const found = items(option).find((item) => pattern.test(item));
    if (found !== undefined) return found;
  }
  return undefined;
};

const duplexSource = /duplex|double|both|two[- ]?side/i;
const feederSource = /^(?!.*(?:duplex|double|both|back)).*(?:adf|feeder|front|automatic)/i;
const sourcePatterns: Record<ScanSource, RegExp[]> = {
  flatbed: [/^flatbed$/i, /flat[- ]?bed/i, /^normal$/i, /platen|glass|document table/i],
  // "ADF Front" before a bare "ADF": with some drivers the bare one means whatever was set last.
  feeder: [/^adf[- ]?front$/i, /^adf$/i, /simplex/i, feederSource],
  'feeder-duplex': [/adf.*duplex|duplex.*adf/i, duplexSource],
};

const modePatterns: Record<ScanMode, RegExp[]> = {
  colour: [/^colou?r$/i, /^24[- ]?bit colou?r/i, /^(?!.*(?:gr[ae]y|mono|lineart)).*(?:colou?r|rgb)/i],
  grey: [/^gr[ae]y$/i, /^gr[ae]y ?scale$/i, /^true gr[ae]y$/i, /gr[ae]y/i],
  // Not halftone nor error diffusion: they smear small print.
  bw: [/^line-?art$/i, /^(?:black ?(?:&|and) ?white|binary|threshold(?:ed)?)$/i, /^mono(?:chrome)?$/i],
};

// A rangeless text such as "auto||75|90|300dpi": the unit sticks to the last number.
const numbers = (option: DeviceOption): number[] => items(option).map((item) => Number.parseFloat(item));

const offersNumber = (option: DeviceOption, value: number): boolean =>
  option.values.kind === 'range'
    ? option.values.from <= value && value <= option.values.to
    : option.values.kind === 'other' || numbers(option).includes(value);

const a4 = { width: 210, height: 297 };

const clamp = (option: DeviceOption, value: number): number =>
  option.values.kind === 'range' ? Math.min(option.values.to, value) : value;

/** Arguments for the area of an A4 page, as near as the device's glass allows (some stop at 296.9 mm). */
const areaArguments = (options: readonly DeviceOption[]): string[] => {
  const width = find(options, '-x');
  const height = find(options, '-y');
  if (!width || !height) return [];
  const origin = ['-l', '-t'].flatMap((flag) => (find(options, flag) ? [flag, '0'] : []));
  // Some feeders cut the page at their own page size unless it is told too.
  const page = [
    ['--page-width', a4.width],
    ['--page-height', a4.height],
  ].flatMap(([flag, size]) => {
    const option = find(options, String(flag));
    return option ? [`${flag}=${clamp(option, Number(size))}`] : [];
  });
  return [...page, ...origin, '-x', String(clamp(width, a4.width)), '-y', String(clamp(height, a4.height))];
};

const sourceArguments = (options: readonly DeviceOption[], source: ScanSource): string[] | undefined => {
  const option = find(options, '--source', '--doc-source', '--scan-source');
  const duplexSwitch = find(options, '--duplex', '--adf-mode', '--scanmode');
  const duplexOn = pick(duplexSwitch, [/^duplex$/i, /^yes$/i, /both/i]);
  const duplexOff = pick(duplexSwitch, [/^simplex$/i, /^no$/i, /front/i]);
  const choose = (name: string) => (option ? [`${option.flag}=${name}`] : []);
  const switched = (value: string | undefined) =>
    duplexSwitch && value !== undefined ? [`${duplexSwitch.flag}=${value}`] : [];
  if (source === 'feeder-duplex') {
    const own = pick(option, sourcePatterns['feeder-duplex']);
    if (own !== undefined) return choose(own);
    const feeder = pick(option, sourcePatterns.feeder);
    if (duplexOn === undefined) return undefined;
    if (option === undefined) return switched(duplexOn);
    return feeder === undefined ? undefined : [...choose(feeder), ...switched(duplexOn)];
  }
  const name = pick(option, sourcePatterns[source]);
  if (name !== undefined) return [...choose(name), ...(source === 'feeder' ? switched(duplexOff) : [])];
  // Without a choice of sources the device has one. A duplex switch gives a feeder away; else it is a glass.
  const onlyOne = option === undefined || items(option).length === 0;
  if (!onlyOne) return undefined;
  const isFeeder = duplexSwitch !== undefined;
  return isFeeder === (source === 'feeder') ? switched(duplexOff) : undefined;
};

const modeArguments = (options: readonly DeviceOption[], mode: ScanMode): string[] | undefined => {
  if (mode === 'bw')
    return modeArguments(options, 'colour') ?? modeArguments(options, 'grey') ?? oneBitArguments(options);
  const option = find(options, '--mode', '--scan-mode', '--colormode');
  const depth = find(options, '--depth');
  const depthTo = (bits: number) =>
    depth && offersNumber(depth, bits) ? [`${depth.flag}=${bits}`] : undefined;
  const named = pick(option, modePatterns[mode]);
  const noChoice = option === undefined || items(option).length === 0;
  if (named === undefined) return noChoice && mode === 'colour' ? [] : undefined;
  return [`${option?.flag}=${named}`, ...(depthTo(8) ?? [])];
};

/** What a device's own black and white loses (pale stamps, pencil) nobody gets back: it is the last resort. */
const oneBitArguments = (options: readonly DeviceOption[]): string[] | undefined => {
  const option = find(options, '--mode', '--scan-mode', '--colormode');
  const named = pick(option, modePatterns.bw);
  return named !== undefined && option ? [`${option.flag}=${named}`] : undefined;
};

const resolutionArguments = (options: readonly DeviceOption[], dpi: ScanDpi): string[] | undefined => {
  const both = find(options, '--resolution');
  if (both) return offersNumber(both, dpi) ? [`--resolution=${dpi}`] : undefined;
  const x = find(options, '--x-resolution');
  const y = find(options, '--y-resolution');
  if (!x || !y) return undefined;
  return offersNumber(x, dpi) && offersNumber(y, dpi)
    ? [`--x-resolution=${dpi}`, `--y-resolution=${dpi}`]
    : undefined;
};

export type ScanPlan = { args: string[] };

/** The arguments that set the device as asked, or what of it the device does not offer. */
export const planScan = (
  options: readonly DeviceOption[],
  wanted: { source: ScanSource; dpi: ScanDpi; mode: ScanMode },
): ScanPlan | { missing: 'source' | 'mode' | 'dpi' } => {
  const source = sourceArguments(options, wanted.source);
  if (!source) return { missing: 'source' };
  const mode = modeArguments(options, wanted.mode);
  if (!mode) return { missing: 'mode' };
  const resolution = resolutionArguments(options, wanted.dpi);
  if (!resolution) return { missing: 'dpi' };
  // The source goes first: on many devices it decides which other values are allowed, the area above all.
  return {
    args: [...source, ...mode, ...resolution, ...areaArguments(options)],
  };
};

export const abilitiesOf = (options: readonly DeviceOption[]): ScannerAbilities => ({
  sources: (['flatbed', 'feeder', 'feeder-duplex'] as const).filter((source) =>
    sourceArguments(options, source),
  ),
  modes: (['colour', 'grey', 'bw'] as const).filter((mode) => modeArguments(options, mode)),
  dpi: ([200, 300] as const).filter((dpi) => resolutionArguments(options, dpi)),
  a4: areaArguments(options).length > 0,
});
