import type { z } from 'zod';
import { accountCalls } from './accounts.ts';
import { attachmentCalls } from './attachments.ts';
import { authorityCalls } from './authorities.ts';
import { bookCalls } from './book.ts';
import { bookingCalls } from './bookings.ts';
import { cashDeskCalls } from './cash-desk.ts';
import { certificateCalls } from './certificates.ts';
import { clerkCalls } from './clerks.ts';
import { closingCalls } from './closing.ts';
import { dayLogCalls } from './day-log.ts';
import { deskCalls } from './desk.ts';
import { deviceCalls } from './devices.ts';
import { evidenceCalls } from './evidence.ts';
import { exceptionCalls } from './exceptions.ts';
import { guideCalls } from './guides.ts';
import { identityCalls } from './identity.ts';
import { lineCalls } from './line.ts';
import { lookCalls } from './looks.ts';
import { mailboxCalls } from './mailbox.ts';
import { mediumCalls } from './medium.ts';
import { outputCalls } from './outputs.ts';
import { personCalls } from './person.ts';
import { queueCalls } from './queue.ts';
import { recoveryCalls } from './recovery.ts';
import { retentionCalls } from './retention.ts';
import { searchCalls } from './search.ts';
import { serviceCalls } from './services.ts';
import { settingsCalls } from './settings.ts';
import { trackingCalls } from './tracking.ts';
import { visitCalls } from './visits.ts';

/** Every call between the window and the counter. There is no other way in. */
export const calls = {
  ...deskCalls,
  ...clerkCalls,
  ...certificateCalls,
  ...visitCalls,
  ...identityCalls,
  ...serviceCalls,
  ...accountCalls,
  ...attachmentCalls,
  ...outputCalls,
  ...bookCalls,
  ...guideCalls,
  ...queueCalls,
  ...dayLogCalls,
  ...searchCalls,
  ...evidenceCalls,
  ...exceptionCalls,
  ...cashDeskCalls,
  ...closingCalls,
  ...settingsCalls,
  ...deviceCalls,
  ...authorityCalls,
  ...lineCalls,
  ...lookCalls,
  ...bookingCalls,
  ...mediumCalls,
  ...recoveryCalls,
  ...retentionCalls,
  ...trackingCalls,
  ...mailboxCalls,
  ...personCalls,
};

export type Calls = typeof calls;
export type CallName = keyof Calls;
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>;
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>;

export const isCallName = (name: string): name is CallName => Object.hasOwn(calls, name);
