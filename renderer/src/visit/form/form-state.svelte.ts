import { createContext } from 'svelte';
import type { CallOutput } from '../../../../electron/contract/index.ts';
import type { ServiceDefinition } from '../../../../electron/contract/services.ts';
import { type FormDefinition, fieldsOf } from '../../../../electron/values/forms/definition.ts';
import { type JudgedForm, judgeForm } from '../../../../electron/values/forms/judge.ts';
import type { Failure } from '../../../../electron/values/result.ts';
import { m } from '../../i18n/generated/messages.js';
import { inLanguage, sentence } from '../../i18n/sentence.ts';
import { type FieldValues, toData } from '../form-values.ts';

/** The name the counter gives the problem of the addressed office; no field of a form can have it. */
export const ADDRESSEE = '$addressee';

/** Longer than a pause within a word, shorter than a clerk looks up. */
const PAUSE_MS = 200;

type CounterProblem = CallOutput<'services.complete-form'>['problems'][number];

const NO_FORM: FormDefinition = { schema: {}, ui: { sections: [] } };

/**
 * A form being filled in. Typing changes one value and nothing else; what follows from it (what is hidden, computed, wrong)
 * is judged when the typing pauses, a field is left or something is chosen. So a key is on the screen at once, however long
 * the form is.
 */
export type FormState = {
  readonly values: FieldValues;
  readonly judged: JudgedForm;
  /** Something was typed: it is judged when the typing pauses. */
  typed(): void;
  /** Something was chosen, added or removed: what follows from it is shown at once. */
  changed(): void;
  /** A field was left: from now on it is blamed. */
  left(path: string): void;
  isHidden(path: string): boolean;
  /** The sentence at a field; null while nothing is wrong or it was not left yet. */
  problem(path: string): string | null;
  /** Every problem there is, in the order of the form. */
  readonly all: readonly { field: string; label: string }[];
  /** Judges now and blames everything; whether nothing is wrong. */
  attempt(): boolean;
  /** What only the counter knows to be wrong; it stands until something is changed. */
  take(problems: readonly CounterProblem[]): void;
};

export function createFormState(
  definition: ServiceDefinition,
  values: FieldValues,
  addressee: { readonly isMissing: boolean },
  onchanged: () => void,
): FormState {
  const form: FormDefinition = definition.form ?? NO_FORM;
  const fields = fieldsOf(form);
  let judged = $state.raw(judgeForm(form, toData(fields, values)));
  let fromCounter = $state.raw<readonly CounterProblem[]>([]);
  let touched = $state.raw<ReadonlySet<string>>(new Set());
  let tried = $state(false);
  let timer: ReturnType<typeof setTimeout> | null = null;

  const problems = $derived(
    new Map<string, Failure>(
      [
        ...(addressee.isMissing ? [{ field: ADDRESSEE, code: 'form.required' }] : []),
        ...judged.problems,
        ...fromCounter,
      ].map(({ field, code, params = {} }) => [field, { code, params }]),
    ),
  );
  const all = $derived([...problems.keys()].map((field) => ({ field, label: labelOf(form, field) })));

  const judge = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    judged = judgeForm(form, toData(fields, values));
  };
  // Behind the next picture, so that the key or the choice that set it off is seen first.
  const soon = (delay: number): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(judge, delay);
  };
  const noted = (): void => {
    if (fromCounter.length > 0) fromCounter = [];
    onchanged();
  };
  // A person's or group's own problem stands in the way of all of it.
  const isTouched = (path: string): boolean =>
    tried || touched.has(path) || (path.includes('.') && touched.has(path.split('.')[0] ?? ''));

  return {
    values,
    get judged() {
      return judged;
    },
    typed() {
      noted();
      soon(PAUSE_MS);
    },
    changed() {
      noted();
      soon(0);
    },
    left(path) {
      if (!touched.has(path)) touched = new Set([...touched, path]);
      if (timer !== null) soon(0);
    },
    isHidden: (path) => judged.hidden.has(path),
    problem(path) {
      const found = problems.get(path);
      return found !== undefined && isTouched(path) ? sentence(found) : null;
    },
    get all() {
      return tried ? all : [];
    },
    attempt() {
      tried = true;
      judge();
      return problems.size === 0;
    },
    take(next) {
      tried = true;
      fromCounter = next;
    },
  };
}

/** `dogs.1.chip` → „Pes 2 – Číslo čipu“. */
function labelOf(form: FormDefinition, path: string): string {
  if (path === ADDRESSEE) return m.visit_addressee();
  const [name = '', index = '', inner = ''] = path.split('.');
  const field = fieldsOf(form).find((one) => one.name === name);
  if (field === undefined) return m.visit_form_whole();
  const label = inLanguage(field.label);
  if (!/^\d+$/.test(index)) return label;
  const item = `${field.item === undefined ? label : inLanguage(field.item)} ${Number(index) + 1}`;
  const within = field.fields?.find((one) => one.name === inner);
  return within === undefined ? item : `${item} – ${inLanguage(within.label)}`;
}

const [useForm, setForm] = createContext<FormState>();

export { setForm, useForm };
