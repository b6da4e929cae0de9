import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { patternFault } from '../../electron/values/forms/patterns.ts';
import { ACCOUNT_RULES } from '../accounts/settings.ts';
import type { Api, Issue, Schemas } from '../api.ts';
import type { Database } from '../database.ts';
import { PURPOSES } from '../looks/looks.ts';
import { changedForms } from './changed-forms.ts';
import { noteVersion } from './form-versions.ts';
import { replaceCollection } from './master.ts';

/**
 * Loads the catalogue's files (services, tariffs, guides and code lists in folders, settings.json, purposes.json, accounts.json,
 * waiting-line.json) into the database.
 * A file that is not sound stops the portal with its name and reason: a catalogue is taken whole or not at all. To be
 * called within a transaction.
 */
export function loadCatalogue(db: Database, api: Api, folder: string): void {
  const service = api.checker<Schemas['ServiceDefinition']>('ServiceDefinition', { strict: true });
  const tariff = api.checker<Schemas['Tariff']>('Tariff', { strict: true });
  const guide = api.checker<Schemas['Guide']>('Guide', { strict: true });
  const settings = api.checker<Schemas['DeskSettings']>('DeskSettings', { strict: true });
  const accountRules = api.checker<Schemas['AccountRules']>('AccountRules', { strict: true });
  const purposes = api.checker<Schemas['Purposes']>('Purposes', { strict: true });
  const waiting = api.checker<Schemas['WaitingRules']>('WaitingRules', { strict: true });

  const shipped = readFolder(join(folder, 'services'), service);
  const tariffs = readFolder(join(folder, 'tariffs'), tariff);
  const tariffIds = new Set(tariffs.map(({ id }) => id));
  for (const { id, data } of shipped) {
    const wanted = data.fee.tariff;
    if (wanted !== null && !tariffIds.has(wanted)) {
      throw new Error(`The service ${id} names the tariff ${wanted}, which is not in the catalogue.`);
    }
  }
  const guides = readFolder(join(folder, 'guides'), guide);
  const services = withChanges(db, shipped, service);
  for (const { data } of services) noteVersion(db, data);
  replaceCollection(db, 'services', services);
  replaceCollection(db, 'tariffs', tariffs);
  const accounts = readChecked(join(folder, 'accounts.json'), accountRules);
  const fault = patternFault(accounts.userName.pattern);
  if (fault !== null) throw new Error(`The pattern of user names in accounts.json is ${fault}.`);
  replaceCollection(db, 'code-lists', codeListItems(join(folder, 'code-lists'), api));
  replaceCollection(db, 'guides', guides);
  replaceCollection(db, 'settings', [
    { id: 'desk', data: readChecked(join(folder, 'settings.json'), settings) },
    { id: ACCOUNT_RULES, data: accounts },
    { id: PURPOSES, data: readChecked(join(folder, 'purposes.json'), purposes) },
    { id: 'waiting-line', data: readChecked(join(folder, 'waiting-line.json'), waiting) },
  ]);
}

type NamedService = { id: string; data: Schemas['ServiceDefinition'] };

/** What an operator added stands above what ships until that is newer; what was withdrawn stays so. */
function withChanges(
  db: Database,
  shipped: readonly NamedService[],
  check: Check<Schemas['ServiceDefinition']>,
): NamedService[] {
  const changed = changedForms(db);
  const kept = new Map(shipped.filter(({ id }) => changed.get(id) !== null).map((one) => [one.id, one]));
  for (const [id, text] of changed) {
    const added = text === null ? null : check(JSON.parse(text));
    if (added?.ok && added.value.version > (kept.get(id)?.data.version ?? 0))
      kept.set(id, { id, data: added.value });
  }
  return [...kept.values()];
}

/** The id of an item leads with its list and what it lies within, so that a desk reads one town's streets alone. */
function codeListItems(folder: string, api: Api): { id: string; data: Schemas['CodeListItem'] }[] {
  const check = api.checker<Schemas['CodeList']>('CodeList', { strict: true });
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const { list, items } = readChecked(join(folder, name), check);
      return items.map((item) => {
        const id = [list, ...(item.within === undefined ? [] : [item.within]), item.code].join('/');
        return { id, data: { id, list, ...item } };
      });
    });
}

type Check<T> = (value: unknown) => { ok: true; value: T } | { ok: false; error: Issue[] };

function readFolder<T extends { id: string }>(folder: string, check: Check<T>): { id: string; data: T }[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  return files.map((name) => {
    const data = readChecked(join(folder, name), check);
    if (name !== `${data.id}.json`) throw new Error(`The catalogue's file ${name} holds the id ${data.id}.`);
    return { id: data.id, data };
  });
}

/** Reads a JSON file that has to be sound. Throws with the file's name and what is wrong. */
export function readChecked<T>(file: string, check: Check<T>): T {
  const result = check(JSON.parse(readFileSync(file, 'utf8')));
  if (result.ok) return result.value;
  const reasons = result.error.map(({ at, problem }) => `${at} ${problem}`).join('; ');
  throw new Error(`${file} is not sound: ${reasons}.`);
}
