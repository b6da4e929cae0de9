import { expect, it } from 'vitest';
import type { DeviceView } from '../../contract/settings.ts';
import { identityOf } from '../../devices/identity.ts';
import { deviceLine } from './report.ts';

const scanner = (device: string, vendor: string, model: string): DeviceView => {
  const { key, by } = identityOf({ kind: 'scanner', device, vendor, model });
  return {
    ...{ key, knownBy: by, kind: 'scanner', address: device, name: `${vendor} ${model}` },
    ...{
      purposes: [],
      isNew: true,
      movedTo: null,
      known: null,
      printer: null,
      selected: false,
      state: 'ready',
      trouble: null,
    },
    ...{ vendorId: null, productId: null, serialNumber: null },
  };
};

it('keeps to itself what an owner called a scanner, which SANE gives for its model', () => {
  const line = deviceLine(scanner('airscan:e0:Skříň paní Němcové', 'eSCL', 'Skříň paní Němcové'), new Set());
  expect(line).toMatchObject({ kind: 'scanner', name: '–', key: 'scanner', state: 'ready' });
  expect(deviceLine(scanner('fujitsu:fi-7160:1', 'FUJITSU', 'fi-7160'), new Set())).toMatchObject({
    name: 'FUJITSU fi-7160',
    key: 'scanner:fujitsu:fujitsu:fi-7160',
  });
});
