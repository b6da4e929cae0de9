/** What a document of an office says of itself to machines (OFN „metadata dokumentů veřejnoprávních původců“, 2024-12-10). */
export type OfficeMetadata = {
  jid: string;
  evidenceNumber?: string;
  referenceNumber?: string;
  sender: { name: string; ico: string; dataBoxId: string; seat: string };
  subject: string;
};

/** The name the OFN gives to the file. */
export const METADATA_FILE = 'metadata-dokumentu-veřejnoprávního-původce.xml';

const NAMESPACE = 'http://dia.gov.cz/ns/metadata-dokumentu-verejnopravnich-puvodcu';
const COMMON = 'http://dia.gov.cz/ns/spolecne-casti-elektronickych-dokumentu';

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const element = (name: string, content: string | undefined): string =>
  content === undefined ? '' : `<${name}>${content}</${name}>`;
const textElement = (name: string, text: string | undefined): string =>
  element(name, text === undefined ? undefined : escaped(text));

/**
 * Writes the metadata in the order of the schema. Who receives the document is left out: the schema asks for a date of birth and a home
 * with each person, which the document itself does not say.
 */
export function officeMetadataXml({
  jid,
  evidenceNumber,
  referenceNumber,
  sender,
  subject,
}: OfficeMetadata): string {
  // Words of the document tie and break lines for paper; a machine reads plain spaces.
  const plain = (text: string) => text.replace(/\s+/gu, ' ').trim();
  const office = [
    textElement('osoby:obchodní_firma', plain(sender.name)),
    textElement('osoby:ičo', sender.ico),
    textElement('osoby:datová_schránka', sender.dataBoxId),
    element(
      'osoby:sídlo',
      element('místa:adresa_neevidovaná_v_rúian', textElement('místa:text_adresy', plain(sender.seat))),
    ),
  ].join('');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<dokument xmlns="${NAMESPACE}" xmlns:osoby="${COMMON}/osoby" xmlns:místa="${COMMON}/mista">`,
    textElement('jid', jid),
    textElement('evidenční_číslo', evidenceNumber),
    textElement('číslo_jednací', referenceNumber),
    element('odesílatel', element('osoby:právnická_osoba', office)),
    `<věc xml:lang="cs">${escaped(plain(subject))}</věc>`,
    '</dokument>\n',
  ].join('');
}
