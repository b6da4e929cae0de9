import type { CertificateHolder } from '../../values/certificate-holder.ts';
import type { Failure, Result } from '../../values/result.ts';

export type TokenCode =
  | 'token.tool-missing'
  | 'token.module-missing'
  | 'token.not-found'
  | 'token.removed'
  | 'token.key-missing'
  | 'token.pin-needed'
  | 'token.wrong-pin'
  /** The next wrong one locks it. */
  | 'token.wrong-pin-last-try'
  | 'token.locked'
  | 'token.file-missing'
  | 'token.file-damaged'
  | 'token.time-out'
  | 'token.cancelled'
  | 'token.failed';
export type TokenFailure = Failure<TokenCode>;

/** Where a key lies: on which token, under which identifier. A file has neither. */
export type KeyPlace = { tokenLabel: string; tokenSerial: string; object: string };

/** What a token says of its PIN; most say nothing until it was wrong. */
export type PinState = 'usual' | 'was-wrong' | 'last-try' | 'locked';

export type TokenCertificate = {
  /** SHA-256 of the certificate, hexadecimal. */
  id: string;
  /** DER. */
  certificate: Uint8Array;
  /** The certificates above it that the token has too, nearest first, DER. */
  chain: readonly Uint8Array[];
  /** Name of whom it belongs to, and of who issued it. */
  subject: string;
  holder: CertificateHolder;
  issuer: string;
  serialNumber: string;
  validFrom: Date;
  validTo: Date;
  /** Made for signatures that bind (nonRepudiation), as qualified ones are; the others prove who signs in. */
  forSignatures: boolean;
  place: KeyPlace;
  pin: PinState;
};

export type TokenOptions = { signal?: AbortSignal };

/**
 * Where a clerk's signing keys are. The PIN (of a file: its password) is given for each use, and nothing keeps it. A wrong one is never
 * tried again by itself: a card locks after a few.
 */
export type SigningToken = {
  /** The certificates that have a key. A card shows them to anybody; a file needs its password. */
  certificates(options?: TokenOptions & { pin?: string }): Promise<Result<TokenCertificate[], TokenFailure>>;
  /** Signs: RSA PKCS#1 v1.5 or ECDSA (as DER) over SHA-256 of the data, as the certificate's key is. */
  sign(
    request: { certificate: Pick<TokenCertificate, 'certificate' | 'place'>; pin: string; data: Uint8Array },
    options?: TokenOptions,
  ): Promise<Result<Uint8Array, TokenFailure>>;
};
