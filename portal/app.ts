import { join } from 'node:path';
import { Readable } from 'node:stream';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { type Clock, systemClock } from '../electron/values/clock.ts';
import { systemRandom } from '../electron/values/ids.ts';
import { err, type Failure, ok, type Result } from '../electron/values/result.ts';
import { redeemCode, registerAccount } from './accounts/online.ts';
import { noRegister, trainingOrganisations } from './accounts/register.ts';
import { searchAccounts, searchOrganisation } from './accounts/search.ts';
import { type Admission, createAdmission, PACE, type Pace } from './admission.ts';
import { type DeskHandler, loadApi, type OpenHandler, type OperationId, type Schemas } from './api.ts';
import { folderFiles, memoryFiles } from './blobs/files.ts';
import { hasBlob, putBlob } from './blobs/transfer.ts';
import { createUpload, patchUpload, uploadOffset } from './blobs/uploads.ts';
import { findBookings } from './bookings/find.ts';
import { readBookings } from './bookings/read.ts';
import { takeBookingStep } from './bookings/steps.ts';
import { addForm, type FormFaults, withdrawForm } from './catalogue/forms.ts';
import { loadCatalogue } from './catalogue/load.ts';
import { putItem, readItem, readMaster } from './catalogue/master.ts';
import { signInClerk } from './clerks/sign-in.ts';
import { decideClosing, readClosings } from './closing/closings.ts';
import { inTransaction, openDatabase } from './database.ts';
import { depositDocument, readDeposit } from './depot/deposits.ts';
import { loadDepotRules } from './depot/rules.ts';
import {
  authenticateDesk,
  enrolDesk,
  issueEnrolmentCode,
  issueTakeOverCode,
  revokeDesk,
} from './desks/enrolment.ts';
import { ERRORS, errorBody, type Refusal } from './errors.ts';
import { readClause } from './evidence/clauses.ts';
import { allotEvidenceNumber, readOpenNumbers } from './evidence/numbers.ts';
import { loadEvidenceRules } from './evidence/rules.ts';
import { keepForgetting } from './forgetting.ts';
import { answerAsOffice, type Move, moveSubmission } from './inbox/office.ts';
import { officeTimer } from './inbox/office-timer.ts';
import { readInbox } from './inbox/read.ts';
import { inflated } from './inflated.ts';
import { readEffectStates, sendEffects } from './intake/effects.ts';
import { checkDocument } from './invalid-documents/check.ts';
import { ministryRegister, TIME_LIMIT_MS } from './invalid-documents/client.ts';
import { portalKeys, publicKeys, readMasterKeys, rotateMasterKey } from './keys.ts';
import { appendLog } from './log/append.ts';
import { countersignCheckpoint, readLastCheckpoint } from './log/checkpoints.ts';
import { openEpoch } from './log/epochs.ts';
import { type DeskException, deskExceptions, reviewDeskException } from './log/exceptions.ts';
import { permitNewKey, registerKey } from './log/keys.ts';
import { openMessage, readAttachment, searchMailbox } from './mailbox/read.ts';
import { importMedium, type MediumImport, type MediumRefusal } from './medium/import.ts';
import { folderKeys, memoryKeys } from './pki/key-files.ts';
import { trustRoutes } from './pki/routes.ts';
import { prepareTrust, type Trust } from './pki/trust.ts';
import type { Portal } from './portal.ts';
import { accountPages } from './public/account.ts';
import { clauseCheckPages } from './public/clause-check.ts';
import { depotPages } from './public/depot.ts';
import { ACCOUNT_PACE, createPublicPace, PUBLIC_PACE, type PublicPace } from './public/pace.ts';
import { styleRoute } from './public/page.ts';
import { changeToken, readDesk, readKnownEffects, readLog, removeDesk } from './recovery/recovery.ts';
import { newRecoverySheet } from './recovery/sheet.ts';
import { asRefusal } from './refusals.ts';
import {
  askRegister,
  type Registers,
  readExtract,
  readExtractDocument,
  trainingRegisters,
} from './registers/ask.ts';
import { findResources } from './resources.ts';
import { readSealCertificate, sealData } from './seals/seals.ts';
import { newCode, type Random } from './secrets.ts';
import { loadCourses } from './tracking/course-data.ts';
import { searchSubmissions } from './tracking/search.ts';
import { byReferenceNumber, findSubmission, lastSubmissions, viewOf } from './tracking/table.ts';
import { type RegisterService, startRegisterService } from './training/register-service.ts';
import { seedTraining, trainingDocuments } from './training/seed.ts';

export type PortalOptions = {
  /** Folder of the portal's data, made when missing; `:memory:` keeps nothing. */
  dataDir: string;
  environment?: Schemas['Environment'];
  clock?: Clock;
  random?: Random;
  referenceDelayMs?: number;
  /** Offices of the training environment move submissions on by themselves. */
  officesMoveOn?: boolean;
  /** The Ministry's service; the training environment has its own when none is given. */
  invalidDocumentsUrl?: string;
  invalidDocumentsTimeLimitMs?: number;
  resources?: string;
  /** Where the world reaches the portal, when not where it listens: certificates and papers name it. */
  publicUrl?: string;
  /** Other catalogue than the one that ships. */
  catalogue?: string;
  /** How many calls of all desks together it takes at once, and how many more each second. */
  pace?: Pace;
  /** The same for one address that asks what is open to all. */
  publicPace?: Pace;
  /** The same for one address that registers or redeems codes. */
  accountPace?: Pace;
  /** Checks every answer against the interface's description (tests). */
  validateResponses?: boolean;
  logger?: FastifyBaseLogger;
};

export type RunningPortal = {
  app: FastifyInstance;
  /** Listens (port 0: any free one) and returns the address. */
  listen(where?: { port?: number; host?: string }): Promise<string>;
  close(): Promise<void>;
  /** Makes an enrolment code for an office; a given code is taken as it is. */
  issueEnrolmentCode(officeId: string, code?: string): string;
  /** Gives an office a new recovery key; returns the sheet with its private half, which is kept nowhere else. */
  newRecoverySheet(officeId: string): string;
  /** Makes a code by which another machine takes a desk's place. */
  issueTakeOverCode(deskId: string): string;
  /** Lets a desk that lost its signing key bring a new one, once; false when there is no such desk. */
  permitNewKey(deskId: string): boolean;
  /** What somebody has to look at: logs that were rewritten or forked, keys nobody permitted. */
  deskExceptions(all?: boolean): DeskException[];
  /** Somebody looked at it; false when it is not there or was looked at already. */
  reviewDeskException(of: { id: number; by: string; note: string }): boolean;
  /** An office's answer to a submission, as its records service would give it. False when there is no such submission. */
  answerAs(
    kind: 'rejected' | 'completion-asked',
    effectId: string,
    reason: Schemas['Text'],
    deadline?: string,
  ): boolean;
  /** Moves a submission on as its office, named by its reference number or id; false when it cannot go there. */
  moveSubmission(submission: string, to: Move): boolean;
  /** The last ones that offices got, the newest first. */
  submissions(limit: number): Schemas['TrackedSubmission'][];
  /** Signs master data with a new key from now on; the present one says that it follows. */
  rotateMasterKey(): void;
  /** Adds a form, or a new version of one; refused with a sentence for each fault. The desks have it with their next sync. */
  addForm(content: unknown): Result<{ id: string; version: number }, FormFaults>;
  /** Takes a form out of the catalogue; what is in progress with it goes on. False when there is no such form. */
  withdrawForm(id: string): boolean;
  /** Withdraws a desk's token; false when there is no such desk. */
  revokeDesk(deskId: string): boolean;
  /**
   * Takes in a medium from a desk and writes the answer to it into another file. The same medium again changes nothing
   * and gets a newer answer.
   */
  importMedium(file: string, answerFile: string): Promise<Result<MediumImport, Failure<MediumRefusal>>>;
  /** Blocks or frees a clerk's account, or sets its last day; false when there is no such clerk. */
  changeClerk(
    clerkId: string,
    change: Pick<Schemas['DirectoryClerk'], 'validTo'> & { blocked?: boolean },
  ): boolean;
};

/** How long an office takes to give a reference number, when nothing else is said. */
export const REFERENCE_DELAY_MS = 5000;
const JSON_LIMIT = 16 * 1024 * 1024;

/** The register of invalid documents where nobody named one: it cannot be asked. */
const NO_REGISTER = 'about:blank';

/** Builds the portal on its data. Throws when its data or the catalogue are not sound. */
export function createPortal(options: PortalOptions): RunningPortal {
  const { dataDir, environment = 'training', clock = systemClock, random = systemRandom } = options;
  const resources = options.resources ?? findResources();
  const catalogue = options.catalogue ?? join(resources, 'catalogue');
  const api = loadApi(resources);
  const db = openDatabase(dataDir, random);
  const app = options.logger
    ? fastify({ loggerInstance: options.logger, ...SERVER })
    : fastify({ logger: false, ...SERVER });

  const registers = trainingRegisters(resources);
  let trust: Trust | null = null;
  let registerUrl = options.invalidDocumentsUrl ?? NO_REGISTER;
  const portal: Portal = {
    api,
    db,
    blobFiles: dataDir === ':memory:' ? memoryFiles() : folderFiles(join(dataDir, 'blobs'), random),
    clock,
    random,
    keys: portalKeys(db, random),
    log: app.log,
    environment,
    referenceDelayMs: options.referenceDelayMs ?? REFERENCE_DELAY_MS,
    register: ministryRegister(() => registerUrl, options.invalidDocumentsTimeLimitMs ?? TIME_LIMIT_MS),
    courses: options.officesMoveOn && environment === 'training' ? loadCourses(resources) : null,
    organisations: environment === 'training' ? trainingOrganisations(resources) : noRegister,
    evidenceRules: loadEvidenceRules(catalogue),
    depotRules: loadDepotRules(catalogue),
    trust: () => trust,
    checkOffice: api.checker('Office'),
    checkClerk: api.checker('DirectoryClerk'),
    checkTariff: api.checker('Tariff'),
    checkAccountRules: api.checker('AccountRules'),
    checkPurposes: api.checker('Purposes'),
    checkService: api.checker('ServiceDefinition', { strict: true }),
    checkTimetable: api.checker('Timetable'),
  };
  inTransaction(db, () => loadCatalogue(db, api, catalogue));
  if (environment === 'training') seedTraining(db, resources, clock.now());

  const timer = officeTimer(portal);
  const keyFiles = dataDir === ':memory:' ? memoryKeys() : folderKeys(join(dataDir, 'pki'));
  const makeTrust = async (base: string): Promise<void> => {
    if (environment === 'training') trust = await prepareTrust(portal, keyFiles, resources, base);
  };
  let trainingRegister: RegisterService | undefined;
  let stopForgetting = (): void => {};
  app.addHook('onReady', async () => {
    portal.blobFiles.tidy();
    if (environment === 'training' && options.invalidDocumentsUrl === undefined) {
      trainingRegister = await startRegisterService(trainingDocuments(resources), clock.now);
      registerUrl = trainingRegister.url;
    }
    timer.reschedule();
    stopForgetting = await keepForgetting(portal, registers.data.keptDays);
    if (options.publicUrl !== undefined) await makeTrust(options.publicUrl);
  });
  app.addHook('onClose', async () => {
    timer.stop();
    stopForgetting();
    await trainingRegister?.close();
    db.close();
  });

  const admit = createAdmission(clock, random, options.pace ?? PACE);
  serve(app, portal, {
    registers,
    validateResponses: options.validateResponses ?? false,
    acted: timer.reschedule,
    admit,
    publicPace: createPublicPace(clock, options.publicPace ?? PUBLIC_PACE),
    accountPace: createPublicPace(clock, options.accountPace ?? ACCOUNT_PACE),
  });

  return {
    app,
    listen: async ({ port = 0, host = '127.0.0.1' } = {}) => {
      const url = await app.listen({ port, host });
      if (options.publicUrl === undefined) await makeTrust(url);
      return url;
    },
    close: () => app.close(),
    issueEnrolmentCode: (officeId, code = newCode(random)) => {
      issueEnrolmentCode(portal, officeId, code);
      return code;
    },
    newRecoverySheet: (officeId) => newRecoverySheet(portal, officeId),
    permitNewKey: (deskId) => permitNewKey(db, deskId),
    deskExceptions: (all) => deskExceptions(portal, all),
    reviewDeskException: (of) => reviewDeskException(portal, of),
    issueTakeOverCode: (deskId) => {
      const code = newCode(random);
      issueTakeOverCode(portal, deskId, code);
      return code;
    },
    answerAs: (kind, effectId, reason, deadline = '') =>
      inTransaction(db, () => answerAsOffice(portal, kind, effectId, reason, deadline)),
    moveSubmission: (submission, to) =>
      inTransaction(db, () => {
        const row = byReferenceNumber(db, submission) ?? findSubmission(db, submission);
        return row !== undefined && moveSubmission(portal, row.id, to);
      }),
    submissions: (limit) => lastSubmissions(db, limit).map((row) => viewOf(db, row)),
    rotateMasterKey: () => inTransaction(db, () => rotateMasterKey(db, random)),
    addForm: (content) => addForm(portal, content),
    withdrawForm: (id) => withdrawForm(portal, id),
    revokeDesk: (deskId) => revokeDesk(portal, deskId),
    importMedium: (file, answerFile) => importMedium(portal, file, answerFile),
    changeClerk: (clerkId, change) =>
      inTransaction(db, () => {
        const clerk = portal.checkClerk(readItem(db, 'clerks', clerkId));
        if (!clerk.ok) return false;
        putItem(db, 'clerks', clerkId, { ...clerk.value, ...change });
        return true;
      }),
  };
}

const SERVER = {
  bodyLimit: JSON_LIMIT,
  // Requests are logged by hand below: without addresses, bodies and headers.
  logController: new LogController({ disableRequestLogging: true }),
  exposeHeadRoutes: false,
  forceCloseConnections: true,
  requestTimeout: 600_000,
} as const;

type Serving = {
  registers: Registers;
  validateResponses: boolean;
  acted: () => void;
  admit: Admission;
  publicPace: PublicPace;
  accountPace: PublicPace;
};

function serve(
  app: FastifyInstance,
  portal: Portal,
  { registers, validateResponses, acted, admit, publicPace, accountPace }: Serving,
): void {
  const { api, clock, environment } = portal;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  app.addContentTypeParser(
    ['application/octet-stream', 'application/offset+octet-stream'],
    (_request, payload, done) => done(null, payload),
  );
  app.addHook('preParsing', async (request, _reply, payload) =>
    request.headers['content-encoding'] === 'gzip' ? inflated(payload, JSON_LIMIT) : payload,
  );

  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'call',
    );
  });
  app.setNotFoundHandler((request, reply) => refuse(request, reply, { code: 'request.unknown-path' }));
  app.setErrorHandler((error, request, reply) => refuse(request, reply, asRefusal(error, request)));

  /** Reads the input, lets the handler work, checks and sends what it answers. */
  const route = <O extends OperationId>(
    id: O,
    work: (call: Parameters<OpenHandler<O>>[0], request: FastifyRequest) => ReturnType<OpenHandler<O>>,
    onRequest: (request: FastifyRequest) => Refusal | null,
  ): void => {
    const operation = api.operation(id);
    const readInput = api.reader(id);
    const send = (reply: FastifyReply, status: number, body: unknown): FastifyReply => {
      if (validateResponses) {
        const issues = operation.checkResponse(status, operation.method === 'HEAD' ? undefined : body);
        if (issues.length > 0) throw new Error(`${id} answered ${status} wrongly: ${JSON.stringify(issues)}`);
      }
      return reply.code(status).send(body);
    };
    app.route({
      method: operation.method,
      url: `${api.base}${operation.path}`,
      onRequest: async (request, reply) => {
        const refusal = onRequest(request) ?? admit(operation.needsDesk);
        if (refusal !== null) {
          // The body is not read; the connection may hold all of it still.
          reply.header('connection', 'close');
          if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', refusal.retryAfterSeconds);
          return refuse(request, reply, refusal);
        }
      },
      handler: async (request, reply) => {
        const input = readInput({
          body: request.body,
          path: request.params,
          query: request.query,
          stream: request.body instanceof Readable ? request.body : undefined,
          headers: request.headers,
        });
        const answer: Result<Answered, Refusal> = input.ok
          ? await work(input.value, request)
          : err({ code: 'request.invalid', details: { issues: input.error } });
        acted();
        if (answer.ok)
          return send(reply.headers(answer.value.headers ?? {}), answer.value.status, answer.value.body);
        const { code, retryAfterSeconds } = answer.error;
        if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
        return send(
          reply,
          ERRORS[code].status,
          request.method === 'HEAD' ? undefined : errorBody(answer.error),
        );
      },
    });
  };
  const open = <O extends OperationId>(id: O, handler: OpenHandler<O>): void => {
    if (api.operation(id).needsDesk) throw new Error(`The operation ${id} is described as one for desks.`);
    route(id, handler, () => null);
  };
  const forAnybody = <O extends OperationId>(id: O, handler: OpenHandler<O>, pace = publicPace): void => {
    if (api.operation(id).needsDesk) throw new Error(`The operation ${id} is described as one for desks.`);
    route(id, handler, (request) => pace(request.ip));
  };
  const forDesk = <O extends OperationId>(id: O, handler: DeskHandler<O>): void => {
    if (!api.operation(id).needsDesk) throw new Error(`The operation ${id} is described as open.`);
    route(
      id,
      (call, request) => {
        // Asked again: the token may have been withdrawn while a long body came in.
        const desk = authenticateDesk(portal, request.headers.authorization);
        return desk.ok ? handler(call, desk.value) : desk;
      },
      (request) => {
        const desk = authenticateDesk(portal, request.headers.authorization);
        return desk.ok ? null : desk.error;
      },
    );
  };

  open('getHealth', () =>
    ok({
      status: 200,
      body: {
        serverTime: clock.now().toISOString(),
        version: api.version,
        environment,
        keys: publicKeys(portal.db, portal.keys),
      },
    }),
  );
  open('enrolDesk', enrolDesk(portal));
  forDesk('readDesk', readDesk(portal));
  forDesk('changeToken', changeToken(portal));
  forDesk('removeDesk', removeDesk(portal));
  forDesk('readLog', readLog(portal));
  forDesk('readKnownEffects', readKnownEffects(portal));
  forDesk('signInClerk', signInClerk(portal));
  forDesk('readMaster', readMaster(portal.db));
  forDesk('readMasterKeys', readMasterKeys(portal.db));
  forDesk('checkDocument', checkDocument(portal));
  forDesk('hasBlob', hasBlob(portal));
  forDesk('putBlob', putBlob(portal));
  forDesk('createUpload', createUpload(portal, `${api.base}/uploads`));
  forDesk('uploadOffset', uploadOffset(portal));
  forDesk('patchUpload', patchUpload(portal));
  forDesk('appendLog', appendLog(portal));
  forDesk('registerKey', registerKey(portal));
  forDesk('openEpoch', openEpoch(portal));
  forDesk('countersignCheckpoint', countersignCheckpoint(portal));
  forDesk('readLastCheckpoint', readLastCheckpoint(portal));
  forDesk('sendEffects', sendEffects(portal));
  forDesk('readEffectStates', readEffectStates(portal));
  open('readClosings', readClosings(portal));
  open('decideClosing', decideClosing(portal));
  forDesk('readInbox', readInbox(portal));
  forDesk('allotEvidenceNumber', allotEvidenceNumber(portal));
  forDesk('readOpenNumbers', readOpenNumbers(portal));
  forAnybody('readClause', readClause(portal));

  forAnybody('registerAccount', registerAccount(portal), accountPace);
  forAnybody('redeemCode', redeemCode(portal), accountPace);
  forDesk('searchAccounts', searchAccounts(portal));
  forDesk('searchOrganisation', searchOrganisation(portal));
  forDesk('searchSubmissions', searchSubmissions(portal));
  forDesk('searchMailbox', searchMailbox(portal));
  forDesk('openMessage', openMessage(portal));
  forDesk('readAttachment', readAttachment(portal));

  forDesk('askRegister', askRegister(portal, registers));
  forDesk('readExtract', readExtract(portal, registers));
  forDesk('readExtractDocument', readExtractDocument(portal));
  forDesk('depositDocument', depositDocument(portal));
  forDesk('readDeposit', readDeposit(portal));
  forDesk('readBookings', readBookings(portal));
  forDesk('takeBookingStep', takeBookingStep(portal));
  forDesk('findBookings', findBookings(portal));
  forDesk('readSealCertificate', readSealCertificate(portal));
  forDesk('sealData', sealData(portal));

  trustRoutes(app, portal);
  app.route(styleRoute);
  clauseCheckPages(app, portal, publicPace);
  depotPages(app, portal, publicPace);
  accountPages(app, portal, publicPace, accountPace);
}

type Answered = { status: number; body: unknown; headers?: Readonly<Record<string, string>> };

function refuse(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  reply.code(ERRORS[refusal.code].status);
  return reply.send(request.method === 'HEAD' ? undefined : errorBody(refusal));
}
