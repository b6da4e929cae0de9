import { lintService } from '../../electron/values/forms/lint.ts';
import { err, ok, type Result } from '../../electron/values/result.ts';
import type { Schemas } from '../api.ts';
import { inTransaction } from '../database.ts';
import type { Portal } from '../portal.ts';
import { noteChangedForm } from './changed-forms.ts';
import { lastVersionOf, noteVersion } from './form-versions.ts';
import { deleteItem, putItem, readItem } from './master.ts';

/** Forms added and withdrawn while the portal runs: the desks have them with their next sync. */

/** Why a form was not added: one sentence for each fault. */
export type FormFaults = string[];

export function addForm(
  portal: Portal,
  content: unknown,
): Result<{ id: string; version: number }, FormFaults> {
  const { db, clock, checkService } = portal;
  const read = checkService(content);
  if (!read.ok) return err(read.error.map(({ at, problem }) => `${at}: ${problem}`));
  const service: Schemas['ServiceDefinition'] = read.value;
  // Checked a moment ago; the generated type calls an optional field one that may be undefined too.
  const faults = lintService(JSON.parse(JSON.stringify(service))).map(
    ({ at, cs, en }) => `${at}: ${cs} / ${en}`,
  );
  const { id, version } = service;
  return inTransaction(db, () => {
    const { tariff } = service.fee;
    if (tariff !== null && readItem(db, 'tariffs', tariff) === undefined)
      faults.push(`fee.tariff: sazebník „${tariff}“ v katalogu není / there is no tariff “${tariff}”`);
    // Also of one that was withdrawn: what was filled in with it is still on its way.
    const live = checkService(readItem(db, 'services', id));
    const known = Math.max(live.ok ? live.value.version : 0, lastVersionOf(db, id));
    if (known >= version)
      faults.push(
        `version: úřady už mají verzi ${known}, nová musí být vyšší / version ${known} is out already, a new one must be higher`,
      );
    if (faults.length > 0) return err(faults);
    noteChangedForm(db, id, service, clock.now());
    noteVersion(db, service);
    putItem(db, 'services', id, service);
    return ok({ id, version });
  });
}

/** False when there is no such form. */
export const withdrawForm = ({ db, clock }: Portal, id: string): boolean =>
  inTransaction(db, () => {
    if (readItem(db, 'services', id) === undefined) return false;
    noteChangedForm(db, id, null, clock.now());
    deleteItem(db, 'services', id);
    return true;
  });
