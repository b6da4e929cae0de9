import type { ConversionRecord, Service } from '../visits/record.ts';

export const freshConversion: ConversionRecord = {
  input: null,
  envelope: null,
  report: null,
  agreed: [],
  count: null,
  output: null,
  delivery: null,
};

export const withConversion = (service: Service, change: Partial<ConversionRecord>): Service => ({
  ...service,
  record: { ...service.record, conversion: { ...freshConversion, ...service.record.conversion, ...change } },
});
