import { createHash } from 'node:crypto';
import { Tagged } from 'cborg';
import { curveOf } from '../../electron/devices/chip/curves.ts';
import {
  decodeCbor,
  Embedded,
  embed,
  embeddedIn,
  encodeCbor,
  listIn,
  mapIn,
  textIn,
} from '../../electron/devices/digital-id/cbor.ts';
import { documentSigner, ecKey, type Signer } from './training-documents.ts';

/**
 * A wallet of the training environment: a document of its holder, and answers to what a desk asks (ISO 18013-5). It shows what it was
 * asked for unless told to misbehave.
 */

export const TRAINING_DOCUMENT = 'cz.cvicny.dokladnicka.1';
export const TRAINING_NAMESPACE = 'cz.cvicny.dokladnicka.osoba.1';

const p256 = curveOf('p256');
const SIGNER_SECRET = 0x5167n;
const HOLDER_SECRET = 0x4001n;
const days = (count: number): number => count * 86_400_000;

const secretBytes = (secret: bigint): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(secret.toString(16).padStart(64, '0'), 'hex'));
const sha256 = (data: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(data).digest());

/** A signer of digital documents that the training authority appointed, or another kind of it. */
export const digitalSigner = (
  kind: Parameters<typeof documentSigner>[0] = 'right',
  country?: string,
): Signer => documentSigner(kind, ecKey('p256', SIGNER_SECRET), undefined, undefined, country);

const tdate = (time: Date): Tagged => new Tagged(0, `${time.toISOString().slice(0, 19)}Z`);

function sign1(payload: Uint8Array, secret: bigint, head: Map<number, unknown>, detached = false): unknown {
  const protectedHead = encodeCbor(new Map([[1, -7]]));
  const signed = encodeCbor(['Signature1', protectedHead, new Uint8Array(), payload]);
  const signature = p256.ecdsa.sign(Uint8Array.from(sha256(signed)), secretBytes(secret), {
    prehash: false,
    lowS: false,
    format: 'compact',
  });
  return [protectedHead, head, detached ? null : payload, signature];
}

export type Wallet = { answer(request: Uint8Array, sessionTranscript: Uint8Array): Uint8Array };

export type WalletOptions = {
  signer?: Signer;
  attributes?: ReadonlyMap<string, unknown>;
  now: Date;
  docType?: string;
  /** Replaces what is signed by the issuer with other values after signing. */
  pretend?: ReadonlyMap<string, unknown>;
  /** Shows these too, asked or not. */
  showToo?: readonly string[];
  /** Whose device answers; the document was issued to `HOLDER_SECRET`. */
  deviceSecret?: bigint;
  /** Of the issuer's signed object. */
  version?: string;
  /** Shows so many documents. */
  documents?: number;
};

const holder: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['family_name', 'Vzorový'],
  ['given_name', 'Jan Karel'],
  ['birth_date', new Tagged(1004, '1980-04-01')],
  ['document_number', '999000018'],
  ['age_over_18', true],
]);

export function trainingWallet({
  signer = digitalSigner(),
  attributes = holder,
  now,
  docType = TRAINING_DOCUMENT,
  pretend = new Map(),
  showToo = [],
  deviceSecret = HOLDER_SECRET,
  version = '1.0',
  documents = 1,
}: WalletOptions): Wallet {
  const items = (values: ReadonlyMap<string, unknown>): Map<string, Embedded> =>
    new Map(
      [...values].map(([element, value], digestID) => [
        element,
        new Embedded(
          encodeCbor(
            new Map<string, unknown>([
              ['digestID', digestID],
              ['random', sha256(Buffer.from(element))],
              ['elementIdentifier', element],
              ['elementValue', value],
            ]),
          ),
        ),
      ]),
    );
  const issued = items(attributes);
  const held = items(
    new Map([...attributes].map(([element, value]) => [element, pretend.get(element) ?? value])),
  );
  const digests = new Map([...issued.values()].map((item, digestId) => [digestId, sha256(item.whole)]));
  const point = p256.ecdsa.getPublicKey(secretBytes(HOLDER_SECRET), false);
  const securityObject = new Map<string, unknown>([
    ['version', version],
    ['digestAlgorithm', 'SHA-256'],
    ['valueDigests', new Map([[TRAINING_NAMESPACE, digests]])],
    [
      'deviceKeyInfo',
      new Map([
        [
          'deviceKey',
          new Map<number, unknown>([
            [1, 2],
            [-1, 1],
            [-2, point.slice(1, 33)],
            [-3, point.slice(33)],
          ]),
        ],
      ]),
    ],
    ['docType', docType],
    [
      'validityInfo',
      new Map([
        ['signed', tdate(new Date(now.getTime() - days(2)))],
        ['validFrom', tdate(new Date(now.getTime() - days(1)))],
        ['validUntil', tdate(new Date(now.getTime() + days(14)))],
      ]),
    ],
  ]);
  const issuerAuth = sign1(
    encodeCbor(embed(securityObject)),
    SIGNER_SECRET,
    new Map([[33, signer.certificate]]),
  );

  return {
    answer(request, sessionTranscript) {
      const [asked] = listIn(mapIn(decodeCbor(request)).get('docRequests'));
      const wanted = mapIn(decodeCbor(embeddedIn(mapIn(asked).get('itemsRequest')).bytes));
      const names = mapIn(wanted.get('nameSpaces')).get(TRAINING_NAMESPACE);
      const shown = [...[...(names === undefined ? [] : mapIn(names).keys())].map(textIn), ...showToo];
      const deviceItems = encodeCbor(new Map());
      const authenticated = embed([
        'DeviceAuthentication',
        decodeAsSent(sessionTranscript),
        textIn(wanted.get('docType')),
        new Tagged(24, deviceItems),
      ]);
      const document = new Map<string, unknown>([
        ['docType', docType],
        [
          'issuerSigned',
          new Map<string, unknown>([
            [
              'nameSpaces',
              new Map([
                [
                  TRAINING_NAMESPACE,
                  shown.flatMap((element) => {
                    const item = held.get(element);
                    return item === undefined ? [] : [new Tagged(24, item.bytes)];
                  }),
                ],
              ]),
            ],
            ['issuerAuth', issuerAuth],
          ]),
        ],
        [
          'deviceSigned',
          new Map<string, unknown>([
            ['nameSpaces', new Tagged(24, deviceItems)],
            [
              'deviceAuth',
              new Map([['deviceSignature', sign1(encodeCbor(authenticated), deviceSecret, new Map(), true)]]),
            ],
          ]),
        ],
      ]);
      return encodeCbor(
        new Map<string, unknown>([
          ['version', '1.0'],
          ['documents', Array.from({ length: documents }, () => document)],
          ['status', 0],
        ]),
      );
    },
  };
}

/** The transcripts of tests are texts and numbers: written again they are the same bytes. */
const decodeAsSent = (sessionTranscript: Uint8Array): unknown => decodeCbor(sessionTranscript);
