import type { OpenItem } from '../../contract/closing.ts';
import type { PrintView } from '../../contract/outputs.ts';
import type { ExceptionKind } from '../../store/exceptions.ts';

/** Words of the printed report. Papers are Czech whatever the window speaks. */

const exceptions: Readonly<Partial<Record<ExceptionKind, string>>> = {
  'identity-overridden': 'Překonaná překážka při ověření totožnosti',
  'identity-refused': 'Odmítnutá totožnost',
  'listed-document': 'Doklad v evidenci neplatných',
  'service-refused': 'Odmítnutá služba',
  'number-cancelled': 'Stornované číslo',
  'number-lost': 'Ztracené číslo',
  'signature-outside': 'Legalizace mimo úřad',
  'late-sync': 'Pozdní odeslání',
  'document-reprinted': 'Opakovaný tisk',
  'submission-corrected': 'Oprava podání',
  'clock-set-back': 'Hodiny vráceny zpět',
  'clock-drifting': 'Odchylka hodin',
  'role-conflict': 'Odebraná role',
  'log-refused': 'Portál nepřijal deník',
  'effect-conflict': 'Rozpor s portálem',
  'effect-handed-over': 'Předáno k vyřešení',
  'effect-closed': 'Uzavřeno bez odeslání',
  'office-rejected': 'Odmítnuto úřadem',
  'package-refused': 'Odmítnutá data z portálu',
  'cash-difference': 'Rozdíl v pokladně',
  'receipt-cancelled': 'Storno stvrzenky',
  'fee-refunded': 'Vrácený poplatek',
  'day-carried-over': 'Převedeno do dalšího dne',
  'day-closed-late': 'Pozdní uzávěrka',
  'store-damaged': 'Poškozená data',
  'store-restored': 'Obnova ze zálohy',
  'checkpoint-refused': 'Nepotvrzený kontrolní bod',
  'account-decision': 'Rozhodnutí o účtu',
  'document-of-two': 'Jeden doklad, dvě osoby',
  'two-documents': 'Možná táž osoba, dva doklady',
};

const hasKind = (kind: string): kind is ExceptionKind => Object.hasOwn(exceptions, kind);
export const exceptionWord = (kind: string): string =>
  (hasKind(kind) ? exceptions[kind] : undefined) ?? 'Jiná událost';

const papers: Readonly<Record<PrintView['kind'], string>> = {
  'submission-course': 'průběh podání',
  'mailbox-message': 'zpráva ze schránky',
  'message-attachment': 'příloha zprávy',
  request: 'žádost',
  'acceptance-receipt': 'potvrzení o přijetí',
  'fee-receipt': 'stvrzenka',
  'receipt-cancellation': 'storno stvrzenky',
  'refund-receipt': 'doklad o vrácení poplatku',
  'closing-report': 'protokol o uzávěrce',
  'copy-clause': 'vidimační doložka',
  'signature-clause': 'legalizační doložka',
  'register-book-row': 'řádek ověřovací knihy',
  extract: 'výpis z rejstříku',
  'extract-clause': 'ověřovací doložka výpisu',
  'extract-ticket': 'tiket',
  'booking-ticket': 'lístek',
  'archive-request': 'záznam k žádosti o výpis',
  'book-closing': 'uzavření ověřovací knihy',
  'conversion-document': 'výstup konverze',
  'conversion-clause': 'doložka konverze',
  'conversion-file': 'soubor konverze',
  'signed-document': 'podepsaný dokument',
  'signature-clause-file': 'soubor legalizační doložky',
  'depot-receipt': 'potvrzení o uložení v úschovně',
  'correction-receipt': 'potvrzení o opravě',
  guide: 'průvodce',
  'paper-label': 'podací štítek',
  'completion-call': 'výzva k doplnění',
  'account-credentials': 'přístupové údaje k účtu',
  'account-confirmation': 'potvrzení o účtu',
  'test-page': 'zkušební stránka',
  'separator-sheet': 'oddělovací list',
};
const effects: Readonly<Record<string, string>> = {
  submission: 'podání',
  correction: 'oprava podání',
  certification: 'ověření',
  receipt: 'stvrzenka',
  refund: 'vrácený poplatek',
  'identity-check': 'ověření totožnosti',
  closing: 'uzávěrka',
  account: 'úkon s účtem',
  mailbox: 'předání zprávy',
};
const isPaper = (kind: string): kind is PrintView['kind'] => Object.hasOwn(papers, kind);

/** What was carried over, in a few words. */
export function openItemWords({ kind, what, ticket }: OpenItem): string {
  const of = ticket === null ? '' : `, návštěva č. ${ticket}`;
  switch (kind) {
    case 'visit':
      return `Návštěva č. ${ticket ?? '?'} – ${what === 'parked' ? 'odložená' : 'rozpracovaná'}`;
    case 'effect':
      return `Odeslání na portál: ${effects[what] ?? what}${of}`;
    case 'exception':
      return `Neposouzená událost: ${exceptionWord(what)}${of}`;
    case 'print':
      return `Nedořešený tisk: ${isPaper(what) ? papers[what] : what}${of}`;
  }
}

export const seriesWords = (series: string): string =>
  ({
    receipt: 'Stvrzenky',
    'receipt-cancellation': 'Storna stvrzenek',
    refund: 'Vratky poplatků',
    // Its name is from when only copies were certified; numbers once allotted keep their series.
    vidimace: 'Ověřovací kniha',
  })[series] ?? series;

export const purposeWords = {
  receipt: '',
  float: 'dotace pokladny',
  bank: 'odvod do banky',
  treasury: 'hlavní pokladna úřadu',
  other: 'jiný pohyb',
} as const;
