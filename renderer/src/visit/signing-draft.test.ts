import { describe, expect, it } from 'vitest';
import { bearsName, readSigning, type SigningDraft, signingDraftOf } from './signing-draft.ts';

const draft = (change: Partial<SigningDraft> = {}): SigningDraft => ({
  ...signingDraftOf(null, 'Klatovy'),
  description: 'smlouva o dílo',
  ...change,
});
const onFile = { withWitnesses: false, onFile: { manners: ['acknowledged' as const], pages: 3 } };

describe('what is typed of a signature on a file', () => {
  it('is one manner where there is no other, and as many signatures as were chosen', () => {
    const read = readSigning(
      draft({ certified: [2, 0], seen: [{ page: 3, text: ' smajlík  dole ' }], signatures: 9 }),
      onFile,
    );
    expect(read).toMatchObject({
      value: {
        manner: 'acknowledged',
        signatures: 3,
        chosen: [
          { by: 'certificate', index: 0 },
          { by: 'certificate', index: 2 },
          { by: 'description', page: 3, text: 'smajlík dole' },
        ],
      },
    });
    if (!read.ok) throw new Error('not read');
    const recorded = { ...read.value, chosen: read.value.chosen ?? [], witnesses: [] };
    expect(signingDraftOf(recorded, '')).toMatchObject({
      certified: [0, 2],
      seen: [{ page: 3, text: 'smajlík dole' }],
    });
  });

  it('says where something is missing', () => {
    expect(readSigning(draft(), onFile)).toMatchObject({
      error: { chosen: { code: 'signing.chosen-none' } },
    });
    expect(readSigning(draft({ seen: [{ page: 4, text: '' }] }), onFile)).toMatchObject({
      error: { 'seen0.page': { code: 'signing.chosen-page' }, 'seen0.text': { code: 'form.required' } },
    });
  });

  it('chooses nothing on a paper', () => {
    expect(
      readSigning(draft({ manner: 'signed', certified: [0] }), { ...onFile, onFile: null }),
    ).toMatchObject({
      value: { signatures: 1, chosen: [] },
    });
  });
});

it('tells a certificate of another name from one that only writes it differently', () => {
  const of = (surname: string) => ({ surname });
  expect(bearsName('Ing. ŽANETA NOVÁKOVÁ, Ph.D.', of('Nováková'))).toBe(true);
  expect(bearsName('Zaneta Novakova', of('Nováková'))).toBe(true);
  expect(bearsName('Fernández y García María', of('Fernández y García'))).toBe(true);
  expect(bearsName('Jan Vzorový', of('Nováková'))).toBe(false);
});
