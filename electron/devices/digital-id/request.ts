import { embed, encodeCbor } from './cbor.ts';

/** One attribute of a document: `eu.europa.ec.eudi.pid.1` / `birth_date`. */
export type Attribute = { namespace: string; element: string };

/** What a service needs to know of one document, and no more. */
export type PresentationRequest = {
  docType: string;
  attributes: readonly Attribute[];
  /** What the signer's certificate must be for (extended key usage); null where the kind of document does not say. */
  signerPurpose: string | null;
};

/**
 * The request as a device reads it (ISO 18013-5, 8.3.2.1.2.1). Nothing is asked for to be kept: the desk writes down that an
 * identity was verified, not the document.
 */
export function encodeRequest({ docType, attributes }: PresentationRequest): Uint8Array {
  const nameSpaces = new Map<string, Map<string, boolean>>();
  for (const { namespace, element } of attributes) {
    const elements = nameSpaces.get(namespace) ?? new Map<string, boolean>();
    nameSpaces.set(namespace, elements.set(element, false));
  }
  const items = new Map<string, unknown>([
    ['docType', docType],
    ['nameSpaces', nameSpaces],
  ]);
  return encodeCbor(
    new Map<string, unknown>([
      ['version', '1.0'],
      ['docRequests', [new Map([['itemsRequest', embed(items)]])]],
    ]),
  );
}
