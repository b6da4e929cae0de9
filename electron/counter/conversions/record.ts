import type { ConversionRecord, Service } from '../visits/record.ts';

const fresh: ConversionRecord = { input: null, report: null, count: null, output: null, delivery: null };

export const withConversion = (service: Service, change: Partial<ConversionRecord>): Service => ({
  ...service,
  record: { ...service.record, conversion: { ...fresh, ...service.record.conversion, ...change } },
});
