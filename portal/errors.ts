import type { components } from '../resources/portal-api/schema.d.ts';

type Text = components['schemas']['Text'];
export type ErrorBody = components['schemas']['Error'];

type ErrorKind = { status: number; retryable: boolean; message: Text };

const kind = (status: number, retryable: boolean, cs: string, en: string): ErrorKind => ({
  status,
  retryable,
  message: { cs, en },
});

/** Every failure of a call. The code is what the desk acts on; the sentence is for whoever reads it without one. */
export const ERRORS = {
  'request.invalid': kind(
    400,
    false,
    'Portál požadavku nerozumí. Nic nebylo uloženo. Obraťte se na správce.',
    'The portal does not understand the request. Nothing was stored. Call the administrator.',
  ),
  'request.unknown-path': kind(
    404,
    false,
    'Portál takovou službu nemá. Zkontrolujte adresu portálu.',
    'The portal has no such call. Check the portal’s address.',
  ),
  'request.too-large': kind(
    413,
    false,
    'Požadavek je příliš velký. Nic nebylo uloženo.',
    'The request is too large. Nothing was stored.',
  ),
  'request.media-type': kind(
    415,
    false,
    'Portál tento druh obsahu nepřijímá. Nic nebylo uloženo.',
    'The portal does not take this media type. Nothing was stored.',
  ),
  'request.too-many': kind(
    429,
    true,
    'Příliš mnoho dotazů za sebou. Zkuste to znovu za chvíli.',
    'Too many questions in a row. Try again in a while.',
  ),
  'portal.failed': kind(
    500,
    true,
    'V portálu došlo k chybě. Požadavek se odešle znovu.',
    'The portal failed. The request will be sent again.',
  ),
  'desk.token-missing': kind(
    401,
    false,
    'Přepážka se portálu neprokázala. Zaregistrujte ji.',
    'The desk did not identify itself to the portal. Enrol it.',
  ),
  'desk.unknown': kind(
    401,
    false,
    'Portál tuto přepážku nezná. Data zůstávají uložena; přepážku je třeba znovu zaregistrovat.',
    'The portal does not know this desk. Its data are kept; the desk has to be enrolled again.',
  ),
  'desk.revoked': kind(
    401,
    false,
    'Oprávnění přepážky bylo zrušeno. Data zůstávají uložena; obraťte se na správce portálu.',
    'The desk’s authorisation was withdrawn. Its data are kept; call the portal’s administrator.',
  ),
  'desk.enrolment-code-unknown': kind(
    403,
    false,
    'Registrační kód není správný. Zkontrolujte jej a zadejte znovu.',
    'The enrolment code is not right. Check it and enter it again.',
  ),
  'desk.enrolment-code-used': kind(
    403,
    false,
    'Registrační kód již byl použit. Vyžádejte si nový u správce portálu.',
    'The enrolment code was used already. Ask the portal’s administrator for a new one.',
  ),
  'desk.enrolment-code-expired': kind(
    403,
    false,
    'Platnost registračního kódu skončila. Vyžádejte si nový u správce portálu.',
    'The enrolment code has expired. Ask the portal’s administrator for a new one.',
  ),
  'desk.unsent': kind(
    409,
    true,
    'Portál dosud nemá vše, co přepážka zapsala. Přepážka zůstává v provozu, dokud vše neodešle.',
    'The portal does not have everything the desk recorded yet. The desk stays in service until all is sent.',
  ),
  'closing.unknown': kind(404, false, 'Taková uzávěrka na portálu není.', 'The portal has no such closing.'),
  'closing.not-yours': kind(
    403,
    false,
    'O této uzávěrce nerozhodujete: chybí role vedoucího daného úřadu, nebo jste hotovost počítali sami.',
    'This closing is not yours to decide: you are no supervisor of that office, or you counted it yourself.',
  ),
  'closing.decided-already': kind(
    409,
    false,
    'O uzávěrce už bylo rozhodnuto, nebo ji přepážka vzala zpět.',
    'The closing was decided already, or the desk took it back.',
  ),
  'clerk.wrong-password': kind(
    401,
    false,
    'Uživatelské jméno nebo heslo není správné. Zadejte je znovu.',
    'The user name or the password is not right. Enter them again.',
  ),
  'clerk.too-soon': kind(
    429,
    true,
    'Po opakovaném chybném hesle je nutné chvíli počkat. Zkuste to znovu po uvedeném čase.',
    'After repeated wrong passwords you have to wait a little. Try again after the given time.',
  ),
  'clerk.locked': kind(
    423,
    true,
    'Účet je po opakovaném chybném hesle uzamčen. Zkuste to znovu po uvedeném čase.',
    'The account is locked after repeated wrong passwords. Try again after the given time.',
  ),
  'clerk.blocked': kind(
    403,
    false,
    'Účet je zablokován nebo jeho platnost skončila. Obraťte se na správce.',
    'The account is blocked or no longer valid. Call the administrator.',
  ),
  'master.cursor-unknown': kind(
    410,
    true,
    'Portál nezná místo, odkud má přepážka číselník číst. Přepážka jej načte celý znovu.',
    'The portal does not know where the desk stopped reading. The desk reads the collection again from the beginning.',
  ),
  'inbox.cursor-unknown': kind(
    410,
    true,
    'Portál nezná místo, odkud má přepážka odpovědi číst. Přepážka je načte celé znovu.',
    'The portal does not know where the desk stopped reading answers. The desk reads them again from the beginning.',
  ),
  'document-register.unavailable': kind(
    503,
    true,
    'Evidence neplatných dokladů neodpovídá. Doklad nyní nelze ověřit; zkuste to znovu, nebo rozhodněte bez ověření.',
    'The register of invalid documents does not answer. The document cannot be checked now; try again or decide without it.',
  ),
  'portal.busy': kind(
    503,
    true,
    'Portál je právě vytížen. Přepážka odešle data sama o něco později.',
    'The portal is busy. The desk sends its data by itself a little later.',
  ),
  'upload.protocol': kind(
    412,
    false,
    'Portál tomuto způsobu přenosu příloh nerozumí. Nic nebylo uloženo.',
    'The portal does not understand this way of uploading. Nothing was stored.',
  ),
  'upload.unknown': kind(
    404,
    true,
    'Portál o přerušeném přenosu přílohy neví. Příloha se odešle od začátku.',
    'The portal does not know the interrupted upload. The attachment is sent from the beginning.',
  ),
  'upload.offset-differs': kind(
    409,
    true,
    'Příloha je v portálu uložena po jiné místo. Přenos naváže tam.',
    'The portal holds the attachment up to another place. The upload goes on from there.',
  ),
  'blob.unknown': kind(
    404,
    false,
    'Portál tento obsah od přepážky nemá.',
    'The portal does not hold this content from the desk.',
  ),
  'blob.too-large': kind(
    413,
    false,
    'Příloha je větší než 25 MiB. Portál ji nepřijal; u přepážky zůstává uložena.',
    'The attachment is larger than 25 MiB. The portal did not take it; the desk keeps it.',
  ),
  'blob.hash-differs': kind(
    422,
    true,
    'Příloha došla poškozená a nebyla uložena. Odešle se znovu.',
    'The attachment arrived damaged and was not stored. It will be sent again.',
  ),
  'log.forked': kind(
    409,
    false,
    'Deník přepážky se liší od deníku uloženého v portálu. Nic nebylo přepsáno; obraťte se na vedoucího a správce.',
    'The desk’s log differs from the one the portal holds. Nothing was overwritten; call the supervisor and the administrator.',
  ),
  'log.epoch-unknown': kind(
    409,
    false,
    'Deník přepážky pokračuje obdobím, které přepážka portálu neoznámila. Nic nebylo přepsáno; obraťte se na správce.',
    'The desk’s log goes on under an epoch it did not announce to the portal. Nothing was overwritten; call the administrator.',
  ),
  'log.epoch-refused': kind(
    409,
    false,
    'Portál nové období deníku přepážky nepřijal. Nic nebylo přepsáno; obraťte se na správce portálu.',
    'The portal does not take the new epoch of the desk’s log. Nothing was overwritten; call the portal’s administrator.',
  ),
  'checkpoint.refused': kind(
    409,
    false,
    'Podepsaný kontrolní bod neodpovídá deníku, který má portál. Nic nebylo přepsáno; obraťte se na vedoucího a správce.',
    'The signed checkpoint does not fit the log the portal holds. Nothing was overwritten; call the supervisor and the administrator.',
  ),
  'desk.key-refused': kind(
    409,
    false,
    'Portál podpisový klíč přepážky nepřijal. Nový klíč musí povolit správce portálu.',
    'The portal does not take the desk’s signing key. The portal’s administrator has to permit a new one.',
  ),
  'log.gap': kind(
    409,
    true,
    'V deníku přepážky chybí záznamy. Přepážka je odešle od místa, které portál očekává.',
    'Entries of the desk’s log are missing. The desk sends them from where the portal expects.',
  ),
  'bookings.cursor-unknown': kind(
    410,
    true,
    'Portál nezná místo, odkud má přepážka objednávky číst. Přepážka je načte celé znovu.',
    'The portal does not know where the desk stopped reading bookings. The desk reads them again from the beginning.',
  ),
  'booking.step-incomplete': kind(
    400,
    false,
    'V objednávce chybí údaj, bez kterého ji nelze provést. Nic nebylo uloženo.',
    'The booking lacks something it cannot be done without. Nothing was stored.',
  ),
  'booking.not-permitted': kind(
    403,
    false,
    'Vaše role na portálu neplatí, objednávku nelze změnit. Obraťte se na správce.',
    'Your role at the portal is not valid; the booking cannot be changed. Call the administrator.',
  ),
  'booking.slot-taken': kind(
    409,
    false,
    'Termín je už obsazen. Nic nebylo změněno; nabídněte jiný.',
    'The time is taken already. Nothing was changed; offer another one.',
  ),
  'booking.not-offered': kind(
    409,
    false,
    'Takový termín úřad nenabízí. Nic nebylo změněno; zvolte jiný.',
    'The office offers no such time. Nothing was changed; choose another one.',
  ),
  'booking.differs': kind(
    409,
    false,
    'Objednávka se mezitím změnila a toto s ní už nelze provést. Podívejte se na její stav.',
    'The booking has changed meanwhile and this can no longer be done with it. Look at its state.',
  ),
  'booking.called-elsewhere': kind(
    409,
    false,
    'Tuto osobu už vyvolala jiná přepážka. Vyvolejte další.',
    'Another counter has called this person already. Call the next one.',
  ),
  'booking.step-differs': kind(
    409,
    false,
    'Pod stejným označením už bylo s objednávkou provedeno něco jiného. Obraťte se na správce.',
    'Something else was done with a booking under the same id. Call the administrator.',
  ),
  'evidence.not-your-office': kind(
    403,
    false,
    'Evidenční číslo lze přidělit jen úřadu, kterému přepážka patří. Obraťte se na správce.',
    'A number of evidence is allotted only to the office the desk belongs to. Call the administrator.',
  ),
  'evidence.content-differs': kind(
    409,
    false,
    'Pod označením tohoto úkonu bylo přiděleno jiné evidenční číslo. Obraťte se na správce.',
    'Another number of evidence was allotted under this act’s id. Call the administrator.',
  ),
  'evidence.year-differs': kind(
    409,
    false,
    'Rok úkonu neodpovídá hodinám portálu. Zkontrolujte datum a čas přepážky.',
    'The act’s year differs from the portal’s clock. Check the desk’s date and time.',
  ),
  'trust.unavailable': kind(
    503,
    true,
    'Pečeť, časové razítko ani údaje o certifikátech nejsou na portálu nyní k dispozici. Zkuste to znovu.',
    'The portal has no seal, timestamp or data on certificates to give now. Try again.',
  ),
  'seal.content-differs': kind(
    409,
    false,
    'Pod stejným označením už bylo zapečetěno něco jiného. Obraťte se na správce.',
    'Something else was sealed under the same id. Call the administrator.',
  ),
  'register.unavailable': kind(
    503,
    true,
    'Rejstřík nyní neodpovídá. Zkuste to znovu; za dotaz se účtuje jen jednou.',
    'The register does not answer now. Try again; a question is charged once only.',
  ),
  'register.content-differs': kind(
    409,
    false,
    'Pod stejným označením byl rejstříku položen jiný dotaz. Obraťte se na správce.',
    'The register was asked another question under the same id. Call the administrator.',
  ),
  'extract.unknown': kind(
    404,
    false,
    'Takový dotaz úřad rejstříku nepoložil.',
    'The office asked the register no such question.',
  ),
  'extract.not-answered': kind(
    409,
    true,
    'Rejstřík na dotaz ještě neodpověděl.',
    'The register has not answered the question yet.',
  ),
  'extract.forgotten': kind(
    410,
    false,
    'Portál výpis už nemá: byl vydán, zrušen, nebo uplynula doba, po kterou jej uchovává.',
    'The portal no longer has the extract: it was issued, cancelled, or its time is over.',
  ),
  'depot.unknown': kind(
    404,
    false,
    'Pod tímto kódem v úschovně nic není: kód není správný, soubor je už po době uložení, nebo bylo jeho číslo zrušeno.',
    'The depot has nothing under this code: the code is wrong, the file’s time is over, or its number was cancelled.',
  ),
  'depot.too-large': kind(
    413,
    false,
    'Soubor je větší než 50 MB. Úschovna jej nepřijala.',
    'The file is larger than 50 MB. The depot did not take it.',
  ),
  'depot.kind': kind(
    415,
    false,
    'Úschovna přijímá jen dokumenty PDF a zprávy z datové schránky (ZFO).',
    'The depot takes PDF documents and messages of a data box (ZFO) only.',
  ),
  'depot.no-file': kind(
    400,
    false,
    'Vyberte soubor a odešlete jej znovu.',
    'Choose a file and send it again.',
  ),
  'depot.full': kind(
    503,
    true,
    'Úschovna je nyní plná. Přineste dokument na přepážku na nosiči.',
    'The depot is full now. Bring the document to the desk on a medium.',
  ),
  'depot.number-unknown': kind(
    409,
    false,
    'Evidenční číslo konverze úřadu nepatří, nebo bylo zrušeno. Soubor nebyl uložen.',
    'The number of the conversion is not the office’s, or was cancelled. The file was not stored.',
  ),
  'depot.content-differs': kind(
    409,
    false,
    'Pod stejným označením byl do úschovny uložen jiný soubor. Obraťte se na správce.',
    'Another file was put into the depot under the same id. Call the administrator.',
  ),

  // Accounts
  'account.ico-unknown': kind(
    404,
    false,
    'Organizaci s tímto IČO rejstřík nezná. Zkontrolujte číslo.',
    'The register knows no organisation with this IČO. Check the number.',
  ),
  // Looks into people's affairs
  'look.purpose-unknown': kind(
    422,
    false,
    'Portál účel nahlédnutí nezná nebo k němu chybí odůvodnění. Nic nebylo zobrazeno; zvolte účel znovu.',
    'The portal does not know the purpose of the look, or its reason is missing. Nothing was shown; choose the purpose again.',
  ),
  'look.identity-not-verified': kind(
    403,
    false,
    'Do věcí osoby lze nahlédnout jen při návštěvě, při níž byla její totožnost na této přepážce ověřena platným dokladem. Nic nebylo zobrazeno.',
    'A person’s affairs are shown only in a visit in which their identity was verified at this desk on a valid document. Nothing was shown.',
  ),
  'registration.user-name-wrong': kind(
    422,
    false,
    'Uživatelské jméno nemá požadovaný tvar. Nic nebylo uloženo. Zvolte jiné.',
    'The user name has not the form that is asked for. Nothing was stored. Choose another.',
  ),
  'registration.user-name-taken': kind(
    409,
    false,
    'Uživatelské jméno již někdo má nebo měl. Nic nebylo uloženo. Zvolte jiné.',
    'Somebody has or had this user name. Nothing was stored. Choose another.',
  ),
  'registration.email-taken': kind(
    409,
    false,
    'S tímto e-mailem už účet existuje. Nic nebylo uloženo. Zvolte jiný, nebo se obraťte na přepážku.',
    'There is an account with this e-mail already. Nothing was stored. Choose another or turn to a desk.',
  ),
  'code.refused': kind(
    403,
    false,
    'Uživatelské jméno a kód k sobě nepatří, nebo kód už neplatí: platí jednou a po pěti chybných pokusech přestane platit. Heslo se nezměnilo. Zkontrolujte obojí; nový kód vám vydá přepážka.',
    'User name and code do not belong together, or the code holds no more: it holds once, and not after five wrong tries. The password is as it was. Check both; a desk gives you a new code.',
  ),
  'code.expired': kind(
    403,
    false,
    'Platnost kódu skončila. Heslo se nezměnilo. Nový kód vám vydá přepážka.',
    'The code has expired. The password is as it was. A desk gives you a new code.',
  ),
  'page.foreign-form': kind(
    403,
    false,
    'Formulář nebyl odeslán z této stránky. Nic nebylo uloženo. Otevřete stránku znovu a odešlete jej odtud.',
    'The form was not sent from this page. Nothing was stored. Open the page again and send it from there.',
  ),
  'mailbox.not-theirs': kind(
    403,
    false,
    'Tuto zprávu nelze ověřené osobě zobrazit: v její informační schránce není.',
    'This message cannot be shown to the verified person: it is not in their information mailbox.',
  ),
  'mailbox.not-opened': kind(
    403,
    false,
    'Přílohu lze načíst jen na přepážce, na níž byla zpráva v poslední hodině otevřena. Otevřete zprávu znovu.',
    'A file is given only to a desk at which its message was opened within the hour. Open the message again.',
  ),
  'submission.not-participant': kind(
    403,
    false,
    'Podání pod tímto číslem nelze ověřené osobě zobrazit: číslo není správné, nebo osoba není účastníkem.',
    'Nothing can be shown to the verified person under this number: the number is wrong, or the person has no part in it.',
  ),
  'look.not-permitted': kind(
    403,
    false,
    'Do údajů osob smí nahlížet jen úředník, který má na portálu platnou roli. Nic nebylo zobrazeno.',
    'Only a clerk with a valid role at the portal may look into people’s affairs. Nothing was shown.',
  ),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** A failed call: the code, what the code says is in its details, and how long to wait. */
export type Refusal = { code: ErrorCode; details?: Record<string, unknown>; retryAfterSeconds?: number };

export function errorBody({ code, details }: Refusal): ErrorBody {
  const { message, retryable } = ERRORS[code];
  return details === undefined ? { code, message, retryable } : { code, message, retryable, details };
}

type EffectRefusal = { retryable: boolean; message: Text };

const refusal = (retryable: boolean, cs: string, en: string): EffectRefusal => ({
  retryable,
  message: { cs, en },
});

/** Why one effect of a batch is not taken in. */
export const EFFECT_REFUSALS = {
  'effect.content-differs': refusal(
    false,
    'Pod stejným označením má portál jiný obsah. Nic nebylo přepsáno; obraťte se na správce.',
    'The portal holds another content under the same id. Nothing was overwritten; call the administrator.',
  ),
  'effect.out-of-order': refusal(
    true,
    'Portál nejdříve očekává dřívější úkon téže návštěvy. Odešle se znovu.',
    'The portal expects an earlier act of the same visit first. It will be sent again.',
  ),
  'effect.ordinal-taken': refusal(
    false,
    'Na tomto místě návštěvy má portál jiný úkon. Obraťte se na správce.',
    'The portal holds another act at this place of the visit. Call the administrator.',
  ),
  'effect.invalid': refusal(
    false,
    'Portál obsahu úkonu nerozumí. Úkon zůstává uložen v přepážce; obraťte se na správce.',
    'The portal does not understand the act’s content. The desk keeps the act; call the administrator.',
  ),
  'effect.office-unknown': refusal(
    false,
    'Portál úřad, kterému je podání určeno, nezná. Úkon zůstává uložen v přepážce; obraťte se na vedoucího.',
    'The portal does not know the addressed office. The desk keeps the act; call the supervisor.',
  ),
  'effect.submission-unknown': refusal(
    true,
    'Portál dosud nemá podání, kterého se oprava týká. Odešle se znovu.',
    'The portal does not have the submission yet that is corrected. It will be sent again.',
  ),
  'effect.blob-size-differs': refusal(
    false,
    'Velikost přílohy neodpovídá údaji v podání. Úkon zůstává uložen v přepážce; obraťte se na správce.',
    'The attachment’s size differs from what the act says. The desk keeps the act; call the administrator.',
  ),
  'effect.attachments-wrong': refusal(
    false,
    'Přílohy podání neodpovídají formuláři. Podání zůstává uloženo v přepážce; obraťte se na vedoucího.',
    'The attachments are not those of the form. The desk keeps the submission; call the supervisor.',
  ),
} as const satisfies Record<string, EffectRefusal>;

export type EffectRefusalCode = keyof typeof EFFECT_REFUSALS;
