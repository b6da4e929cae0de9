import { z } from 'zod';
import type { ScannerPins } from '../../devices/scanner/escl/http.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Reader, Store, Tx } from '../../store/open.ts';

const KEY = 'scanner-certificates';
const MOST = 20;
const pins = z.array(z.strictObject({ device: z.string(), sha256: z.string() }));

const kept = (tx: Reader): z.output<typeof pins> => {
  const stored = pins.safeParse(deskValues.get(tx, KEY));
  return stored.success ? stored.data : [];
};
const others = (tx: Reader, device: string) => kept(tx).filter((one) => one.device !== device);

/** How the desk's scanners showed first who they are, by their address. */
export const scannerPins = (store: Store): ScannerPins => ({
  known: (device) => store.read((tx) => kept(tx).find((one) => one.device === device)?.sha256),
  remember: (device, sha256) =>
    store.write((tx) => deskValues.set(tx, KEY, [{ device, sha256 }, ...others(tx, device)].slice(0, MOST))),
});

/** Whoever chooses a scanner, also this one anew, takes what it shows then. */
export const forgetScannerPin = (tx: Tx, device: string): void => deskValues.set(tx, KEY, others(tx, device));
