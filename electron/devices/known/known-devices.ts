import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const usbId = z.string().regex(/^[0-9a-f]{4}$/);
const text = z.strictObject({ cs: z.string().min(1), en: z.string().min(1) });

const knownDevice = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** `serial-adapter`: a line behind which anything may be; what hangs on it, only a person can say. */
  kind: z.enum(['document-reader', 'serial-adapter', 'card-reader', 'scanner']),
  name: text,
  usb: z.strictObject({ vendorId: usbId, productId: usbId }),
  driver: z.enum(['serial', 'pcsc', 'sane']),
  /** What a person has to know of it before it works. */
  note: text.optional(),
  /** Seen working with this desk; else only its identifiers are known. */
  proved: z.boolean(),
  /** Where its identifiers are published. */
  source: z.string().min(1),
});
export type KnownDevice = z.output<typeof knownDevice>;

/** The catalogue; two entries for the same identifiers would make its answer a matter of order. */
const catalogue = z.array(knownDevice).superRefine((entries, context) => {
  const seen = new Set<string>();
  for (const { id, usb } of entries)
    for (const key of [id, `${usb.vendorId}:${usb.productId}`]) {
      if (seen.has(key)) context.addIssue({ code: 'custom', message: `${key} stands twice` });
      seen.add(key);
    }
});

export const parseKnownDevices = (value: unknown): readonly KnownDevice[] => catalogue.parse(value);

/** The catalogue as it ships, from the folder of resources. */
export const readKnownDevices = async (resources: string): Promise<readonly KnownDevice[]> =>
  parseKnownDevices(JSON.parse(await readFile(join(resources, 'devices', 'known.json'), 'utf8')));

/** The entry of a USB device. Identifiers are hexadecimal text in either case, with or without `0x`. */
export const knownAs = (
  known: readonly KnownDevice[],
  usb: { vendorId: string; productId: string },
): KnownDevice | undefined => {
  const plain = (id: string): string => id.toLowerCase().replace(/^0x/, '').padStart(4, '0');
  return known.find(
    (entry) => entry.usb.vendorId === plain(usb.vendorId) && entry.usb.productId === plain(usb.productId),
  );
};
