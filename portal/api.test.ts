import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadApi } from './api.ts';
import { findResources } from './resources.ts';

const file = join(findResources(), 'portal-api', 'openapi.yaml');
const api = loadApi(findResources());

describe('the description of the interface', () => {
  it('agrees with the generated types', async () => {
    const types = astToString(await openapiTS(pathToFileURL(file)));
    const committed = readFileSync(join(findResources(), 'portal-api', 'schema.d.ts'), 'utf8');
    // The command line puts a header before what it makes.
    expect(committed.slice(committed.indexOf('export interface paths')).trim()).toBe(types.trim());
  });

  it('gives examples that are as it says', () => {
    const { paths } = parse(readFileSync(file, 'utf8'));
    let seen = 0;
    for (const { id, method, path } of api.operations) {
      const described = paths[path.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()];
      const sent = described.requestBody?.content['application/json']?.example;
      if (sent !== undefined) {
        seen += 1;
        const input = { body: sent, path: {}, query: {}, stream: undefined };
        expect(api.reader(id)(input), id).toMatchObject({ ok: true });
      }
      const answered = described.responses[200]?.content?.['application/json']?.example;
      if (answered !== undefined) {
        seen += 1;
        expect(api.operation(id).checkResponse(200, answered), id).toEqual([]);
      }
    }
    expect(seen).toBeGreaterThanOrEqual(6);
  });

  it('reads a query’s numbers and fills in what has a default', () => {
    const read = (query: unknown) =>
      api.reader('readInbox')({ body: undefined, path: {}, query, stream: undefined });
    expect(read({})).toMatchObject({ ok: true, value: { query: { limit: 200 } } });
    expect(read({ limit: '7' })).toMatchObject({ ok: true, value: { query: { limit: 7 } } });
    expect(read({ limit: '7.5' })).toMatchObject({ ok: false, error: [{ at: 'query/limit' }] });
  });
});
