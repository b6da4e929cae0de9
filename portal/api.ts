import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type ErrorObject, Ajv2020 as Validator } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { ok, type Result } from '../electron/values/result.ts';
import type { components, operations } from '../resources/portal-api/schema.d.ts';
import type { Refusal } from './errors.ts';

export type Schemas = components['schemas'];
export type OperationId = keyof operations;

/** One effect of a batch before it is judged by itself. */
export type UncheckedEffect = { id: string; [field: string]: unknown };

type JsonContent<T> = T extends { content: { 'application/json': infer B } } ? B : undefined;
/** JSON, or the bytes of what is none. */
type Content<T> = T extends {
  content: { 'application/pdf': unknown } | { 'application/octet-stream': unknown };
}
  ? Buffer
  : JsonContent<T>;
type CheckedOneByOne = {
  sendEffects: { effects: UncheckedEffect[]; closed?: components['schemas']['EffectBatch']['closed'] };
};

export type Body<O extends OperationId> = O extends keyof CheckedOneByOne
  ? CheckedOneByOne[O]
  : operations[O] extends { requestBody: infer R }
    ? JsonContent<R>
    : undefined;
type Parameters<O extends OperationId> = operations[O]['parameters'];
export type Path<O extends OperationId> = Parameters<O> extends { path: infer P } ? P : undefined;
export type Query<O extends OperationId> =
  Parameters<O> extends { query?: infer Q }
    ? [NonNullable<Q>] extends [never]
      ? undefined
      : NonNullable<Q>
    : undefined;

type Responses<O extends OperationId> = operations[O]['responses'];
type SuccessStatus<O extends OperationId> = keyof Responses<O> & (200 | 201 | 204);
/** What an operation answers when it succeeds. */
export type Reply<O extends OperationId> = {
  [S in SuccessStatus<O>]: {
    status: S;
    body: Content<Responses<O>[S]>;
    headers?: Readonly<Record<string, string>>;
  };
}[SuccessStatus<O>];

export type Desk = { id: string; officeId: string };

/** One call after its input was checked. `stream` holds the body where it is no JSON. */
export type Call<O extends OperationId> = {
  body: Body<O>;
  path: Path<O>;
  query: Query<O>;
  stream: Readable | undefined;
  /** Only for what its protocol says in headers; the description does not check them. */
  headers?: Readonly<Record<string, string | string[] | undefined>>;
};

type Answered<O extends OperationId> = Result<Reply<O>, Refusal>;
/** An operation anybody may call, and one that needs an enrolled desk. */
export type OpenHandler<O extends OperationId> = (call: Call<O>) => Answered<O> | Promise<Answered<O>>;
export type DeskHandler<O extends OperationId> = (
  call: Call<O>,
  desk: Desk,
) => Answered<O> | Promise<Answered<O>>;

/** A place in the input and what is wrong there; never the value itself. */
export type Issue = { at: string; problem: string };

/** Reads unchecked input as the operation's; the issues otherwise. */
export type InputReader<O extends OperationId> = (input: {
  body: unknown;
  path: unknown;
  query: unknown;
  stream: Readable | undefined;
  headers?: Readonly<Record<string, string | string[] | undefined>>;
}) => Result<Call<O>, Issue[]>;

export type Operation = {
  id: OperationId;
  method: string;
  path: string;
  needsDesk: boolean;
  /** What is wrong with an answer, for tests; empty when it is as documented. */
  checkResponse: (status: number, body: unknown) => Issue[];
};

export type Api = {
  version: string;
  base: string;
  operation: (id: OperationId) => Operation;
  operations: readonly Operation[];
  reader: <O extends OperationId>(id: O) => InputReader<O>;
  /** A check against a named schema of the document; `strict` also refuses fields it does not name. */
  checker: <T>(
    schema: keyof Schemas,
    options?: { strict?: boolean },
  ) => (value: unknown) => Result<T, Issue[]>;
};

type Json = { [key: string]: unknown };
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const METHODS = ['get', 'put', 'post', 'delete', 'head', 'patch'];
const ONE_BY_ONE = 'x-checked-one-by-one';

const loaded = new Map<string, Api>();

/**
 * The interface as its description says. It ships with the program, so it is read once, however many portals a process
 * has: its checks are slow to make. Throws when the description is not sound.
 */
export function loadApi(resources: string): Api {
  const api = loaded.get(resources) ?? readApi(resources);
  loaded.set(resources, api);
  return api;
}

function readApi(resources: string): Api {
  const document: unknown = parse(readFileSync(join(resources, 'portal-api', 'openapi.yaml'), 'utf8'));
  if (!isObject(document) || !isObject(document.paths) || !isObject(document.info)) {
    throw new Error('The description of the interface has no paths.');
  }
  relaxBatches(document);
  const body = validator(document);
  const parameters = validator(document, { coerceTypes: true, useDefaults: true });
  const strict = validator(closed(document));
  const base = pick(document, ['servers', 0, 'url']);
  // A validator knows by the object whether it has compiled a schema.
  const schemas = new Map<string, object>();
  const schemaOf = (key: string, make: () => object): object => {
    const schema = schemas.get(key) ?? make();
    schemas.set(key, schema);
    return schema;
  };
  const parametersOf = (id: OperationId, place: 'path' | 'query'): object => {
    const { source, shared } = operation(id);
    return schemaOf(`${id} ${place}`, () => parameterSchema(document, [shared, source.parameters], place));
  };

  const found = new Map<string, Operation & { at: string; source: Json; shared: unknown }>();
  for (const [path, item] of Object.entries(document.paths)) {
    if (!isObject(item)) continue;
    for (const method of METHODS) {
      const source = item[method];
      if (!isObject(source)) continue;
      const id = String(source.operationId);
      const at = `#/paths/${escapePointer(path)}/${method}`;
      const security = source.security;
      found.set(id, {
        id: isOperationId(id) ? id : unknownOperation(id),
        method: method.toUpperCase(),
        path: path.replace(/\{(\w+)\}/g, ':$1'),
        // What another scheme protects (or none) is not for desks.
        needsDesk: !(Array.isArray(security) && !security.some((one) => isObject(one) && 'desk' in one)),
        checkResponse: responseCheck(body, at, source),
        at,
        source,
        shared: item.parameters,
      });
    }
  }
  const operation = (id: OperationId) => found.get(id) ?? unknownOperation(id);
  return {
    version: String(document.info.version),
    base: typeof base === 'string' ? base : '',
    operations: [...found.values()],
    operation,
    reader: <O extends OperationId>(id: O): InputReader<O> => {
      const { at, source } = operation(id);
      const described = pick(source, ['requestBody', 'content', 'application/json', 'schema']) !== undefined;
      const bodySchema = described
        ? schemaOf(`${id} body`, () => ({ $ref: `api${at}/requestBody/content/application~1json/schema` }))
        : UNUSED;
      const isBody = body.compile<Body<O>>(bodySchema);
      const isPath = parameters.compile<Path<O>>(parametersOf(id, 'path'));
      const isQuery = parameters.compile<Query<O>>(parametersOf(id, 'query'));
      return ({ body: sent, path, query, stream, headers = {} }) => {
        const given = described ? sent : undefined;
        if (!isPath(path)) return { ok: false, error: issues('path', isPath.errors) };
        if (!isQuery(query)) return { ok: false, error: issues('query', isQuery.errors) };
        if (!isBody(given)) return { ok: false, error: issues('body', isBody.errors) };
        return ok({ body: given, path, query, stream, headers });
      };
    },
    checker: <T>(schema: keyof Schemas, options: { strict?: boolean } = {}) => {
      const reference = schemaOf(schema, () => ({ $ref: `api#/components/schemas/${schema}` }));
      const fits = (options.strict ? strict : body).compile<T>(reference);
      return (value: unknown) => (fits(value) ? ok(value) : { ok: false, error: issues('', fits.errors) });
    },
  };
}

// Holds for whatever an operation without a body or parameters gets.
const UNUSED = {};

const OPERATION_IDS: { readonly [O in OperationId]: true } = {
  getHealth: true,
  enrolDesk: true,
  readDesk: true,
  changeToken: true,
  removeDesk: true,
  readLog: true,
  readKnownEffects: true,
  signInClerk: true,
  readMaster: true,
  readMasterKeys: true,
  checkDocument: true,
  hasBlob: true,
  putBlob: true,
  createUpload: true,
  uploadOffset: true,
  patchUpload: true,
  appendLog: true,
  registerKey: true,
  openEpoch: true,
  countersignCheckpoint: true,
  readLastCheckpoint: true,
  sendEffects: true,
  readEffectStates: true,
  readClosings: true,
  decideClosing: true,
  readInbox: true,
  allotEvidenceNumber: true,
  readOpenNumbers: true,
  readClause: true,
  readSealCertificate: true,
  sealData: true,
  askRegister: true,
  registerAccount: true,
  redeemCode: true,
  searchAccounts: true,
  searchOrganisation: true,
  searchSubmissions: true,
  searchMailbox: true,
  openMessage: true,
  readAttachment: true,
  readExtract: true,
  readExtractDocument: true,
  depositDocument: true,
  readDeposit: true,
  readBookings: true,
  takeBookingStep: true,
  findBookings: true,
};
const isOperationId = (id: string): id is OperationId => Object.hasOwn(OPERATION_IDS, id);

function unknownOperation(id: string): never {
  throw new Error(`The interface and the program differ: operation ${id}.`);
}

function validator(
  document: Json,
  options: { coerceTypes?: boolean; useDefaults?: boolean } = {},
): Validator {
  const ajv = new Validator({ strict: true, strictTypes: false, strictRequired: false, ...options });
  formats.default(ajv);
  ajv.addVocabulary(['paths', 'components', 'example', ONE_BY_ONE]);
  ajv.addSchema({ paths: document.paths, components: document.components }, 'api');
  return ajv;
}

function parameterSchema(document: Json, lists: unknown[], place: 'path' | 'query'): Json {
  const properties: Json = {};
  const required: string[] = [];
  for (const listed of lists.flatMap((list): unknown[] => (Array.isArray(list) ? list : []))) {
    const reference = isObject(listed) ? listed.$ref : undefined;
    const parameter = typeof reference === 'string' ? pick(document, reference.slice(2).split('/')) : listed;
    if (!isObject(parameter) || parameter.in !== place) continue;
    const name = String(parameter.name);
    properties[name] = prefixReferences(parameter.schema);
    if (parameter.required === true) required.push(name);
  }
  return { type: 'object', properties, required };
}

function responseCheck(ajv: Validator, at: string, source: Json): Operation['checkResponse'] {
  const checks = new Map<string, (body: unknown) => Issue[]>();
  const make = (key: string, response: Json): ((body: unknown) => Issue[]) => {
    const reference = response.$ref;
    const place = typeof reference === 'string' ? reference : `${at}/responses/${key}`;
    const bodiless = typeof reference !== 'string' && response.content === undefined;
    const isBytes =
      typeof reference !== 'string' && pick(response, ['content', 'application/json']) === undefined;
    if (isBytes && !bodiless)
      return (body) => (Buffer.isBuffer(body) ? [] : [{ at: 'body', problem: 'must be bytes' }]);
    if (bodiless) return (body) => (body === undefined ? [] : [{ at: 'body', problem: 'must be empty' }]);
    const fits = ajv.compile({ $ref: `api${place}/content/application~1json/schema` });
    // Checked as it goes over the line: a field that is undefined is not there.
    return (body) => (fits(JSON.parse(JSON.stringify(body ?? null))) ? [] : issues('body', fits.errors));
  };
  return (status, body) => {
    const key = pick(source, ['responses', String(status)]) === undefined ? 'default' : String(status);
    const response = pick(source, ['responses', key]);
    if (!isObject(response)) return [{ at: 'status', problem: `${status} is not documented` }];
    const check = checks.get(key) ?? make(key, response);
    checks.set(key, check);
    return check(body);
  };
}

const issues = (place: string, errors: ErrorObject[] | null | undefined): Issue[] =>
  (errors ?? []).slice(0, 10).map((error) => {
    const extra: unknown = error.params.additionalProperty;
    const field = typeof extra === 'string' ? ` (${extra.slice(0, 60)})` : '';
    return { at: `${place}${error.instancePath}`, problem: `${error.message ?? error.keyword}${field}` };
  });

// A batch is checked as a list of items with an id each; the items are judged one by one later.
function relaxBatches(node: unknown): void {
  if (Array.isArray(node)) node.forEach(relaxBatches);
  if (!isObject(node)) return;
  const reference = node[ONE_BY_ONE];
  if (typeof reference === 'string') node.items = { $ref: reference };
  Object.values(node).forEach(relaxBatches);
}

/** A copy in which every object schema refuses what it does not name, unless it says otherwise. */
function closed(node: Json): Json {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    if (!isObject(value)) return value;
    const inner: Json = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
    const describesObject = inner.type === 'object' && isObject(inner.properties);
    if (describesObject && inner.additionalProperties === undefined) inner.additionalProperties = false;
    return inner;
  };
  const result = copy(node);
  return isObject(result) ? result : {};
}

function prefixReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(prefixReferences);
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) =>
      key === '$ref' ? [key, `api${String(value)}`] : [key, prefixReferences(value)],
    ),
  );
}

function pick(node: unknown, path: readonly (string | number)[]): unknown {
  let at: unknown = node;
  for (const step of path) {
    if (Array.isArray(at)) at = at[Number(step)];
    else if (isObject(at)) at = at[step];
    else return undefined;
  }
  return at;
}

const escapePointer = (text: string): string =>
  encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));
