import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LANDMARK = join('portal-api', 'openapi.yaml');

/**
 * Folder of the data that ship with the product. Looked for upwards from this module, because it runs from its
 * source, from a bundle and from an installed application; `VIRTUOS_RESOURCES` names it outright.
 */
export function findResources(env: NodeJS.ProcessEnv = process.env): string {
  const named = env.VIRTUOS_RESOURCES;
  if (named !== undefined && named !== '') return named;
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'resources');
    if (existsSync(join(candidate, LANDMARK))) return candidate;
    if (dirname(folder) === folder)
      throw new Error('The folder resources was not found; set VIRTUOS_RESOURCES.');
  }
}
