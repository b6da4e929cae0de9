import type { Schemas } from '../api.ts';
import { readItem } from '../catalogue/master.ts';
import type { Portal } from '../portal.ts';

/** What the effects of one batch are judged by. Hundreds of them name the same few people and offices: each is read once. */
export type Directory = {
  isOffice(id: string): boolean;
  clerk(id: string): Schemas['DirectoryClerk'] | null;
  tariff(id: string): Schemas['Tariff'] | null;
};

/** Whether a clerk's account may be used on a day, as far as the directory knows: it holds no history. */
export const isInService = ({ blocked, validTo }: Schemas['DirectoryClerk'], on: string): boolean =>
  !blocked && (validTo === undefined || on <= validTo);

/** Each answer is asked for once. */
function remembered<T>(ask: (id: string) => T): (id: string) => T {
  const answers = new Map<string, T>();
  return (id) => {
    const known = answers.get(id);
    if (known !== undefined) return known;
    const answer = ask(id);
    answers.set(id, answer);
    return answer;
  };
}

/** To be made anew in each transaction. */
export const directoryOf = ({ db, checkClerk, checkTariff }: Portal): Directory => ({
  isOffice: remembered((id) => readItem(db, 'offices', id) !== undefined),
  clerk: remembered((id) => {
    const clerk = checkClerk(readItem(db, 'clerks', id));
    return clerk.ok ? clerk.value : null;
  }),
  tariff: remembered((id) => {
    const tariff = checkTariff(readItem(db, 'tariffs', id));
    return tariff.ok ? tariff.value : null;
  }),
});
