/** Who in the store uses a content: its name in `blob_uses`. */

/** Pages of a document the desk made. Backups leave these out. */
export const outputOwner = (documentId: string): string => `output:${documentId}`;

/** What an effect has to carry to the portal. */
export const effectOwner = (effectId: string): string => `effect:${effectId}`;

/** What a person brought to be converted goes back to them, and the desk keeps no picture of it: backups leave it out too. */
const GIVEN_BACK = 'given-back:';

const captured = {
  page: (pageId: string): string => `page:${pageId}`,
  file: (serviceId: string, slotId: string): string => `file:${serviceId}:${slotId}`,
  attachment: (serviceId: string, slotId: string): string => `attachment:${serviceId}:${slotId}`,
};

type Capturing = { id: string; definition: { kind: string } };

export const isGivenBack = ({ definition }: Pick<Capturing, 'definition'>): boolean =>
  definition.kind === 'conversion-to-electronic';

const ownerFor = (service: Capturing, name: string): string =>
  isGivenBack(service) ? `${GIVEN_BACK}${name}` : name;

/** Who uses a page, an added file, and what was bound of a slot. */
export const pageOwner = (service: Capturing, pageId: string): string =>
  ownerFor(service, captured.page(pageId));
export const fileOwner = (service: Capturing, slotId: string): string =>
  ownerFor(service, captured.file(service.id, slotId));
export const attachmentOwner = (service: Capturing, slotId: string): string =>
  ownerFor(service, captured.attachment(service.id, slotId));

const either = (name: string): string[] => [name, `${GIVEN_BACK}${name}`];

/** For letting go: the names a content may be used under, whatever the service was. */
export const pageOwners = (pageId: string): string[] => either(captured.page(pageId));
export const fileOwners = (serviceId: string, slotId: string): string[] =>
  either(captured.file(serviceId, slotId));
export const attachmentOwners = (serviceId: string, slotId: string): string[] =>
  either(captured.attachment(serviceId, slotId));
