import {
  abilitiesOf,
  planScan,
  readCapabilities,
  readStatus,
} from '../../electron/devices/scanner/escl/documents.ts';
import { failureOfJob, failureOfStatus } from '../../electron/devices/scanner/escl/failures.ts';
import type { Chance } from '../chaos/random.ts';
import { esclCapabilities, esclStatus } from '../rigs/escl.ts';

const odd = [
  '<',
  '>',
  '&',
  '&amp;',
  '&x;',
  '"',
  '\u0000',
  '\ufffd',
  ' ',
  ']]>',
  '<![CDATA[',
  '<!-- ',
  '<?x ',
  '<!DOCTYPE x [<!ENTITY y "z">]>',
  '<scan:SettingProfile ref="a"/>',
  '<a>'.repeat(500),
  '9'.repeat(400),
  '-1',
  'NaN',
  'xmlns="urn:other"',
];

function spoilt(chance: Chance, xml: string): string {
  let text = xml;
  for (let times = chance.whole(1, 5); times > 0; times -= 1) {
    const at = chance.whole(0, text.length);
    const from = chance.whole(0, text.length);
    switch (chance.whole(0, 3)) {
      case 0:
        text = text.slice(0, at) + chance.pick(odd) + text.slice(at);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(at + chance.whole(1, 200));
        break;
      case 2:
        // A piece of itself at another place.
        text = text.slice(0, at) + text.slice(from, from + chance.whole(1, 800)) + text.slice(at);
        break;
      default:
        text = text.slice(0, at);
    }
  }
  return text;
}

/** What a scanner says of itself, spoilt at random, and all that is made of it. Throws where that throws or cannot be. */
export const esclDocuments = {
  one(chance: Chance): void {
    const source = chance.pick(['flatbed', 'feeder', 'feeder-duplex'] as const);
    if (chance.yes(0.5)) {
      const capabilities = readCapabilities(spoilt(chance, esclCapabilities));
      if (!capabilities) return;
      abilitiesOf(capabilities);
      const plan = planScan(capabilities, {
        source,
        mode: chance.pick(['colour', 'grey', 'bw'] as const),
        dpi: chance.pick([200, 300] as const),
      });
      // What a stranger wrote must not get into what we send: only numbers of ours and the version's digits do.
      if (
        'settings' in plan &&
        (plan.settings.length > 2_000 || /NaN|Infinity|undefined/.test(plan.settings))
      )
        throw new Error(`settings that cannot be: ${plan.settings.slice(0, 500)}`);
      return;
    }
    const state = chance.pick(['Idle', 'Processing', 'Stopped', 'Down']);
    const adf = chance.pick(['ScannerAdfEmpty', 'ScannerAdfJam', 'ScannerAdfLoaded', 'x'.repeat(90)]);
    const job = { id: 1, pages: 2, state: chance.pick(['Processing', 'Aborted', 'Canceled']) };
    const status = readStatus(spoilt(chance, esclStatus(state, adf, [job])));
    if (!status) return;
    for (const failure of [failureOfStatus(status, true), failureOfJob(status, '/eSCL/ScanJobs/1')])
      if (failure?.params && !/^[A-Za-z0-9.-]{1,40}$/.test(String(failure.params['status'])))
        throw new Error(`a failure with a stranger's words: ${JSON.stringify(failure).slice(0, 500)}`);
  },
};
