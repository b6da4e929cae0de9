import { createPublicKey, createVerify, type KeyLike, verify, X509Certificate } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { type SignatureAlgorithm, SignedXml } from 'xml-crypto';
import { err, ok, type Result } from '../../../values/result.ts';

export type SignedXmlFault =
  | 'trust-list.unreadable'
  /** No certificate that may sign it made its signature, or the signature does not hold. */
  | 'trust-list.signature';

const MAX_CHARACTERS = 40_000_000;

/** ECDSA in XML writes both numbers side by side (RFC 4051), which the library does not know. */
const ecdsa = (hash: string, uri: string) =>
  class implements SignatureAlgorithm {
    getAlgorithmName = () => uri;
    getSignature(): string {
      throw new Error('This only verifies.');
    }
    verifySignature(material: string, key: KeyLike, signature: string): boolean {
      const raw = Buffer.from(signature, 'base64');
      return verify(
        hash,
        Buffer.from(material),
        { key: createPublicKey(key as string), dsaEncoding: 'ieee-p1363' },
        raw,
      );
    }
  };

const rsa = (hash: string, uri: string) =>
  class implements SignatureAlgorithm {
    getAlgorithmName = () => uri;
    getSignature(): string {
      throw new Error('This only verifies.');
    }
    verifySignature(material: string, key: KeyLike, signature: string): boolean {
      return createVerify(hash).update(material).verify(key, signature, 'base64');
    }
  };

const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const algorithms = Object.fromEntries([
  ...['sha256', 'sha384', 'sha512'].flatMap((hash) => [
    [`${more}rsa-${hash}`, rsa(hash, `${more}rsa-${hash}`)],
    [`${more}ecdsa-${hash}`, ecdsa(hash, `${more}ecdsa-${hash}`)],
  ]),
]) as SignedXml['SignatureAlgorithms'];

/**
 * The root element in the form its enveloped signature was made over. What is handed on is the text that was hashed
 * and not the file, so that nothing which the signature does not cover can be read by mistake.
 */
export function signedRoot(xml: string, signers: Uint8Array[]): Result<string, SignedXmlFault> {
  // A document type could define entities that grow without bounds, and no list has one.
  if (xml.length > MAX_CHARACTERS || xml.includes('<!DOCTYPE')) return err('trust-list.unreadable');
  let signature: Node | undefined;
  let rootId: string | null = null;
  try {
    const problems: string[] = [];
    const note = (message: string) => void problems.push(message);
    const parser = new DOMParser({ errorHandler: { warning: () => {}, error: note, fatalError: note } });
    const root = parser.parseFromString(xml, 'text/xml').documentElement;
    if (problems.length > 0 || !root) return err('trust-list.unreadable');
    rootId = root.getAttribute('Id');
    const found = (Array.from(root.childNodes) as unknown as Node[]).filter(
      (node) =>
        (node as Element).localName === 'Signature' &&
        (node as Element).namespaceURI === 'http://www.w3.org/2000/09/xmldsig#',
    );
    if (found.length !== 1) return err('trust-list.signature');
    signature = found[0];
  } catch {
    return err('trust-list.unreadable');
  }
  for (const signer of signers) {
    const text = signature && verified(xml, signature, signer, rootId);
    if (text !== undefined) return ok(text);
  }
  return err('trust-list.signature');
}

function verified(
  xml: string,
  signature: Node,
  signer: Uint8Array,
  rootId: string | null,
): string | undefined {
  try {
    const publicCert = new X509Certificate(signer).publicKey
      .export({ type: 'spki', format: 'pem' })
      .toString();
    // The key comes from the certificate we know and never from the list.
    const checker = new SignedXml({ publicCert, getCertFromKeyInfo: () => null });
    checker.SignatureAlgorithms = algorithms;
    checker.loadSignature(signature);
    if (!checker.checkSignature(xml)) return undefined;
    return checker.getReferences().find(({ uri }) => uri === '' || (rootId !== null && uri === `#${rootId}`))
      ?.signedReference;
  } catch {
    return undefined;
  }
}
