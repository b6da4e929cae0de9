import { foundation } from './0001-foundation.ts';
import { visits } from './0002-visits.ts';
import { exceptions } from './0003-exceptions.ts';
import { evidence } from './0004-evidence.ts';
import { delivery } from './0005-delivery.ts';
import { master } from './0006-master.ts';
import { dayLog } from './0007-day-log.ts';
import { closing } from './0008-closing.ts';
import { retention } from './0009-retention.ts';
import { recovery } from './0010-recovery.ts';
import { media } from './0011-media.ts';
import { outputs } from './0012-outputs.ts';
import { plainRows } from './0013-plain-rows.ts';
import { search } from './0014-search.ts';
import { affairs } from './0015-affairs.ts';
import { bookings } from './0016-bookings.ts';
import { pageTreatment } from './0017-page-treatment.ts';
import { pageTexts } from './0018-page-texts.ts';
import { identity } from './0019-identity.ts';
import type { Migration } from './migration.ts';

/** All steps in order, numbered from 1 without a gap. */
export const migrations: readonly Migration[] = [
  foundation,
  visits,
  exceptions,
  evidence,
  delivery,
  master,
  dayLog,
  closing,
  retention,
  recovery,
  media,
  outputs,
  plainRows,
  search,
  affairs,
  bookings,
  pageTreatment,
  pageTexts,
  identity,
];

/** The schemas that desks in use may have: of each a stored database is kept and opened by a test. Their steps never change. */
export const RELEASED_SCHEMAS: readonly number[] = [1, 2, 10, 11, 13, 16];
