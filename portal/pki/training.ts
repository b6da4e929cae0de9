import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { displayName } from '../../electron/values/person-name.ts';
import type { Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';
import type { Planned } from './authority.ts';

/** Names, policies and the password of the training environment's certificates; the password is no secret. */
export type TrainingPki = {
  provider: {
    name: string;
    nameEnglish: string;
    ico: string;
    street: string;
    municipality: string;
    postalCode: string;
  };
  certificatePassword: string;
  signaturePolicy: string;
  sealPolicy: string;
  timestampPolicies: readonly string[];
  registerAdministrators: { readonly [R in Schemas['RegisterName']]: string };
};

export const trainingPki = (resources: string): TrainingPki =>
  JSON.parse(readFileSync(join(resources, 'training', 'pki.json'), 'utf8'));

export const officeSeal = (officeId: string): string => `seal-office-${officeId}`;
export const registerSeal = (register: Schemas['RegisterName']): string => `seal-register-${register}`;
export const timestampUnit = (number: number): string => `tsa-${number}`;
export const clerkCertificate = (username: string): string => `clerk-${username}`;

const YEAR = 365;

/** Every certificate of the training environment: for all its offices, registers and clerks. */
export function trainingPlan(db: Database, data: TrainingPki): Planned[] {
  const { provider } = data;
  const ofProvider = (commonName: string) => ({
    country: 'CZ' as const,
    organisation: provider.name,
    ico: provider.ico,
    commonName: `CVIČNÝ ${commonName}`,
  });
  const service = { from: 1, to: 5 * YEAR };
  const holder = { from: 1, to: YEAR };
  const offices = items<Schemas['Office']>(db, 'offices');
  const clerks = items<Schemas['DirectoryClerk']>(db, 'clerks');
  const ofClerk = (clerk: Schemas['DirectoryClerk']) => {
    const office = offices.find(({ id }) => id === clerk.officeId);
    const { givenNames, surname } = clerk.name;
    return {
      country: 'CZ' as const,
      ...(office && { organisation: office.name.cs, ico: office.ico }),
      ...(givenNames !== undefined && { givenNames }),
      surname,
      serialNumber: `CV - ${clerk.id.slice(-8)}`,
      commonName: displayName(clerk.name),
    };
  };
  const [first] = clerks;
  const practice: Planned[] =
    first === undefined
      ? []
      : (['revoked', 'expired', 'ending'] as const).map((kind) => ({
          name: `practice-${kind}`,
          usage: 'signature',
          subject: { ...ofClerk(first), serialNumber: `CV - ${kind}` },
          issuer: 'ca',
          policy: data.signaturePolicy,
          valid: kind === 'revoked' ? holder : { from: 2 * YEAR, to: kind === 'expired' ? -1 : 20 },
          ...(kind === 'revoked' && { revoked: true as const }),
          pkcs12: data.certificatePassword,
        }));
  return [
    {
      name: 'root',
      usage: 'root',
      subject: ofProvider('Root CA'),
      issuer: null,
      valid: { from: 3 * YEAR, to: 20 * YEAR },
    },
    {
      name: 'ca',
      usage: 'issuer',
      subject: ofProvider('Qualified CA'),
      issuer: 'root',
      valid: { from: 3 * YEAR, to: 10 * YEAR },
    },
    { name: 'ocsp', usage: 'ocsp', subject: ofProvider('OCSP'), issuer: 'ca', valid: service },
    { name: 'root-ocsp', usage: 'ocsp', subject: ofProvider('Root OCSP'), issuer: 'root', valid: service },
    {
      name: 'trust-list',
      usage: 'trust-list',
      subject: ofProvider('Trusted List'),
      issuer: null,
      valid: service,
    },
    ...data.timestampPolicies.map(
      (policy, at): Planned => ({
        name: timestampUnit(at + 1),
        usage: 'timestamp',
        subject: ofProvider(`TSU ${at + 1}`),
        issuer: 'ca',
        policy,
        valid: service,
      }),
    ),
    ...offices.map(
      ({ id, name, ico }): Planned => ({
        name: officeSeal(id),
        usage: 'seal',
        subject: { country: 'CZ', organisation: name.cs, ico, commonName: `${name.cs} – CVIČNÁ PEČEŤ` },
        issuer: 'ca',
        policy: data.sealPolicy,
        valid: holder,
      }),
    ),
    ...REGISTERS.map(
      (register): Planned => ({
        name: registerSeal(register),
        usage: 'seal',
        subject: ofProvider(`SEAL ${data.registerAdministrators[register]}`),
        issuer: 'ca',
        policy: data.sealPolicy,
        valid: holder,
      }),
    ),
    ...clerks.map(
      (clerk): Planned => ({
        name: clerkCertificate(clerk.username),
        usage: 'signature',
        subject: ofClerk(clerk),
        issuer: 'ca',
        policy: data.signaturePolicy,
        valid: holder,
        pkcs12: data.certificatePassword,
      }),
    ),
    ...practice,
  ];
}

export const REGISTERS = [
  'criminal-record',
  'trade',
  'public-registers',
  'land',
  'driver-points',
  'insolvency',
  'population',
] as const satisfies readonly Schemas['RegisterName'][];

// Checked when it was put there.
const items = <T>(db: Database, collection: 'offices' | 'clerks'): T[] =>
  statement<[string], { data: string }>(
    db,
    'SELECT data FROM master_items WHERE collection = ? AND data IS NOT NULL ORDER BY id',
  )
    .all(collection)
    .map(({ data }) => JSON.parse(data));
