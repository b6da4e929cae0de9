import { formData } from '../../contract/forms.ts';
import type { ServiceDefinition } from '../../contract/services.ts';
import type { Reader } from '../../store/open.ts';
import { cleanFormData, type FormProblem } from '../../values/form-rules.ts';
import { type Addressee, addresseeBy } from '../../values/forms/addressee.ts';
import { type ChosenCode, codesIn, judgeForm } from '../../values/forms/judge.ts';
import { offices } from '../catalogue/catalogue.ts';
import { findCode, officesOf } from '../catalogue/code-lists.ts';
import type { Desk } from '../desk.ts';
import type { Service } from '../visits/record.ts';

/** The name the problem of the addressed office goes by; no field of a form can have it. */
const ADDRESSEE = '$addressee';

export type FilledForm = {
  /** With what was sent, hidden and unreadable too: nothing that was typed is lost. */
  draft: Service;
  /** With what the form comes to: without what is hidden, with what is computed. */
  settled: Service;
  problems: FormProblem[];
};

/** A service with a form as it was sent, and everything wrong with it. */
export function filledForm(
  desk: Desk,
  tx: Reader,
  service: Service,
  sent: Record<string, unknown>,
  chosenId: string | null,
): FilledForm {
  const { definition } = service;
  const form = formData.parse(cleanFormData(sent));
  const judged = definition.form ? judgeForm(definition.form, form) : null;
  const data = judged ? formData.parse(judged.data) : form;
  const problems = judged ? [...judged.problems] : [];
  if (judged && definition.form)
    for (const chosen of codesIn(definition.form, judged))
      if (!isInList(tx, chosen) && !problems.some(({ field }) => field === chosen.field))
        problems.push({ field: chosen.field, code: 'form.choice' });

  const addressee = ruledAddressee(desk, tx, definition, data);
  const addresseeId = addressee.by === 'clerk' ? chosenId : addressee.officeId;
  if (addressee.by === 'clerk' && !receives(tx, addresseeId))
    problems.unshift({ field: ADDRESSEE, code: 'form.required' });
  const withForm = (form: typeof data): Service => ({
    ...service,
    record: { ...service.record, form, addresseeId },
  });
  return { draft: withForm(form), settled: withForm(data), problems };
}

/** Who a form's submission goes to by its definition. */
export const ruledAddressee = (
  desk: Desk,
  tx: Reader,
  definition: ServiceDefinition,
  data: Record<string, unknown>,
): Addressee =>
  addresseeBy(definition.addressee, data, {
    ownOfficeId: desk.enrolled(tx)?.officeId ?? null,
    // An office the directory does not know is none to send to: the clerk chooses then.
    officesOf: (code) =>
      Object.fromEntries(Object.entries(officesOf(tx, code) ?? {}).filter(([, id]) => receives(tx, id))),
  });

function receives(tx: Reader, id: string | null): boolean {
  const office = id === null ? undefined : offices.find(tx, id);
  return office !== undefined && office.receivesSubmissions !== false;
}

function isInList(tx: Reader, { list, within, value }: ChosenCode): boolean {
  const { code, name } = value;
  return typeof code === 'string' && findCode(tx, list, within, code)?.name.cs === name;
}
