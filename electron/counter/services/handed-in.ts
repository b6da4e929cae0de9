import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { PrintedParty } from '../../documents/template-data.ts';
import { displayName } from '../../values/person-name.ts';
import type { Service } from '../visits/record.ts';

type Schemas = components['schemas'];

/** A paper that was handed in: what it says of itself, and how much of it there is. Sheets are pieces of paper, never sides. */
export type HandedIn = {
  party: Schemas['Party'];
  printed: PrintedParty;
  subject: string;
  sheets: number;
  /** Pieces of what came with it, and the sheets they have. */
  attachments: number;
  attachmentSheets: number;
};

/** Null for what is no paper, but a form that was filled in here. */
export function handedIn({ definition: { paper }, record: { form } }: Service): HandedIn | null {
  if (!paper) return null;
  const text = (field: string | undefined): string => {
    const value = field === undefined ? undefined : form[field];
    return typeof value === 'string' ? value : '';
  };
  const number = (field: string | undefined): number => {
    const value = field === undefined ? undefined : form[field];
    return typeof value === 'number' ? value : 0;
  };
  const organisation = text(paper.organisation);
  const givenNames = text(paper.givenNames);
  const name = { surname: text(paper.surname), ...(givenNames !== '' && { givenNames }) };
  return {
    party: organisation === '' ? { type: 'person', name } : { type: 'organisation', name: organisation },
    printed: { name: organisation === '' ? displayName(name) : organisation },
    subject: text(paper.subject),
    sheets: number(paper.sheets),
    attachments: number(paper.attachments),
    attachmentSheets: number(paper.attachmentSheets),
  };
}
