import { readCertificate } from '../../electron/devices/chip/certificate.ts';
import { curveOf } from '../../electron/devices/chip/curves.ts';
import { encodeCbor } from '../../electron/devices/digital-id/cbor.ts';
import { readPresentation } from '../../electron/devices/digital-id/presentation.ts';
import { encodeRequest } from '../../electron/devices/digital-id/request.ts';
import { verifyPresentation } from '../../electron/devices/digital-id/verify.ts';
import { trainingAuthority } from '../rigs/training-documents.ts';
import { TRAINING_DOCUMENT, TRAINING_NAMESPACE, trainingWallet } from '../rigs/wallet.ts';
import { spoiltBytes } from './spoil.ts';
import type { Target } from './targets.ts';

const now = new Date('2026-05-01T10:00:00Z');

const attributes = ['family_name', 'given_name', 'birth_date'].map((element) => ({
  namespace: TRAINING_NAMESPACE,
  element,
}));
const request = { docType: TRAINING_DOCUMENT, attributes, signerPurpose: null };
const sessionTranscript = encodeCbor([null, null, 'fuzz']);
const good = trainingWallet({ now }).answer(encodeRequest(request), sessionTranscript);
const authorities = [readCertificate(trainingAuthority().certificate)];
const readerKey = { curve: curveOf('p256'), secret: new Uint8Array(32).fill(9) };
const whole = ['Vzorový', 'Jan Karel', '1980-04-01'];

/** Whatever a wallet can send, spoilt by chance: it is read or refused, and what is proved is as it was issued. */
export const digitalId: Target = {
  one(chance) {
    const response = spoiltBytes(chance, good);
    const read = readPresentation(response);
    // Signatures cost a thousand times what reading does.
    if (!read.ok || !chance.yes(0.005)) return;
    const outcome = verifyPresentation({ response, request, sessionTranscript, readerKey, authorities, now });
    if (!outcome.ok || outcome.value.strength !== 'proven') return;
    // What is not signed may be spoilt and proved all the same.
    if (!outcome.value.attributes.every(({ value }) => whole.includes(String(value))))
      throw new Error('spoilt, and proved');
  },
};
