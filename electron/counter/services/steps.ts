import type { StepName } from '../../contract/services.ts';
import { slotsOf } from '../attachments/slots.ts';
import type { ExtractRecord, Service, ServiceRecord } from '../visits/record.ts';

/** The steps a service has as it is: there is none for attachments while nothing is asked for. */
const stepsOf = (service: Service): StepName[] =>
  service.definition.steps.filter((step) => step !== 'attachments' || slotsOf(service).length > 0);

/** The step a service stands at: the first of its steps that is not done. */
export const currentStep = (service: Service): StepName | null =>
  stepsOf(service).find((step) => !service.record.done.includes(step)) ?? null;

export const stepStates = (service: Service) => {
  const current = service.state === 'in-progress' ? currentStep(service) : null;
  return stepsOf(service).map((step) => ({
    step,
    state: service.record.done.includes(step)
      ? ('done' as const)
      : step === current
        ? ('current' as const)
        : ('waiting' as const),
  }));
};

/** Closes a step. The caller has seen to it that the service stands there. */
export const withDone = (service: Service, step: StepName): Service => ({
  ...service,
  record: { ...service.record, done: [...service.record.done, step] },
});

/**
 * Opens a closed step again together with all after it. What was printed and signed on the ground of what may now
 * change is void. Not possible once the service was accepted or its number allotted.
 */
export function reopened(service: Service, step: StepName): Service | null {
  const { record, definition } = service;
  if (record.acceptance || record.certification || !record.done.includes(step)) return null;
  const from = definition.steps.indexOf(step);
  const extract = reopenedExtract(record.extract, from, definition.steps);
  if (extract === undefined) return null;
  const done = record.done.filter((name) => definition.steps.indexOf(name) < from);
  const conversion = reopenedConversion(record.conversion, from, definition.steps);
  return {
    ...service,
    record: {
      ...record,
      done,
      attachments: done.includes('attachments') ? record.attachments : [],
      requestDocumentId: done.includes('print-and-sign') ? record.requestDocumentId : null,
      signedAt: done.includes('print-and-sign') ? record.signedAt : null,
      extract,
      conversion,
      // Signatures are chosen of a file: of another one they are others.
      signing: record.conversion !== null && conversion === null ? null : record.signing,
      fee: null,
    },
  };
}

/** Steps at which a clerk sees for themselves what they then certify: that papers agree, who signed, what a file's signature is. */
const WITNESSED: readonly StepName[] = ['validation', 'comparison', 'signing', 'count'];

/**
 * A service in the hands of a colleague. Whoever certifies answers for what was seen, so that it is seen again; null when
 * nothing was, or a number has been given already.
 */
export function inOtherHands(service: Service): Service | null {
  const { record, definition, state } = service;
  const first = definition.steps.find((step) => WITNESSED.includes(step));
  if (state !== 'in-progress' || first === undefined || record.certification) return null;
  const again = reopened(service, first);
  if (again || !record.conversion) return again;
  return { ...service, record: { ...record, conversion: { ...record.conversion, agreed: [] } } };
}

/**
 * What stays of a conversion: the count of an output is nothing without it, what was compared stays compared only behind the
 * comparison, and another file is another conversion.
 */
const reopenedConversion = (
  conversion: ServiceRecord['conversion'],
  from: number,
  steps: readonly StepName[],
): ServiceRecord['conversion'] =>
  conversion && from > steps.indexOf(steps.includes('input') ? 'input' : 'attachments')
    ? {
        ...conversion,
        agreed: from > steps.indexOf('comparison') ? conversion.agreed : [],
        count: null,
      }
    : null;

/**
 * What stays of an extract; undefined when its question cannot be taken back: it is with the register, or was answered
 * and is owed for.
 */
function reopenedExtract(
  extract: ServiceRecord['extract'],
  from: number,
  steps: readonly StepName[],
): ServiceRecord['extract'] | undefined {
  if (!extract) return null;
  if (from > steps.indexOf('query'))
    return {
      ...extract,
      agreed: from > steps.indexOf('agreement') ? extract.agreed : null,
      sheets: null,
      feePages: null,
    };
  return isOwed(extract) ? undefined : null;
}

/**
 * Whether a question is with the register, or was answered and is owed for. After a time-out nobody here knows: the register
 * may have heard it and charged for it, so that it is asked again under its own id or the service is withdrawn.
 */
export const isOwed = ({ state, problem }: Pick<ExtractRecord, 'state' | 'problem'>): boolean =>
  state !== 'refused' && problem?.code !== 'register.refused-question';

/** Accepted, issued, or a ticket given for it: it cannot be undone as if nothing had been. */
export const hasResult = ({ record: { acceptance, certification, extract } }: Service): boolean =>
  acceptance !== null || certification !== null || (extract?.ticketDocumentId ?? null) !== null;
