import { recoveryKeyName, recoveryKeyText, recoveryPublicKey } from '../../electron/values/recovery-key.ts';
import { putItem, readItem } from '../catalogue/master.ts';
import { inTransaction } from '../database.ts';
import type { Portal } from '../portal.ts';

/**
 * Gives an office a new recovery key and returns the sheet to print: the only place its private half is ever written.
 * Backups made from now on are sealed to it; earlier ones still need the sheet before. Throws when there is no such office.
 */
export function newRecoverySheet(
  { db, random, clock, checkOffice }: Pick<Portal, 'db' | 'random' | 'clock' | 'checkOffice'>,
  officeId: string,
): string {
  const raw = random(32);
  const publicKey = recoveryPublicKey(raw);
  return inTransaction(db, () => {
    const office = checkOffice(readItem(db, 'offices', officeId));
    if (!office.ok) throw new Error(`There is no office ${officeId}.`);
    putItem(db, 'offices', officeId, { ...office.value, recoveryKey: publicKey });
    return sheetOf(raw, office.value.name.cs, clock.now());
  });
}

/** The sheet's text. */
export const sheetOf = (raw: Uint8Array, office: string, madeAt: Date): string => {
  const groups = recoveryKeyText(raw).split('-');
  const rows = [0, 5, 10].map((from) => `    ${groups.slice(from, from + 5).join('  ')}`);
  return [
    'OBNOVOVACÍ KLÍČ ZÁLOH PŘEPÁŽEK',
    '',
    `Úřad:         ${office}`,
    `Označení:     ${recoveryKeyName(recoveryPublicKey(raw))}`,
    `Vyhotoveno:   ${madeAt.toISOString().slice(0, 10)}`,
    '',
    ...rows,
    '',
    'Kdo má tento list, otevře zálohy všech přepážek úřadu. Uložte jej do trezoru, ve dvou',
    'vyhotoveních na dvou místech. Nefotografujte jej a neukládejte do počítače. Při ztrátě nebo',
    'vyzrazení si u správce portálu vyžádejte nový; starý ponechte, dokud existují zálohy s jeho označením.',
    '',
  ].join('\n');
};
