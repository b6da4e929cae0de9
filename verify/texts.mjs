// @ts-check
// What is said, in Czech and English. The codes are stable; docs/log-format.md lists them.

/** @typedef {{ code: string, entry?: number, to?: number, size?: number, reason?: string, at?: string }} Said */
/** @type {Record<string, [string, string]>} */
const sentences = {
  'log.valid': ['PLATNÝ: deník je úplný a nezměněný', 'VALID: the log is complete and unchanged'],
  'log.valid-to': [
    'PLATNÝ do záznamu {size}: za ním není nic podepsáno',
    'VALID up to entry {size}: nothing behind it is signed',
  ],
  'log.unproved': [
    'NEDOLOŽENO: nic z této části deníku není podepsáno',
    'NOT PROVED: nothing of this part of the log is signed',
  ],
  'log.invalid': [
    'NEPLATNÝ: deník neodpovídá podpisům',
    'INVALID: the log does not agree with its signatures',
  ],
  'receipt.valid': ['PLATNÝ: úkon {entry} je v deníku', 'VALID: the act {entry} is in the log'],
  'receipt.invalid': [
    'NEPLATNÝ: kód nedokládá úkon v deníku',
    'INVALID: the code does not prove an act in the log',
  ],
  'entry.changed': ['záznam {entry} byl změněn', 'entry {entry} was changed'],
  'entry.changed-among': [
    'byl změněn některý ze záznamů {entry} až {to}',
    'one of the entries {entry} to {to} was changed',
  ],
  'entry.missing': ['záznam {entry} chybí', 'entry {entry} is missing'],
  'entries.missing': ['záznamy {entry} až {to} chybějí', 'entries {entry} to {to} are missing'],
  'entry.reordered': ['záznam {entry} je na jiném místě', 'entry {entry} is at another place'],
  'entry.doubled': ['záznam {entry} je v deníku dvakrát', 'entry {entry} is there twice'],
  'entry.foreign': [
    'záznam {entry} do této části deníku nepatří',
    'entry {entry} does not belong to this part',
  ],
  'entry.unreadable': ['záznam {entry} není čitelný', 'entry {entry} can not be read'],
  'payload.changed': ['obsah záznamu {entry} byl změněn', 'the content of entry {entry} was changed'],
  'checkpoint.unreadable': [
    'kontrolní bod za záznamem {entry} není čitelný',
    'the checkpoint after entry {entry} can not be read',
  ],
  'checkpoint.differs': [
    'kontrolní bod přes {size} záznamů neodpovídá záznamům',
    'the checkpoint over {size} entries does not fit them',
  ],
  'checkpoint.forked': [
    'přes {size} záznamů jsou podepsány dva různé kontrolní body',
    'two different checkpoints are signed over {size} entries',
  ],
  'signature.bad': [
    'podpis kontrolního bodu přes {size} záznamů není pravý',
    'the signature of the checkpoint over {size} entries is bad',
  ],
  'signature.unknown-key': [
    'kontrolní bod přes {size} záznamů je podepsán neznámým klíčem',
    'the checkpoint over {size} entries is signed with an unknown key',
  ],
  'cosignature.bad': [
    'podpis portálu pod kontrolním bodem přes {size} záznamů není pravý',
    'the portal’s signature under the checkpoint over {size} entries is bad',
  ],
  'consistency.bad': [
    'neplatí důkaz, že deník o {size} záznamech pokračuje v předchozím',
    'the proof that the log of {size} entries continues the one before does not hold',
  ],
  'inclusion.bad': [
    'neplatí důkaz, že záznam {entry} je mezi {size} záznamy',
    'the proof that entry {entry} is among {size} entries does not hold',
  ],
  'epoch.goes-back': ['záznam {entry} je z dřívějšího období deníku', 'entry {entry} is of an earlier epoch'],
  'epoch.other-checkpoint': [
    'nové období od záznamu {entry} nepokračuje v podepsaném deníku',
    'the epoch from entry {entry} does not continue the signed log',
  ],
  'export.cut-short': [
    'soubor je neúplný, končí záznamem {entry}',
    'the file is cut short, it ends with entry {entry}',
  ],
  'export.damaged': ['soubor je poškozen ({reason})', 'the file is damaged ({reason})'],
  'export.unreadable': ['soubor není vývozem deníku', 'the file is no export of a log'],
  'receipt.unreadable': ['text není kódem z dokladu', 'the text is no code of a receipt'],
  'receipt.signature-bad': ['podpis v kódu není pravý', 'the signature in the code is bad'],
  'receipt.unknown-key': ['kód je podepsán neznámým klíčem', 'the code is signed with an unknown key'],
  'receipt.proof-bad': ['důkaz v kódu neplatí', 'the proof in the code does not hold'],
  'receipt.other-log': [
    'záznam {entry} ve vývozu deníku je jiný než v kódu',
    'entry {entry} of the exported log is another one than in the code',
  ],
  'receipt.needs-log': [
    'kód nese jen podpis; k ověření je třeba vývoz deníku',
    'the code bears the signature alone; the exported log is needed to check it',
  ],
  'keys.from-file': [
    'klíče jsou ze souboru: porovnejte jejich otisky s portálem',
    'the keys come from the file: compare their fingerprints with the portal',
  ],
  'witness.from-file': [
    'klíč portálu je ze souboru: porovnejte jeho otisk s portálem',
    'the portal’s key comes from the file: compare its fingerprint with the portal',
  ],
  'nothing.signed': ['nic z této části deníku není podepsáno', 'nothing of this part is signed'],
  'end.unsigned': [
    'záznamy za {size}. nejsou dosud podepsány',
    'the entries after {size} are not signed yet',
  ],
  'keys.unusable': ['klíč není čitelný', 'the key can not be read'],
};

/** @param {Said} said @param {0 | 1} language */
const sentence = (said, language) =>
  (sentences[said.code]?.[language] ?? said.code).replace(/\{(\w+)\}/g, (_all, name) => {
    /** @type {{ [name: string]: unknown }} */
    const values = { ...said };
    return String(values[name] ?? '?');
  });

/** One line: the code and both sentences. @param {Said} said */
export const say = (said) => `${said.code}: ${sentence(said, 0)} / ${sentence(said, 1)}`;
