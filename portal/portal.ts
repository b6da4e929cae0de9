import type { Logger } from 'pino';
import type { Clock } from '../electron/values/clock.ts';
import type { Result } from '../electron/values/result.ts';
import type { OrganisationRegister } from './accounts/register.ts';
import type { Api, Issue, Schemas } from './api.ts';
import type { BlobFiles } from './blobs/files.ts';
import type { Database } from './database.ts';
import type { DepotRules } from './depot/rules.ts';
import type { EvidenceRules } from './evidence/rules.ts';
import type { DocumentRegister } from './invalid-documents/client.ts';
import type { PortalKeys } from './keys.ts';
import type { Trust } from './pki/trust.ts';
import type { Random } from './secrets.ts';
import type { OfficeCourses } from './tracking/course-data.ts';

/** What the portal's features share: its data, its time and chance, and what it reaches outside. */
export type Portal = {
  api: Api;
  db: Database;
  blobFiles: BlobFiles;
  clock: Clock;
  random: Random;
  keys: PortalKeys;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  environment: Schemas['Environment'];
  /** From a submission's completion to its reference number. */
  referenceDelayMs: number;
  register: DocumentRegister;
  organisations: OrganisationRegister;
  /** How offices move submissions on by themselves; null where people do. */
  courses: OfficeCourses | null;
  evidenceRules: EvidenceRules;
  depotRules: DepotRules;
  /** Certificates, timestamps and seals; null where there are none, or not yet. */
  trust: () => Trust | null;
  checkOffice: (value: unknown) => Result<Schemas['Office'], Issue[]>;
  checkClerk: (value: unknown) => Result<Schemas['DirectoryClerk'], Issue[]>;
  checkTariff: (value: unknown) => Result<Schemas['Tariff'], Issue[]>;
  checkAccountRules: (value: unknown) => Result<Schemas['AccountRules'], Issue[]>;
  checkPurposes: (value: unknown) => Result<Schemas['Purposes'], Issue[]>;
  checkService: (value: unknown) => Result<Schemas['ServiceDefinition'], Issue[]>;
  checkTimetable: (value: unknown) => Result<Schemas['Timetable'], Issue[]>;
};
