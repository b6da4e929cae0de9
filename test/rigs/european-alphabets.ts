/**
 * The letters of the alphabets of Europe, small ones; digraphs are written out of letters that are there. Languages that share
 * an alphabet share a row.
 */
export const europeanAlphabets: Readonly<Record<string, string>> = {
  'Albanian, Arbëresh': 'abcçdeëfghijklmnopqrstuvxyz',
  'Aragonese, Asturian, Spanish, Galician': 'abcdefghijklmnñopqrstuvwxyzáéíóúüḥḷ',
  'Azerbaijani, Crimean Tatar, Gagauz, Tatar, Turkish': 'abcçdeəfgğhxıijkqlmnñoöprsştuüvyzâîû',
  'Basque, Breton, Catalan, French, Occitan, Walloon': 'aàâåbcçdeéèêëfghiîïíjklŀmnñoôòóœpqrstuùûüúvwxyÿz',
  'Bosnian, Croatian, Montenegrin, Slovene': 'abcčćdđefghijklmnoprsśštuvzźž',
  'Czech, Slovak': 'aáäbcčdďeéěfghiíjklĺľmnňoóôpqrŕřsštťuúůvwxyýzž',
  'Danish, Faroese, Icelandic, Norwegian, Swedish, Elfdalian': 'aáąåäæbcdðeéęfghiíįjklmnoóǫöøpqrstuúųvwxyýþz',
  'Dutch, Frisian, Limburgish, Luxembourgish': 'aâäáàbcdeéèêëfghiïíjĳklmnoöóôpqrstuúûüvwxyÿz',
  'English, Cornish, Scots, Scottish Gaelic': 'aàbcdeèfghiìjklmnoòpqrstuùvwxyz',
  'Estonian, Võro, Livonian, Latvian, Latgalian': 'aāäǟbcčdḑeēfgģhiījkķlļmnņoōöȯȱõȭprŗsštțuūüvyȳzž',
  'Finnish, Karelian, Veps': 'aäåbcčdefghijklmnoöprsštuüvyzž',
  'German, Low German, Romansh': 'aàäbcdeéèfghiìjklmnoòöpqrsßtuùüvwxyz',
  Hungarian: 'aábcdeéfghiíjklmnoóöőpqrstuúüűvwxyz',
  'Irish with the dots of older writing': 'aábḃcċdḋeéfḟgġhiílmṁnoópṗrsṡtṫuú',
  'Italian, Friulian, Sardinian, Corsican, Ladin, Sicilian, Venetian':
    'aàâbcçdđeèéêëfghiìîïjlłmnoòóôpqrstuùúûvz',
  'Kashubian, Polish, Silesian': 'aąãbcćdeęéëfghijklłmnńoóòôõpqrsśtuùvwxyzźż',
  Lithuanian: 'aąbcčdeęėfghiįyjklmnoprsštuųūvzž',
  Maltese: 'abċdefġghħijklmnopqrstuvwxżz',
  Portuguese: 'aáâãàbcçdeéêfghiíjklmnoóôõpqrstuúvwxyz',
  'Romanian, Aromanian': 'aăâbcdḑeĕfghiîjklľmnńñoprsșştțţuŭvxyz',
  'Sámi: North, Lule, South, Inari, Skolt': 'aáâåäæbcčdđeefgǧǥhiïjkǩlmnńŋñoóõöøprsštŧuvyzžʒǯʹ',
  'Sorbian: Upper, Lower': 'abcčćdeěfghijklłmnńoóprřŕsšśtuwyzžź',
  'Welsh, Manx': 'aáàâäbcçdeéèêëfghiíìîïjlmnoóòôöprstuúùûüwẃẁŵẅyýỳŷÿ',
  'Esperanto, Romani': 'abcĉčdeêfgĝhĥiîjĵklmnoôprřŕsŝśštuŭûvxzžź',
  'Greek with the accents of older writing': 'αάὰᾶἀἄβγδεέζηήῆθιίϊΐκλμνξοόπρῥσςτυύϋΰφχψωώῶ',
  'Belarusian, Bulgarian, Russian, Rusyn, Ukrainian': 'абвгґдеёєжзиіїйклмнопрстуўфхцчшщъыьэюяѣ',
  'Macedonian, Montenegrin, Serbian': 'абвгдѓђежзѕијклљмнњопрстќћуфхцчџшсзѐѝ',
  'Abkhaz, Adyghe, Avar, Chechen, Ingush, Kabardian, Lezgian, Ossetian':
    'абвгӷҕдежҽҿзӡикқҟҡлмнопҧрстҭуфхҳцҵчҷшщыәҩџьӕӏҫ',
  'Bashkir, Chuvash, Kalmyk, Tatar': 'аӑәбвгғдҙеёӗжҗзийкҡлмнңоөпрсҫтуӳүфхһцчшщъыьэюя',
  'Komi, Mari, Mordvin, Nenets, Udmurt, Kildin Sámi':
    'аӓбвгдеёжӝзӟиіӥйҋкклӆмӎнӊҥӈоӧөпрҏстуӱфхҳцчӵшщъыӹьҍэӭюяʼ',
  Armenian: 'աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև',
  Georgian: 'აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵ',
};

/**
 * Every letter of them, small and capital. What has no capital is written of several letters then; capitals of Georgian have
 * signs of their own, but names are not written in them.
 */
export const europeanLetters: string = [
  ...new Set(
    Object.values(europeanAlphabets).flatMap((letters) => [
      ...letters,
      ...letters.toUpperCase().normalize('NFC'),
    ]),
  ),
].join('');
