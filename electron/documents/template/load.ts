import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../values/result.ts';
import { type DocumentFailure, failure } from '../failures.ts';
import { type Template, templateSchema } from './schema.ts';

/** Reads a template by its name (as a service definition gives it) from the folder of templates, and checks it. */
export async function loadTemplate(folder: string, name: string): Promise<Result<Template, DocumentFailure>> {
  // The name comes from the catalogue; only the shape of a template's name can become part of a path.
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return err(failure('documents.template-unknown', { name }));
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return err(failure('documents.template-invalid', { where: name }));
    return err(failure('documents.template-unknown', { name }));
  }
  const template = templateSchema.safeParse(parsed);
  if (template.success) return ok(template.data);
  const where = [name, ...(template.error.issues[0]?.path ?? [])].join('.');
  return err(failure('documents.template-invalid', { where }));
}
