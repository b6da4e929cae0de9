import type { Service } from '../visits/record.ts';

/** What a service becomes under a number: of one signature, as its clause, its row and its fee speak of one. */
export type NumberedService = { service: Service; number: string };

/** The services of the signatures that were chosen, each with one of them; the first one is the service they were chosen in. */
export function perSignature(service: Service): Service[] {
  const { signing } = service.record;
  if (!signing) throw new Error('signatures are certified after they were chosen');
  return signing.chosen.map((one) => ({
    ...service,
    record: { ...service.record, signing: { ...signing, signatures: 1, chosen: [one] } },
  }));
}
