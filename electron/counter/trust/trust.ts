import { createHash, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { readCertificate } from '../../documents/certificates.ts';
import { httpEvidence } from '../../documents/validation/http-evidence.ts';
import type { TrustList } from '../../documents/validation/trust/list.ts';
import type { ValidationContext } from '../../documents/validation/validate.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Report } from '../../values/validation-report.ts';
import { trustServices } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';

const listNumber = z.int();

/**
 * What the desk judges documents by. The trust list comes with the portal's signed master data, so the certificate it is
 * signed with is the one it names itself: the portal vouches for the whole of it.
 */
export function createTrust(desk: Desk) {
  let read: { sha256: string; lists: Promise<TrustList[]> } | null = null;
  const fetch = httpEvidence((url, init) => desk.sync.fetch(new Request(url, init)));

  function lists(): Promise<TrustList[]> {
    const services = desk.store.read(trustServices);
    if (!services) return Promise.resolve([]);
    const { sha256, xml } = services.trustList;
    if (read?.sha256 === sha256) return read.lists;
    const fresh = { sha256, lists: readLists(xml, sha256) };
    read = fresh;
    return fresh.lists;
  }

  async function readLists(xml: string, sha256: string): Promise<TrustList[]> {
    const isWhole = createHash('sha256').update(xml, 'utf8').digest('hex') === sha256;
    const list = isWhole ? await desk.validator.readTrustList(xml, signersOf(xml)) : null;
    if (list?.ok && isNewest(list.value)) return [list.value];
    const code = list?.ok ? 'trust-list.older' : (list?.error.code ?? 'trust-list.unreadable');
    desk.log.warn({ code }, 'trust list not read');
    return [];
  }

  /** An older list than the newest ever read would trust again what has been withdrawn since. */
  function isNewest({ territory, number }: TrustList): boolean {
    const key = `trust-list:${territory}`;
    return desk.store.write((tx) => {
      const newest = listNumber.parse(deskValues.get(tx, key) ?? number);
      if (number >= newest) deskValues.set(tx, key, number);
      return number >= newest;
    });
  }

  return {
    /** The certificates of the services on the trust list. */
    async certificates(): Promise<X509Certificate[]> {
      return (await lists())
        .flatMap(({ services }) => services.flatMap(({ certificates }) => certificates))
        .flatMap((der) => readCertificate(der) ?? []);
    },
    /** Judges a document now, with what the line brings of revocations while it is up. */
    async validate(
      bytes: Uint8Array,
      of: Pick<ValidationContext, 'detached'> & { signal?: AbortSignal } = {},
    ): Promise<Report> {
      const { signal, ...given } = of;
      return desk.validator.validateDocument(
        bytes,
        {
          ...given,
          trustLists: await lists(),
          now: desk.clock.now(),
          ...(desk.sync.line().state === 'up' && { fetch }),
        },
        signal ? { signal } : {},
      );
    },
  };
}

export type Trust = ReturnType<typeof createTrust>;

/** The certificates a list carries in its own signature (XML-DSig KeyInfo). */
function signersOf(xml: string): Uint8Array[] {
  const signature = /<(?:\w+:)?KeyInfo\b[\s\S]*?<\/(?:\w+:)?KeyInfo>/.exec(xml)?.[0] ?? '';
  return [...signature.matchAll(/<(?:\w+:)?X509Certificate>([^<]+)</g)].flatMap(([, text]) => {
    try {
      return [new X509Certificate(Buffer.from(text ?? '', 'base64')).raw];
    } catch {
      return [];
    }
  });
}
