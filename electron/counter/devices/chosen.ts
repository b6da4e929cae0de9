import type { PrintView } from '../../contract/outputs.ts';
import type { DeskSettings } from '../../contract/settings.ts';
import type { PrinterAddress } from '../../devices/printer/port.ts';
import type { ScannerAddress } from '../../devices/scanner/port.ts';
import type { Output } from '../outputs/table.ts';

// Which device the settings choose for a piece of work, as its driver takes it.

/** What a printer that is set aside for labels and tickets prints. */
const slips: ReadonlySet<PrintView['kind']> = new Set(['paper-label', 'booking-ticket', 'extract-ticket']);

export const printerFor = (
  { printer, others }: DeskSettings,
  { kind, data }: Pick<Output, 'kind' | 'data'>,
): DeskSettings['printer'] =>
  // A test page goes to the printer that is tested.
  slips.has(kind) || (kind === 'test-page' && data['purpose'] === 'slips')
    ? (others.slips ?? printer)
    : printer;

export const scannerFor = (
  { scanner, others }: DeskSettings,
  work: 'usual' | 'conversions',
): DeskSettings['scanner'] => (work === 'conversions' ? (others.conversions ?? scanner) : scanner);

export const addressOf = ({
  uri,
  certificateSha256,
}: NonNullable<DeskSettings['printer']>): PrinterAddress =>
  certificateSha256 === null ? { uri } : { uri, certificateSha256 };

export const scannerOf = ({
  device,
  vendor,
  model,
}: NonNullable<DeskSettings['scanner']>): ScannerAddress => ({
  device,
  ...(vendor !== null && model !== null && { vendor, model }),
});
