import type { Failure } from '../values/result.ts';

/**
 * What can go wrong with a document in a way a person is told. The sentences live in the window's messages under the
 * same codes; `params` fill their placeholders.
 */
export type DocumentFailureCode =
  | 'documents.template-invalid'
  | 'documents.template-unknown'
  | 'documents.data-missing'
  | 'documents.data-wrong'
  | 'documents.missing-glyph'
  | 'documents.block-too-tall'
  | 'documents.code-too-long'
  | 'documents.too-many-pages'
  | 'documents.timed-out'
  | 'documents.cancelled'
  | 'documents.worker-crashed'
  | 'documents.stopped';

export type FileFailureCode =
  | 'file.empty'
  | 'file.too-large'
  | 'file.not-a-document'
  | 'file.not-an-image'
  | 'file.damaged'
  | 'file.encrypted'
  | 'file.too-many-pixels';

export type SignatureFailureCode =
  /** Encrypted, damaged, or made so that nothing can be added without writing it anew. */
  | 'signature.document-unfit'
  | 'signature.box-too-small'
  | 'signature.does-not-fit'
  | 'signature.certificate-unusable'
  | 'signature.certificate-expired'
  | 'signature.certificate-not-yet-valid'
  | 'signature.certificate-revoked'
  /** What came back from the signer is no signature of this certificate's key. */
  | 'signature.wrong-signature'
  | 'signature.chain-incomplete'
  /** The issuer's list is a part only, or says something critical that is not known here. */
  | 'signature.revocation-list-unusable'
  | 'signature.revocation-unavailable'
  | 'timestamp.unreachable'
  | 'timestamp.refused'
  | 'timestamp.wrong-answer'
  | 'timestamp.not-trusted'
  | 'timestamp.cancelled';

export type DocumentFailure = Failure<DocumentFailureCode>;
export type FileFailure = Failure<FileFailureCode>;
export type SignatureFailure = Failure<SignatureFailureCode>;

/** Builds a failure; keeps the code's literal type, so that results stay exact. */
export function failure<C extends DocumentFailureCode | FileFailureCode | SignatureFailureCode>(
  code: C,
  params?: Record<string, string | number>,
): Failure<C> {
  return params === undefined ? { code } : { code, params };
}

/** Whether a task was ended from outside: nothing is known of what it was to work on. */
export const wasCalledOff = ({ code }: { code: string }): boolean =>
  code === 'documents.cancelled' || code === 'documents.stopped';
