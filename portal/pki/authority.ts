import { createPrivateKey } from 'node:crypto';
import { Certificate, createCMSECDSASignature } from 'pkijs';
import type { Clock } from '../../electron/values/clock.ts';
import { type Database, inTransaction, statement } from '../database.ts';
import type { Random } from '../secrets.ts';
import {
  type CertificateProfile,
  derOf,
  HASH,
  type Holder,
  issueCertificate,
  KEY_ALGORITHM,
  type Subject,
  serialOf,
  toBuffer,
  type Usage,
} from './certificates.ts';
import type { KeyFiles } from './key-files.ts';
import { makePkcs12 } from './pkcs12.ts';

/** One certificate the training environment has, and how long from now it holds. */
export type Planned = {
  name: string;
  usage: Usage;
  subject: Subject;
  issuer: string | null;
  policy?: string;
  /** Days before and after its making between which it is valid. */
  valid: { from: number; to: number };
  /** Revoked as soon as it is made, to practise with. */
  revoked?: true;
  /** With a password the key and certificate are also written as a PKCS#12 file. */
  pkcs12?: string;
};

/** Who signs, seals or timestamps. */
export type Identity = {
  holder: Holder;
  /** The certificate and its issuers, the root last. */
  chain: readonly Certificate[];
  /** Signs the bytes with SHA-256; a DER signature as CMS has it. */
  sign(data: Uint8Array): Promise<Buffer>;
};

export type IssuedCertificate = {
  serial: string;
  issuer: string;
  revoked_at: number | null;
};

export type Pki = {
  /** Where it is served; the certificates name it. */
  base: string;
  identity(name: string): Identity;
  /** What OCSP and lists say of an issuer's certificates. */
  issuedBy(issuer: string): IssuedCertificate[];
  /** A PKCS#12 file, null when the name has none. */
  pkcs12(name: string): Buffer | null;
};

const DAY_MS = 86_400_000;

/**
 * Brings the certificates to what is planned: what is there stays; what is missing, expired, of another issuer or names another
 * address is made anew, with its old key where that is there.
 */
export async function preparePki(given: {
  db: Database;
  files: KeyFiles;
  clock: Clock;
  random: Random;
  base: string;
  plan: readonly Planned[];
}): Promise<Pki> {
  const { db, files, clock, random, base, plan } = given;
  const identities = new Map<string, Identity>();
  const found = (name: string): Identity => {
    const identity = identities.get(name);
    if (identity === undefined) throw new Error(`There is no certificate ${name}.`);
    return identity;
  };

  for (const planned of plan) {
    const issuer = planned.issuer === null ? null : found(planned.issuer);
    const keys = await keysOf(files, planned.name);
    const made = keys.isNew ? null : held(db, planned, issuer, base, clock.now());
    const certificate = made ?? (await issue(planned, issuer, keys.pair));
    const chain = [certificate, ...(issuer?.chain ?? [])];
    identities.set(planned.name, {
      holder: { certificate, key: keys.pair.privateKey },
      chain,
      sign: async (data) => signed(keys.pair.privateKey, data),
    });
    if (planned.pkcs12 !== undefined && (made === null || files.read(`${planned.name}.p12`) === null)) {
      const pkcs12 = await makePkcs12({
        privateKey: keys.pkcs8,
        chain,
        friendlyName: planned.subject.commonName,
        password: planned.pkcs12,
      });
      files.write(`${planned.name}.p12`, pkcs12);
    }
  }

  async function issue(
    { name, usage, subject, issuer: issuerName, policy, valid, revoked }: Planned,
    issuer: Identity | null,
    pair: CryptoKeyPair,
  ): Promise<Certificate> {
    const now = clock.now().getTime();
    const serial = random(16);
    // Positive and of full length, whatever chance gave.
    serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
    const profile: CertificateProfile = {
      usage,
      subject,
      serial,
      notBefore: wholeSecond(now - valid.from * DAY_MS),
      notAfter: wholeSecond(now + valid.to * DAY_MS),
      ...(policy !== undefined && { policy }),
      ...(issuerName !== null && {
        addresses: {
          issuer: `${base}/pki/${issuerName}.cer`,
          revocationList: `${base}/pki/${issuerName}.crl`,
          responder: `${base}/pki/ocsp`,
        },
      }),
    };
    const certificate = await issueCertificate(profile, pair, issuer?.holder ?? null);
    inTransaction(db, () => {
      statement(
        db,
        `INSERT INTO certificates (serial, name, issuer, issuer_serial, base, der, made_at, revoked_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        serialOf(certificate),
        name,
        issuerName ?? name,
        issuer === null ? null : serialOf(issuer.holder.certificate),
        base,
        derOf(certificate),
        now,
        revoked ? now : null,
      );
    });
    return certificate;
  }

  return {
    base,
    identity: found,
    issuedBy: (issuer) =>
      statement<[string], IssuedCertificate>(
        db,
        'SELECT serial, issuer, revoked_at FROM certificates WHERE issuer = ? ORDER BY made_at, serial',
      ).all(issuer),
    pkcs12: (name) => files.read(`${name}.p12`),
  };
}

/** The certificate that is there already, when it is still what is planned. */
function held(
  db: Database,
  { name, valid }: Planned,
  issuer: Identity | null,
  base: string,
  now: Date,
): Certificate | null {
  const row = statement<[string], { der: Buffer; issuer_serial: string | null; base: string }>(
    db,
    'SELECT der, issuer_serial, base FROM certificates WHERE name = ? ORDER BY made_at DESC, rowid DESC LIMIT 1',
  ).get(name);
  if (row === undefined) return null;
  const issuerSerial = issuer === null ? null : serialOf(issuer.holder.certificate);
  const namesAddress = issuer !== null;
  if (row.issuer_serial !== issuerSerial || (namesAddress && row.base !== base)) return null;
  const certificate = Certificate.fromBER(toBuffer(row.der));
  const hasEnded = certificate.notAfter.value.getTime() <= now.getTime() && valid.to > 0;
  return hasEnded ? null : certificate;
}

type Keys = { pair: CryptoKeyPair; pkcs8: Buffer; isNew: boolean };

async function keysOf(files: KeyFiles, name: string): Promise<Keys> {
  const file = `${name}.pem`;
  const kept = files.read(file);
  if (kept === null) {
    const pair = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
    files.write(
      file,
      Buffer.from(
        createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({
          type: 'pkcs8',
          format: 'pem',
        }),
      ),
    );
    return { pair, pkcs8, isNew: true };
  }
  const privateKey = createPrivateKey(kept);
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const { x, y, kty, crv } = privateKey.export({ format: 'jwk' });
  const imported = await crypto.subtle.importKey('pkcs8', toBuffer(pkcs8), KEY_ALGORITHM, true, ['sign']);
  const publicKey = await crypto.subtle.importKey(
    'jwk',
    { ...(kty && { kty }), ...(crv && { crv }), ...(x && { x }), ...(y && { y }) },
    KEY_ALGORITHM,
    true,
    ['verify'],
  );
  return { pair: { privateKey: imported, publicKey }, pkcs8, isNew: false };
}

async function signed(key: CryptoKey, data: Uint8Array): Promise<Buffer> {
  const raw = await crypto.subtle.sign({ name: 'ECDSA', hash: HASH }, key, toBuffer(data));
  return Buffer.from(createCMSECDSASignature(raw));
}

const wholeSecond = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);
