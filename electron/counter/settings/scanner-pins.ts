import { z } from 'zod';
import type { ScannerPins } from '../../devices/scanner/escl/http.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Store, Tx } from '../../store/open.ts';

const key = 'scanner-certificate';
const pin = z.strictObject({ device: z.string(), sha256: z.string() });

/** The certificate the desk's scanner showed first. Of one scanner only: the desk has one. */
export const scannerPins = (store: Store): ScannerPins => ({
  known: (device) => {
    const stored = pin.safeParse(store.read((tx) => deskValues.get(tx, key)));
    return stored.success && stored.data.device === device ? stored.data.sha256 : undefined;
  },
  remember: (device, sha256) => store.write((tx) => deskValues.set(tx, key, { device, sha256 })),
});

/** Whoever chooses another scanner, or this one anew, takes what it shows then. */
export const forgetScannerPin = (tx: Tx): void => deskValues.forget(tx, key);
