import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrintView } from '../../electron/contract/outputs.ts';
import type { ServiceView } from '../../electron/contract/services.ts';
import type { VisitView } from '../../electron/contract/visits.ts';
import { wholeDate } from '../../electron/values/partial-date.ts';
import { SCAN_PROFILES } from '../../electron/values/scan-profiles.ts';
import { printsOf } from '../../renderer/src/visit/prints.ts';
import { projectRoot } from '../../scripts/places.ts';
import { onePage } from '../fixtures/pdf/make.ts';
import { openCardSlot } from '../rigs/card-slot.ts';
import { signedDocument } from '../rigs/converted.ts';
import { startPortal, until } from '../rigs/counter.ts';
import { startIppPrinter } from '../rigs/ipp-printer.ts';
import { startSane } from '../rigs/sane.ts';
import { startSerialReader } from '../rigs/serial-reader.ts';
import { PIN, softwareCard } from '../rigs/software-card.ts';
import { certifyCopy, generalForm, person, signing } from '../rigs/visits.ts';
import { CAN, type Case, type Hands, isNeeded, layCard, STEPS, type Step } from './cases.ts';
import { type DeskWindow, startDeskProcess } from './desk-process.ts';

const APPLICANT = 'person-01';

/** How a case went: what the desk said, and how the step came to its end. */
export type Outcome = { said: string; went: 'without it' | 'by hand' | 'when it was put right' };

/** Every sentence of the window, by the code it is for. */
const sentences = (locale: 'cs' | 'en'): ReadonlySet<string> =>
  new Set(
    readdirSync(join(projectRoot, 'renderer/messages'))
      .filter((name) => name === `${locale}.json` || name.endsWith(`.${locale}.json`))
      .flatMap((name) =>
        Object.keys(JSON.parse(readFileSync(join(projectRoot, 'renderer/messages', name), 'utf8'))),
      ),
  );

/** A desk with all its devices around it; `run` takes one visit through all steps with one thing that happens to one device. */
export async function startPulling({ withCards }: { withCards: boolean }) {
  const stops: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  const keep = <T>(rig: T, end: (rig: T) => unknown): T => {
    stops.push(() => end(rig));
    return rig;
  };
  try {
    const folder = keep(mkdtempSync(join(tmpdir(), 'virtuos-pull-')), (path) =>
      rmSync(path, { recursive: true, force: true }),
    );
    const portal = keep(await startPortal(), (rig) => rig.close());
    const token = keep(await softwareCard('Karta'), (rig) => rig.remove());
    await token.putTrainingKey(portal.url(), 'novakova', '01');
    const hands: Hands = {
      reader: keep(await startSerialReader(), (rig) => rig.stop()),
      scanner: keep(await startSane(), (rig) => rig.stop()),
      printer: keep(await startIppPrinter({ twoSided: true }), (rig) => rig.stop()),
      slot: withCards ? keep(await openCardSlot(), (rig) => rig.close()) : null,
      token,
      takeOut: null,
      zone: person(APPLICANT).document.mrz,
    };
    await layCard(hands);
    const desk = keep(
      await startDeskProcess(
        {
          do: 'open',
          folder: join(folder, 'desk'),
          portalUrl: portal.url(),
          enrolmentCode: portal.enrolmentCode(),
          devices: {
            scanimage: hands.scanner.command,
            printer: {
              lostContact: 1_500,
              question: 700,
              wake: 700,
              send: 2_000,
              poll: { first: 50, most: 200 },
            },
            chips: { wait: 1_500, silence: 5_000 },
          },
        },
        { ...hands.scanner.env, ...token.env, PATH: `${token.toolFolder}:${process.env['PATH']}` },
      ),
      (running) => running.end(),
    );
    const signIn = async (username: string): Promise<DeskWindow> => {
      const window = desk.window();
      const account = (await window.must('clerks.training-accounts', {})).find(
        (one) => one.username === username,
      );
      if (!account) throw new Error(`no training account ${username}`);
      await window.must('clerks.sign-in', { username, password: account.password });
      return window;
    };
    const administrator = await signIn('hajickova');
    await administrator.must('settings.save', {
      ...(await administrator.must('settings.get', {})),
      reader: {
        path: hands.reader.path,
        vendorId: null,
        productId: null,
        serialNumber: null,
        baudRate: 9600,
      },
      scanner: { device: hands.scanner.device },
      printer: { uri: hands.printer.uri },
      signing: { kind: 'card', module: token.module },
      // Whoever calls without touching a key is locked out after a while.
      idleLockMinutes: 120,
    });
    const clerk = await signIn('novakova');
    const file = await signedDocument(portal.url(), { signedBy: 'cizek', level: 'B-B' });
    const words = { cs: sentences('cs'), en: sentences('en') };
    let before = await desk.look();

    /** What the day log and the store must say after a visit; throws where they do not. */
    async function judge(): Promise<void> {
      const now = await desk.look();
      if (now.wrong.length > 0) throw new Error(now.wrong.join('; '));
      for (const kind of ['submission-accepted', 'copy-certified', 'fee-paid', 'visit-closed']) {
        const more = (now.kinds[kind] ?? 0) - (before.kinds[kind] ?? 0);
        if (more !== 1) throw new Error(`${more} times ${kind} in the day log`);
      }
      before = now;
    }

    async function happens(of: Case, visit: ReturnType<typeof createVisit>): Promise<Outcome> {
      const { step } = of;
      await of.before?.(hands);
      if (!isNeeded(of)) {
        const said = await saidOnPage(clerk, of);
        await visit.steps[step]();
        await of.mend(hands);
        return { said, went: 'without it' };
      }
      const said = await visit.fails(of);
      await visit.stays(of);
      // A reader, a card or a scanner is not waited for; paper and signatures come from nowhere else.
      const byHand = of.device === 'printer' || of.device === 'token' ? null : visit.byHand[step];
      if (byHand) await byHand();
      await of.mend(hands);
      if (!byHand) await visit.goOn(of);
      return { said, went: byHand ? 'by hand' : 'when it was put right' };
    }

    /** One visit; what happens in it happens at different steps. */
    async function run(happenings: readonly Case[]): Promise<Map<Case, Outcome>> {
      const paper = createPaper(clerk, hands);
      const visit = createVisit({ clerk, hands, file, paper });
      const outcomes = new Map<Case, Outcome>();
      for (const step of STEPS) {
        const of = happenings.find((one) => one.step === step);
        if (!of) {
          await visit.steps[step]();
          continue;
        }
        const outcome = await happens(of, visit);
        if (outcome.said !== of.says)
          throw new Error(`at ${step} the desk says ${outcome.said} instead of ${of.says}`);
        for (const [locale, all] of Object.entries(words))
          if (!all.has(`failure_${outcome.said.replace(/[.-]/g, '_')}`))
            throw new Error(`${outcome.said} has no sentence in ${locale}`);
        outcomes.set(of, outcome);
      }
      await paper.judge();
      await judge();
      return outcomes;
    }
    return { run, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
export type Pulling = Awaited<ReturnType<typeof startPulling>>;

const CARD_CODE = 'chip.no-card';

/** The code by which the page of devices tells of a device nobody needs just now. */
async function saidOnPage(clerk: DeskWindow, { device, says }: Case): Promise<string> {
  if (device === 'card') {
    const readers = await clerk.must('devices.card-readers', {});
    return readers.every(({ card }) => card === null) ? CARD_CODE : 'nothing';
  }
  if (device === 'token') {
    const tested = await clerk.call('devices.test-signing', { pin: PIN });
    return tested.ok ? 'nothing' : tested.error.code;
  }
  let last = 'nothing';
  await until(`${says} on the page of devices`, async () => {
    const own = (await clerk.must('devices.list', {})).find(
      ({ kind, selected }) => kind === device && selected,
    );
    last = own?.trouble?.code ?? 'nothing';
    return last !== 'nothing';
  });
  return last;
}

/** The papers of one visit, as they lie in the printer's tray. */
function createPaper(clerk: DeskWindow, hands: Hands) {
  let trayBefore = -1;
  let lastPrints: PrintView[] = [];
  const inTray = async (): Promise<number> => (await hands.printer.printed()).length - trayBefore;
  const cameOut = (prints: readonly PrintView[]): number =>
    prints.filter(({ state }) => state === 'completed' || state === 'confirmed-by-clerk').length;
  return {
    begin: async () => {
      trayBefore = (await hands.printer.printed()).length;
    },
    /** Looks at every paper as a clerk does until each has come out: into the tray where the desk asks, and again what is missing. */
    settle: (visitId: string): Promise<VisitView> =>
      until('every paper has come out', async () => {
        const visit = await clerk.must('visits.get', { visitId });
        lastPrints = printsOf(visit);
        for (const print of latest(lastPrints)) {
          if (print.state === 'unknown') {
            const printed = (await inTray()) > cameOut(lastPrints);
            await clerk.must('outputs.resolve-print', { jobId: print.jobId, printed });
            return false;
          }
          if (print.state === 'failed' || print.state === 'given-up') {
            await clerk.must('outputs.reprint', { documentId: print.documentId, reason: 'nevyšlo' });
            return false;
          }
        }
        return (
          latest(lastPrints).every(({ state }) => /^(completed|confirmed-by-clerk)$/.test(state)) && visit
        );
      }),
    /** What the desk sends twice is the same to the last byte; what a person asks for again bears the number of the copy. */
    judge: async () => {
      const papers = (await hands.printer.printed()).slice(trayBefore);
      const kinds = new Set(papers.map((paper) => createHash('sha256').update(paper).digest('hex'))).size;
      const documents = new Set(lastPrints.map(({ documentId }) => documentId)).size;
      if (kinds < papers.length) throw new Error('the same paper came out twice');
      if (papers.length < documents || papers.length > lastPrints.length)
        throw new Error(`${papers.length} papers of ${documents} documents and ${lastPrints.length} prints`);
    },
  };
}

const latest = (prints: readonly PrintView[]): PrintView[] => [
  ...new Map(
    [...prints].sort((a, b) => a.copyNumber - b.copyNumber).map((print) => [print.documentId, print]),
  ).values(),
];

type VisitParts = {
  clerk: DeskWindow;
  hands: Hands;
  /** A signed PDF somebody brings, to have a signature in it certified. */
  file: Uint8Array;
  paper: ReturnType<typeof createPaper>;
};

/** One visit: a submission with an enclosure, a certified copy, a certified electronic signature, the fee. */
function createVisit({ clerk, hands, file, paper }: VisitParts) {
  let visitId = '';
  let serviceId = '';
  let signatureId = '';
  let seen: VisitView | null = null;

  const visit = async (): Promise<VisitView> => clerk.must('visits.get', { visitId });
  const service = async (id: string): Promise<ServiceView> => {
    const found = (await visit()).services.find((one) => one.id === id);
    if (!found) throw new Error('a service is lost');
    return found;
  };

  async function begin(): Promise<void> {
    await paper.begin();
    visitId = (await clerk.must('visits.open', {})).id;
    await clerk.told();
  }

  const take = async (zone: string, source: 'reader' | 'typed-mrz'): Promise<void> => {
    const read = await clerk.must('identity.read-mrz', { text: zone });
    await clerk.must('identity.take-document', {
      visitId,
      document: {
        kind: read.suggestedKind,
        number: read.documentNumber,
        issuer: read.issuer,
        expiry: read.expiryDate ? wholeDate(read.expiryDate) : null,
        source,
      },
      birthDate: read.birthDate,
      zone,
    });
    await until('the register answers', async () => (await visit()).identity.register?.state !== 'asking');
    const { person: who } = person(APPLICANT);
    await clerk.must('identity.confirm', {
      visitId,
      name: who.name,
      birthDate: who.birthDate,
      birthNumber: null,
      citizenship: null,
      address: who.address ?? null,
      actingAs: 'in-person',
      concerns: null,
      overrideReason: null,
    });
  };

  const readEvent = () =>
    until('what the reader read', async () =>
      (await clerk.told()).find(({ name }) => name === 'reader-read'),
    );
  const readByReader = async (): Promise<void> => {
    await readerReady();
    hands.reader.send(hands.zone.map((line) => `${line}\r`).join(''));
    await readEvent();
    await take(hands.zone.join('\n'), 'reader');
  };
  const readerReady = () =>
    until('the reader is ready', async () =>
      (await clerk.must('devices.list', {})).some(
        ({ kind, selected, state }) => kind === 'reader' && selected && state === 'ready',
      ),
    );

  const scan = async (): Promise<string | null> => {
    const asked = await clerk.call('attachments.scan', {
      serviceId,
      slotId: 'enclosure',
      settings: { ...SCAN_PROFILES.document, source: 'feeder', dpi: 200, mode: 'bw' },
      place: { at: 'end' },
    });
    if (!asked.ok) return asked.error.code;
    const ended = await until('the scan has ended', async () =>
      (await clerk.told()).find(
        ({ name, data }) =>
          name === 'scan-changed' && /"state":"(done|failed|cancelled)"/.test(JSON.stringify(data)),
      ),
    );
    return /"failure":\{"code":"([a-z.-]+)"/.exec(JSON.stringify(ended.data))?.[1] ?? null;
  };
  const attached = async (): Promise<void> => {
    await until(
      'the scan is over',
      async () => (await clerk.call('services.complete-attachments', { serviceId })).ok,
    );
  };

  /** Orders the paper of a step. */
  const order = {
    print: () => clerk.must('services.print-request', { serviceId }),
    certify: () => certifyCopy(clerk, visitId),
    sign: async () => {
      await prepareSigning();
      const failure = await sign();
      if (failure !== null) throw new Error(failure);
    },
    // The signed file is given over too, with a receipt of its own.
    pay: async () => {
      await clerk.must('conversions.deposit', { serviceId: signatureId });
      const { due } = (await visit()).payment;
      await clerk.must('visits.pay', { visitId, method: 'cash', expectedTotal: due });
    },
  };
  const confirmSigned = async (): Promise<void> => {
    await clerk.must('services.confirm-signed', { serviceId });
    await clerk.must('services.accept', { serviceId });
    await paper.settle(visitId);
  };
  const after: Partial<Record<Step, () => Promise<void>>> = { print: confirmSigned };

  const sign = async (): Promise<string | null> => {
    const issued = await clerk.call('services.issue-signed', { serviceId: signatureId, pin: PIN });
    return issued.ok ? null : issued.error.code;
  };
  const prepareSigning = async (): Promise<void> => {
    ({ id: signatureId } = await clerk.must('services.start', { visitId, definitionId: 'elegalizace' }));
    await clerk.must('conversions.take-file', {
      serviceId: signatureId,
      name: 'smlouva.pdf',
      bytes: new Uint8Array(file),
    });
    await clerk.must('conversions.confirm-validation', { serviceId: signatureId });
    const { exclusions } = await clerk.must('services.definition', { serviceId: signatureId });
    await clerk.must('services.answer-exclusions', {
      serviceId: signatureId,
      answers: Object.fromEntries((exclusions?.questions ?? []).map(({ id, refuseIf }) => [id, !refuseIf])),
    });
    await clerk.must('services.set-signing', {
      serviceId: signatureId,
      signing: {
        ...signing,
        witnesses: [],
        manner: 'acknowledged',
        chosen: [{ by: 'certificate', index: 0 }],
      },
    });
  };
  const steps: Record<Step, () => Promise<unknown>> = {
    identify: async () => {
      await begin();
      await readByReader();
    },
    form: async () => {
      serviceId = (await clerk.must('services.start', { visitId, definitionId: 'general-submission' })).id;
      await clerk.must('services.complete-form', { serviceId, data: generalForm, addresseeId: 'nyrsko' });
    },
    scan: async () => {
      const failure = await scan();
      if (failure !== null && failure !== 'scanner.no-paper') await addFile();
      await attached();
    },
    print: async () => {
      await order.print();
      await paper.settle(visitId);
      await confirmSigned();
    },
    certify: async () => {
      await order.certify();
      await paper.settle(visitId);
    },
    sign: async () => {
      await order.sign();
      await paper.settle(visitId);
    },
    pay: async () => {
      await order.pay();
      await paper.settle(visitId);
    },
    close: () => clerk.must('visits.hand-over', { visitId }),
  };
  const addFile = () =>
    clerk.must('attachments.add-file', {
      serviceId,
      slotId: 'enclosure',
      name: 'priloha.pdf',
      bytes: new Uint8Array(onePage('')),
    });

  /** Begins the step with the device and gives the code by which it fails. */
  async function fails(of: Case): Promise<string> {
    if (of.step === 'identify') {
      await begin();
      if (of.device === 'card') {
        await clerk.must('identity.read-chip', { visitId, key: { kind: 'can', can: CAN } });
        await of.during?.(hands);
        const ended = await until('the chip is given up', async () => {
          const chip = await clerk.must('identity.chip', { visitId });
          return chip.state === 'failed' && chip;
        });
        return ended.failure?.code ?? 'nothing';
      }
      if (of.during) await readerReady();
      await of.during?.(hands);
      return saidOnPage(clerk, of);
    }
    if (of.step === 'scan') return (await scan()) ?? 'nothing';
    if (of.device === 'token') {
      await prepareSigning();
      seen = await visit();
      return (await sign()) ?? 'nothing';
    }
    if (of.step === 'form' || of.step === 'close') throw new Error('nothing is asked of a device there');
    await order[of.step]();
    let inTrouble = await troubled();
    if (of.during) {
      await of.during(hands);
      inTrouble = await until('what became of it', async () => {
        const now = await troubled();
        return /^(unknown|failed)$/.test(now.state) && now;
      });
    }
    return inTrouble.trouble?.code ?? 'nothing';
  }
  const troubled = (): Promise<PrintView> =>
    until('a print in trouble', async () =>
      latest(printsOf(await visit())).find(
        ({ trouble, state }) => trouble !== null && trouble.code !== 'printer.occupied' && state !== 'sent',
      ),
    );

  /** The step is where it was: nothing of it is lost, nothing of what follows has begun. */
  async function stays({ step, device }: Case): Promise<void> {
    const now = await visit();
    if (now.state !== 'open') throw new Error(`the visit is ${now.state}`);
    if (step === 'identify' && now.identity.state !== 'none')
      throw new Error(`somebody is ${now.identity.state}`);
    if (step === 'scan') {
      const { steps: done } = await service(serviceId);
      if (done.find((one) => one.step === 'attachments')?.state !== 'current')
        throw new Error('the scan’s step is gone');
    }
    if (device === 'token') {
      const { certification } = await service(signatureId);
      if (certification !== null) throw new Error('a number was taken for what is not signed');
      if (JSON.stringify(now.services) !== JSON.stringify(seen?.services))
        throw new Error('the service changed');
    }
  }

  const byHand: Partial<Record<Step, () => Promise<unknown>>> = {
    identify: () => take(hands.zone.join('\n'), 'typed-mrz'),
    scan: async () => {
      const pages = (await service(serviceId)).slots.flatMap(({ pages: own }) => own);
      // Pages that were scanned before the jam stay, and a file goes into the slot only without them.
      if (pages.length === 0) await addFile();
      await attached();
    },
  };

  /** With the device put right the step goes on from where it was. */
  async function goOn({ step, device }: Case): Promise<void> {
    if (device === 'token') {
      const failure = await sign();
      if (failure !== null) throw new Error(failure);
    }
    await paper.settle(visitId);
    await after[step]?.();
  }

  return { steps, fails, stays, byHand, goOn };
}
