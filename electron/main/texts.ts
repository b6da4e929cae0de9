import type { Language } from './language.ts';

/**
 * The few sentences main shows by itself: its menu, and what must be said when the window cannot say it. Everything
 * else is the page's.
 */
const cs = {
  application: 'Aplikace',
  quit: 'Ukončit',
  edit: 'Úpravy',
  undo: 'Zpět',
  redo: 'Znovu',
  cut: 'Vyjmout',
  copy: 'Kopírovat',
  paste: 'Vložit',
  selectAll: 'Vybrat vše',
  view: 'Zobrazení',
  zoomIn: 'Zvětšit',
  zoomOut: 'Zmenšit',
  zoomReset: 'Skutečná velikost',
  fullScreen: 'Celá obrazovka',
  reload: 'Načíst znovu',
  devTools: 'Nástroje pro vývojáře',
  help: 'Nápověda',
  openLogs: 'Otevřít složku záznamů',
  about: 'O aplikaci',
  version: 'Verze',
  environment: 'Prostředí',
  training: 'cvičné',
  production: 'ostré',
  close: 'Zavřít',
  tryAgain: 'Zkusit znovu',
  windowKeepsCrashing:
    'Okno přepážky opakovaně přestalo pracovat. Provedené úkony jsou uloženy. Zkuste okno otevřít znovu; pokud to nepomůže, předejte správci složku záznamů.',
  environmentUnknown:
    'Proměnná VIRTUOS_ENVIRONMENT má neznámou hodnotu. Přepážka se nespustila a nic se nezměnilo. Nastavte hodnotu „training“, nebo „production“.',
  bug: 'V aplikaci nastala chyba a přepážka se ukončila. Provedené úkony jsou uloženy. Spusťte ji znovu; pokud se chyba opakuje, předejte správci složku záznamů.',
  folderUnusable:
    'Datovou složku přepážky nelze vytvořit ani do ní zapsat. Přepážka se nespustila. Předejte správci: ověřte práva ke složce a volné místo na disku.',
};

const en: typeof cs = {
  application: 'Application',
  quit: 'Quit',
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select all',
  view: 'View',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  zoomReset: 'Actual size',
  fullScreen: 'Full screen',
  reload: 'Reload',
  devTools: 'Developer tools',
  help: 'Help',
  openLogs: 'Open the log folder',
  about: 'About',
  version: 'Version',
  environment: 'Environment',
  training: 'training',
  production: 'production',
  close: 'Close',
  tryAgain: 'Try again',
  windowKeepsCrashing:
    'The desk window stopped working several times. What was done is saved. Try to open the window again; if that does not help, give the log folder to your administrator.',
  environmentUnknown:
    'The variable VIRTUOS_ENVIRONMENT has an unknown value. The desk did not start and nothing was changed. Set it to "training" or "production".',
  bug: 'The application failed and the desk has ended. What was done is saved. Start it again; if it fails again, give the log folder to your administrator.',
  folderUnusable:
    'The data folder of the desk cannot be created or written to. The desk did not start. Tell your administrator: check the rights to the folder and the free space on the disk.',
};

export type Texts = typeof cs;
export const texts: Record<Language, Texts> = { cs, en };
