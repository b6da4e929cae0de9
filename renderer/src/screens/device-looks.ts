import type { DeviceView } from '../../../electron/contract/settings.ts';

/** How the state of a device looks. */
export const stateLooks = {
  ready: 'success',
  busy: 'info',
  claimed: 'warning',
  nonsense: 'error',
  trouble: 'error',
  asleep: 'info',
  silent: 'warning',
  off: 'error',
  absent: 'error',
  unknown: 'neutral',
} as const satisfies Record<DeviceView['state'], string>;
