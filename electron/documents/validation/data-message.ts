import { createHash } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import type { MessageAttachment } from '../../values/validation-report.ts';

/**
 * A data message as the information system of data boxes gives it out (ZFO): an XML within a CMS signature. What is
 * read here is what public clients of the system rely on: the message is the element `dmDm`, its hash stands beside it
 * in `dmHash`, and `dmQTimestamp` is a timestamp over that hash.
 */
export type DataMessage = {
  /** The timestamp token; undefined when there is none. */
  timestamp: Uint8Array | undefined;
  /** The stated hash is that of the message's bytes as they stand. */
  hashHolds: boolean;
  /** The hash the timestamp must be over. */
  hash: Uint8Array;
  attachments: MessageAttachment[];
  /** The bytes of one of them, counted from 0; undefined when there is no such. */
  contentOf(attachment: number): Uint8Array | undefined;
};

const namespace = /^http:\/\/isds\.czechpoint\.cz\/v20(\/|$)/;
const MAX_ATTACHMENTS = 200;
const hashNames: Record<string, string> = {
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** Reads the content of a signed message; undefined when it is none. */
export function readDataMessage(content: Uint8Array): DataMessage | undefined {
  const xml = Buffer.from(content).toString('utf8');
  if (xml.includes('<!DOCTYPE') || !xml.includes('isds.czechpoint.cz/v20')) return undefined;
  let root: Element;
  try {
    const fail = (message: string) => {
      throw new Error(message);
    };
    const parser = new DOMParser({ errorHandler: { warning: () => {}, error: fail, fatalError: fail } });
    root = parser.parseFromString(xml, 'text/xml').documentElement;
  } catch {
    return undefined;
  }
  const wanted = (parent: Element, name: string): Element[] =>
    Array.from(parent.childNodes).filter(
      (node): node is Element =>
        node.nodeType === 1 &&
        (node as Element).localName === name &&
        namespace.test((node as Element).namespaceURI ?? ''),
    );
  const encoded = (file: Element): string =>
    (wanted(file, 'dmEncodedContent')[0]?.textContent ?? '').replace(/\s/g, '');
  const returned = wanted(root, 'dmReturnedMessage')[0];
  const message = returned && wanted(returned, 'dmDm');
  if (!returned || message?.length !== 1 || !message[0]) return undefined;
  const stated = wanted(returned, 'dmHash')[0];
  const token = wanted(returned, 'dmQTimestamp')[0]?.textContent?.replace(/\s/g, '');
  const hash = Buffer.from((stated?.textContent ?? '').replace(/\s/g, ''), 'base64');
  const algorithm = hashNames[stated?.getAttribute('algorithm') ?? ''];
  const own = elementBytes(xml, 'dmDm');
  const files = wanted(message[0], 'dmFiles')
    .flatMap((parent) => wanted(parent, 'dmFile'))
    .slice(0, MAX_ATTACHMENTS);
  return {
    timestamp: token ? new Uint8Array(Buffer.from(token, 'base64')) : undefined,
    hashHolds:
      algorithm !== undefined && own !== undefined && createHash(algorithm).update(own).digest().equals(hash),
    hash: new Uint8Array(hash),
    attachments: files.map((file) => ({
      name: file.getAttribute('dmFileDescr') ?? '',
      mimeType: file.getAttribute('dmMimeType') ?? '',
      size: Buffer.byteLength(encoded(file), 'base64'),
    })),
    contentOf(attachment) {
      const file = files[attachment];
      return file && new Uint8Array(Buffer.from(encoded(file), 'base64'));
    },
  };
}

/** The one element of that name as it stands in the text, tags included. */
function elementBytes(xml: string, name: string): Buffer | undefined {
  const opening = [...xml.matchAll(new RegExp(`<(?:[\\w.-]+:)?${name}(?=[\\s>])`, 'g'))];
  const closing = [...xml.matchAll(new RegExp(`</(?:[\\w.-]+:)?${name}\\s*>`, 'g'))];
  const [from] = opening;
  const [to] = closing;
  if (opening.length !== 1 || closing.length !== 1 || !from || !to || to.index < from.index) return undefined;
  return Buffer.from(xml.slice(from.index, to.index + to[0].length), 'utf8');
}
