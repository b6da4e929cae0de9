import { readCertificate } from '../../electron/devices/chip/certificate.ts';
import { curveOf } from '../../electron/devices/chip/curves.ts';
import { encodeCbor } from '../../electron/devices/digital-id/cbor.ts';
import { readPresentation } from '../../electron/devices/digital-id/presentation.ts';
import { encodeRequest } from '../../electron/devices/digital-id/request.ts';
import { verifyPresentation } from '../../electron/devices/digital-id/verify.ts';
import { trainingAuthority } from '../rigs/training-documents.ts';
import { TRAINING_DOCUMENT, TRAINING_NAMESPACE, trainingWallet } from '../rigs/wallet.ts';
import { seeded, spoiler } from './spoil.ts';

const now = new Date('2026-05-01T10:00:00Z');

/** Everything a wallet can send, spoilt at random. It is read or refused; anything that is thrown is a bug. */
export function digitalIdFuzz(seed: number) {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const spoilt = spoiler(below);
  const attributes = ['family_name', 'given_name', 'birth_date'].map((element) => ({
    namespace: TRAINING_NAMESPACE,
    element,
  }));
  const request = { docType: TRAINING_DOCUMENT, attributes, signerPurpose: null };
  const sessionTranscript = encodeCbor([null, null, 'fuzz']);
  const good = trainingWallet({ now }).answer(encodeRequest(request), sessionTranscript);
  const authorities = [readCertificate(trainingAuthority().certificate)];
  const readerKey = { curve: curveOf('p256'), secret: new Uint8Array(32).fill(9) };

  return {
    /** One input. Rejects only for what must never happen: also when something spoilt is proved. */
    async one(): Promise<void> {
      const response = spoilt(good);
      const read = readPresentation(response);
      // Signatures cost a thousand times what reading does.
      if (!read.ok || below(200) !== 0 || Buffer.compare(response, good) === 0) return;
      const outcome = verifyPresentation({
        response,
        request,
        sessionTranscript,
        readerKey,
        authorities,
        now,
      });
      if (!outcome.ok || outcome.value.strength !== 'proven') return;
      const shown = outcome.value.attributes.map(({ value }) => value);
      const whole = ['Vzorový', 'Jan Karel', '1980-04-01'];
      // What is not signed may be spoilt; what is proved is as it was issued.
      if (!shown.every((value) => whole.includes(String(value)))) throw new Error('spoilt, and proved');
    },
  };
}
