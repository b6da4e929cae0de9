import { z } from 'zod';
import { type RetryLimits, retryLimitsBeforeSync } from '../store/delivery-rules.ts';
import * as master from '../store/master.ts';
import type { Reader } from '../store/open.ts';

const item = z.object({
  delivery: z.object({
    refusedTries: z.int().min(1).max(1000),
    refusedHours: z.int().min(1).max(720),
    uploadKbps: z.int().min(16).nullable().optional(),
    lateHours: z.int().min(1).max(720).optional(),
  }),
});

export type DeliverySettings = RetryLimits & {
  /** Most that contents may take of the line, in kilobits per second; null: as much as there is. */
  uploadKbps: number | null;
  /** An act that reaches the portal later than this after it was made is put before the supervisor. */
  lateHours: number;
};

const LATE_HOURS = 24;

/** What the portal sets for delivery; the program's own until it has said so. */
export function deliverySettings(tx: Reader): DeliverySettings {
  for (const { data } of master.list(tx, 'settings')) {
    const parsed = item.safeParse(data);
    if (parsed.success) {
      const { uploadKbps = null, lateHours = LATE_HOURS, ...limits } = parsed.data.delivery;
      return { ...limits, uploadKbps, lateHours };
    }
  }
  return { ...retryLimitsBeforeSync, uploadKbps: null, lateHours: LATE_HOURS };
}
