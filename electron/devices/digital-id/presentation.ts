import { fail, ok, type Result } from '../../values/result.ts';
import {
  bytesIn,
  decodeCbor,
  type Embedded,
  embeddedIn,
  entriesIn,
  listIn,
  mapIn,
  numberIn,
  textIn,
  UnreadablePresentation,
  unreadable,
} from './cbor.ts';
import { type CoseObject, readCoseObject } from './cose.ts';

/** One attribute as its issuer signed it (IssuerSignedItem). `encoded` is what its digest is made over. */
export type Item = {
  digestId: number;
  element: string;
  value: unknown;
  random: Uint8Array;
  encoded: Uint8Array;
};

/** What the issuer signed of the whole document (MobileSecurityObject). */
export type SecurityObject = {
  digestAlgorithm: string;
  digests: ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>;
  deviceKey: unknown;
  docType: string;
  signed: Date;
  validFrom: Date;
  validUntil: Date;
};

/** One document of a response of a device (ISO 18013-5, 8.3.2.1.2.2). */
export type PresentedDocument = {
  docType: string;
  items: ReadonlyMap<string, readonly Item[]>;
  issuerAuth: CoseObject;
  securityObject: SecurityObject;
  /** What the device itself says, signed by its key only. */
  deviceItems: Embedded;
  deviceAuth: { kind: 'signature' | 'mac'; object: CoseObject };
};

/** `status` 0 is in order; others are what went wrong at the device. */
export type Presentation = { status: number; documents: readonly PresentedDocument[] };

/** A portrait of high quality and a few attributes; nothing that is meant fairly comes near it. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Reads the response of a device. Failure: `digital-id.unreadable`, also when a document is not whole: then none of it can
 * be relied upon.
 */
export function readPresentation(
  response: Uint8Array,
): Result<Presentation, { code: 'digital-id.unreadable' }> {
  try {
    if (response.length > MOST_BYTES) throw unreadable();
    const whole = mapIn(decodeCbor(response));
    if (!textIn(whole.get('version')).startsWith('1.')) throw unreadable();
    const documents = whole.get('documents');
    return ok({
      status: numberIn(whole.get('status')),
      documents: documents === undefined ? [] : listIn(documents).map(readDocument),
    });
  } catch (thrown) {
    if (!(thrown instanceof UnreadablePresentation)) throw thrown;
    return fail('digital-id.unreadable');
  }
}

function readDocument(value: unknown): PresentedDocument {
  const document = mapIn(value);
  const issuerSigned = mapIn(document.get('issuerSigned'));
  const issuerAuth = readCoseObject(issuerSigned.get('issuerAuth'));
  const names = issuerSigned.get('nameSpaces');
  const deviceSigned = mapIn(document.get('deviceSigned'));
  return {
    docType: textIn(document.get('docType')),
    items: names === undefined ? new Map() : entriesIn(names, (items) => listIn(items).map(readItem)),
    issuerAuth,
    securityObject: readSecurityObject(issuerAuth),
    deviceItems: embeddedIn(deviceSigned.get('nameSpaces')),
    deviceAuth: readDeviceAuth(deviceSigned.get('deviceAuth')),
  };
}

function readItem(value: unknown): Item {
  const embedded = embeddedIn(value);
  const item = mapIn(decodeCbor(embedded.bytes));
  if (!item.has('elementValue')) throw unreadable();
  return {
    digestId: numberIn(item.get('digestID')),
    element: textIn(item.get('elementIdentifier')),
    value: item.get('elementValue'),
    random: bytesIn(item.get('random')),
    encoded: embedded.whole,
  };
}

function readSecurityObject({ payload }: CoseObject): SecurityObject {
  if (payload === null) throw unreadable();
  const object = mapIn(decodeCbor(embeddedIn(decodeCbor(payload)).bytes));
  const validity = mapIn(object.get('validityInfo'));
  // Another version may mean other things by the same names (ISO 18013-5, 9.1.2.4).
  if (!textIn(object.get('version')).startsWith('1.')) throw unreadable();
  return {
    digestAlgorithm: textIn(object.get('digestAlgorithm')),
    digests: entriesIn(object.get('valueDigests'), readDigests),
    deviceKey: mapIn(object.get('deviceKeyInfo')).get('deviceKey'),
    docType: textIn(object.get('docType')),
    signed: timeIn(validity.get('signed')),
    validFrom: timeIn(validity.get('validFrom')),
    validUntil: timeIn(validity.get('validUntil')),
  };
}

const readDigests = (value: unknown): ReadonlyMap<number, Uint8Array> =>
  new Map([...mapIn(value)].map(([id, digest]) => [numberIn(id), bytesIn(digest)]));

function readDeviceAuth(value: unknown): PresentedDocument['deviceAuth'] {
  const auth = mapIn(value);
  const signature = auth.get('deviceSignature');
  const mac = auth.get('deviceMac');
  // Exactly one of the two (ISO 18013-5, 8.3.2.1.2.2).
  if ((signature === undefined) === (mac === undefined)) throw unreadable();
  return signature === undefined
    ? { kind: 'mac', object: readCoseObject(mac) }
    : { kind: 'signature', object: readCoseObject(signature) };
}

/** `tdate` without fractions and in UTC (ISO 18013-5, 9.1.2.4). */
function timeIn(value: unknown): Date {
  const text = textIn(value);
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) || Number.isNaN(time.getTime())) throw unreadable();
  return time;
}
