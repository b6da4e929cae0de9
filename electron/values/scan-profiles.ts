/** How a paper is scanned for a purpose, and what is done with its pages before the clerk sees them. */
export type ScanSettings = {
  source: 'flatbed' | 'feeder' | 'feeder-duplex';
  dpi: 200 | 300;
  /** What the pages become; black and white keeps what is coloured as black. */
  mode: 'colour' | 'grey' | 'bw';
  /** Whether the paper's edges are looked for, whether what lies askew is set straight. */
  crop: boolean;
  straighten: boolean;
  /** Whether pages that seem to be blank are pointed out. */
  blank: boolean;
  /** Where a batch is thought to hold another document: behind our separator sheets, behind blank sheets too, nowhere. */
  split: 'none' | 'separators' | 'blank-sheets';
};

export const PROFILES = ['document', 'card', 'conversion'] as const;
export type ProfileName = (typeof PROFILES)[number];

/**
 * Conversion shows the paper as it is (zákon 300/2008 Sb., § 22: the output agrees with the input in full), so nothing of its picture is
 * left out or moved unless the clerk wants it, and no page is thought to be superfluous. Black and white is its usual mode (vyhláška 193/2009 Sb., § 2/4).
 */
export const SCAN_PROFILES: Readonly<Record<ProfileName, ScanSettings>> = {
  document: {
    source: 'flatbed',
    dpi: 300,
    mode: 'colour',
    crop: true,
    straighten: true,
    blank: true,
    split: 'separators',
  },
  card: {
    source: 'flatbed',
    dpi: 300,
    mode: 'colour',
    crop: true,
    straighten: true,
    blank: false,
    split: 'none',
  },
  conversion: {
    source: 'flatbed',
    dpi: 300,
    mode: 'bw',
    crop: false,
    straighten: false,
    blank: false,
    split: 'none',
  },
};

type Slot = {
  profile?: ProfileName;
  scanOnly?: true;
  dpi?: ScanSettings['dpi'];
  colour?: ScanSettings['mode'];
};

/** The profile a slot asks for: its own, else conversion's where only the paper itself counts. */
export const profileOf = ({ profile, scanOnly }: Slot): ProfileName =>
  profile ?? (scanOnly ? 'conversion' : 'document');

/** A profile with what the slot says of resolution and colour, which the law may prescribe. */
export const settingsFor = (slot: Slot, profile: ProfileName): ScanSettings => ({
  ...SCAN_PROFILES[profile],
  ...(slot.dpi !== undefined && { dpi: slot.dpi }),
  ...(slot.colour !== undefined && { mode: slot.colour }),
});
