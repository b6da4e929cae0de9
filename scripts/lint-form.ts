// `npm run lint-form [-- FILE …]`: says what is wrong with definitions of services; without a file, with those that ship.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceDefinition } from '../electron/contract/services.ts';
import { type Fault, lintService } from '../electron/values/forms/lint.ts';
import { projectRoot } from './places.ts';

const folder = join(projectRoot, 'resources', 'catalogue', 'services');
const shipped = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));

function faultsOf(file: string): Fault[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ at: file, cs: `Soubor nelze přečíst jako JSON: ${why}`, en: `The file is no JSON: ${why}` }];
  }
  const read = serviceDefinition.safeParse(content);
  if (read.success) return lintService(read.data);
  return read.error.issues.map(({ path, message }) => ({
    at: path.join('.'),
    cs: `Údaj tu nemá být, chybí, nebo má jiný tvar (${message}).`,
    en: `Something is here that should not be, is missing, or has another shape (${message}).`,
  }));
}

const asked = process.argv.slice(2);
for (const file of asked.length > 0 ? asked : shipped()) {
  const faults = faultsOf(file);
  if (faults.length === 0) {
    if (asked.length > 0) console.log(`${file}: v pořádku / in order`);
    continue;
  }
  process.exitCode = 1;
  console.error(file);
  for (const { at, cs, en } of faults) console.error(`  ${at}\n    ${cs}\n    ${en}`);
}
