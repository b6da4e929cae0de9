import type { PrintView } from '../../contract/outputs.ts';
import type { DeskSettings, PaperUse, PrintWish } from '../../contract/settings.ts';
import type { PrinterAddress, PrintRequest } from '../../devices/printer/port.ts';
import type { ScannerAddress } from '../../devices/scanner/port.ts';
import type { Output, Print } from '../outputs/table.ts';

// Which device the settings choose for a piece of work, as its driver takes it.

/** What each paper is for. */
const uses: Readonly<Record<PrintView['kind'], PaperUse>> = {
  'copy-clause': 'certified',
  'signature-clause': 'certified',
  extract: 'certified',
  'extract-clause': 'certified',
  'conversion-document': 'certified',
  'conversion-clause': 'certified',
  'conversion-file': 'certified',
  'signed-document': 'certified',
  'signature-clause-file': 'certified',
  'acceptance-receipt': 'receipts',
  'fee-receipt': 'receipts',
  'receipt-cancellation': 'receipts',
  'refund-receipt': 'receipts',
  'depot-receipt': 'receipts',
  'correction-receipt': 'receipts',
  'paper-label': 'slips',
  'booking-ticket': 'slips',
  'extract-ticket': 'slips',
  request: 'other',
  'closing-report': 'other',
  'register-book-row': 'other',
  'archive-request': 'other',
  'book-closing': 'other',
  guide: 'other',
  'completion-call': 'other',
  'account-credentials': 'other',
  'account-confirmation': 'other',
  'submission-course': 'other',
  'mailbox-message': 'other',
  'message-attachment': 'other',
  'test-page': 'other',
  'separator-sheet': 'other',
};

/**
 * Papers of which several equal ones hold nothing that one alone does not: the desk keeps its own, or a label goes on the submitter's own copy
 * too. What bears a number of a book or an evidence is one paper, and so is what takes something up for whoever holds it (the receipt of the
 * depot, the ticket of an extract).
 */
const copied: ReadonlySet<PrintView['kind']> = new Set([
  'acceptance-receipt',
  'fee-receipt',
  'receipt-cancellation',
  'refund-receipt',
  'correction-receipt',
  'paper-label',
  'booking-ticket',
]);

type Printed = Pick<Output, 'kind' | 'data'>;

// A test page goes to the printer that is tested, as its papers do.
const useOf = ({ kind, data }: Printed): PaperUse =>
  kind === 'test-page' && data['purpose'] === 'slips' ? 'slips' : uses[kind];

/** What a printer that is set aside for labels and tickets prints. */
export const usesOf = (purpose: 'usual' | 'slips', { others }: DeskSettings): readonly PaperUse[] =>
  purpose === 'slips'
    ? ['slips']
    : others.slips === null
      ? ['certified', 'receipts', 'slips', 'other']
      : ['certified', 'receipts', 'other'];

export const printerFor = ({ printer, others }: DeskSettings, output: Printed): DeskSettings['printer'] =>
  useOf(output) === 'slips' ? (others.slips ?? printer) : printer;

type Wish = Pick<PrintRequest, 'tray' | 'paper' | 'sides' | 'colour' | 'copies'>;

/** A wish as the driver takes it. */
export const wishOf = ({
  tray,
  paper,
  sides,
  colour,
  copies = 1,
}: PrintWish & { copies?: number }): Wish => ({
  sides,
  copies,
  ...(tray !== null && { tray }),
  ...(paper !== null && { paper }),
  ...(colour !== null && { colour }),
});

/**
 * How the settings want a paper printed. The receipt counts the sheets of a request by its pages, so its sides stay one to a sheet. What is
 * printed once more says which one it is, so it is one paper.
 */
export const wishFor = (
  { printing }: DeskSettings,
  output: Printed,
  { copyNumber }: Pick<Print, 'copyNumber'>,
): Wish => ({
  ...wishOf(printing[useOf(output)]),
  ...(output.kind === 'request' && { sides: 'one-sided' }),
  ...(!(copied.has(output.kind) && copyNumber === 1) && { copies: 1 }),
});

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
