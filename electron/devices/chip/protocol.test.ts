import { expect, it } from 'vitest';
import { mrzSecret, paceSecret } from './access-key.ts';
import type { Transceive } from './apdu.ts';
import { basicAccess } from './bac.ts';
import { aes, cmac, tripleDes } from './ciphers.ts';
import { curveOf, readPoint, writePoint, xOf } from './curves.ts';
import { pointOf, pseudoRandom } from './integrated-mapping.ts';
import { pace } from './pace.ts';
import { secureChannel } from './secure-messaging.ts';
import { choosePace, readSecurityInfos } from './security-infos.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const hex = (given: Uint8Array): string => Buffer.from(given).toString('hex').toUpperCase();

/** DES keys as the examples print them: each byte with an odd number of ones. */
const withParity = (key: Uint8Array): Uint8Array =>
  key.map((byte) => {
    const ones = [...(byte >> 1).toString(2)].filter((digit) => digit === '1').length;
    return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  });

/** A chip that knows one conversation by heart. */
function scripted(...lines: readonly (readonly [command: string, answer: string])[]): Transceive {
  const left = [...lines];
  return async (apdu) => {
    const [command = '', answer = ''] = left.shift() ?? [];
    expect(hex(apdu)).toBe(command.replace(/\s/g, ''));
    return bytes(answer);
  };
}

it('makes MACs as RFC 4493 shows them', () => {
  // RFC 4493, section 4: examples 1 to 4.
  const key = bytes('2b7e151628aed2a6abf7158809cf4f3c');
  const suite = aes(128);
  const block = (data: Uint8Array) => suite.encrypt(key, new Uint8Array(16), data);
  const message = bytes(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  );
  for (const [length, mac] of [
    [0, 'bb1d6929e95937287fa37d129b756746'],
    [16, '070a16b46b4d4144f79bdd9dd04a287c'],
    [40, 'dfa66747de9ae63030ca32611497c827'],
    [64, '51f0bebf7e3b9d92fc49741779363cfe'],
  ] as const)
    expect(hex(cmac(block, message.subarray(0, length)))).toBe(mac.toUpperCase());
});

it('opens a chip by basic access control and reads over secure messaging, as the worked example of ICAO 9303-11, appendix D', async () => {
  const key = {
    kind: 'mrz',
    documentNumber: 'L898902C',
    birthDate: '690806',
    expiryDate: '940623',
  } as const;
  const seed = mrzSecret(key).subarray(0, 16);
  expect(hex(seed)).toBe('239AB9CB282DAF66231DC5A4DF6BFBAE');
  expect(hex(withParity(tripleDes.deriveKey(seed, 'encryption')))).toBe('AB94FDECF2674FDFB9B391F85D7F76F2');
  expect(hex(withParity(tripleDes.deriveKey(seed, 'mac')))).toBe('7962D9ECE03D1ACD4C76089DCE131543');

  const randoms = [bytes('781723860C06C226'), bytes('0B795240CB7049B01C19B33E32804F0B')];
  const keys = await basicAccess(
    scripted(
      ['0084000008', '4608F919887022129000'],
      [
        `0082000028
         72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A728`,
        '46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000',
      ],
    ),
    key,
    () => randoms.shift() ?? new Uint8Array(),
  );
  expect(hex(withParity(keys.encryption))).toBe('979EC13B1CBFE9DCD01AB0FED307EAE5');
  expect(hex(withParity(keys.mac))).toBe('F1CB1F1FB5ADF208806B89DC579DC1F8');
  expect(hex(keys.counter)).toBe('887022120C06C226');

  const channel = secureChannel(
    scripted(
      ['0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800', '990290008E08FA855A5D4C50A8ED9000'],
      ['0CB000000D9701048E08ED6705417E96BA5500', '8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000'],
      [
        '0CB000040D9701128E082EA28A70F3C7B53500',
        '871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000',
      ],
    ),
    keys,
  );
  const select = await channel.send({ cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: bytes('011E') });
  expect(select.status).toBe(0x9000);
  expect(hex((await channel.send({ cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 4 })).data)).toBe('60145F01');
  expect(hex((await channel.send({ cla: 0, ins: 0xb0, p1: 0, p2: 4, le: 18 })).data)).toBe(
    '04303130365F36063034303030305C026175',
  );
});

it('refuses an answer of which one bit is another, and one whose status is', async () => {
  const keys = {
    suite: tripleDes,
    encryption: bytes('979EC13B1CBFE9DCD01AB0FED307EAE5'),
    mac: bytes('F1CB1F1FB5ADF208806B89DC579DC1F8'),
    counter: bytes('887022120C06C226'),
  };
  const select = { cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: bytes('011E') };
  const good = '990290008E08FA855A5D4C50A8ED9000';
  const send = (answer: string) => secureChannel(async () => bytes(answer), keys).send(select);
  expect(await send(good)).toMatchObject({ status: 0x9000, isProtected: true });
  for (const spoilt of [
    good.replace('FA85', 'FA84'),
    good.replace('99029000', '99026A82'),
    good.replace(/9000$/, '6A82'),
    good.slice(8),
  ])
    await expect(send(spoilt)).rejects.toThrow('chip.unreadable');
  // Without protection it is told for what it is.
  expect(await send('6988')).toEqual({ data: new Uint8Array(), status: 0x6988, isProtected: false });
});

it('opens a chip by PACE with generic mapping, as the worked example of ICAO 9303-11, appendix G.1', async () => {
  const key = {
    kind: 'mrz',
    documentNumber: 'T22000129',
    birthDate: '640812',
    expiryDate: '101031',
  } as const;
  expect(hex(paceSecret(key))).toBe('7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD');
  expect(hex(aes(128).deriveKey(paceSecret(key), 'password'))).toBe('89DED1B26624EC1E634C1989302849DD');
  // PACEInfo of the example: id-PACE-ECDH-GM-AES-CBC-CMAC-128, version 2, parameters 13 (brainpoolP256r1).
  const choice = choosePace(readSecurityInfos(bytes('31143012060A04007F0007020204020202010202010D')));
  if (choice === null) throw new Error('no PACE');
  const keys = await pace(
    scripted(
      ['0022C1A40F800A04007F00070202040202830101', '9000'],
      ['10860000027C0000', '7C12801095A3A016522EE98D01E76CB6B98B42C39000'],
      [
        `10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E
         544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00`,
        `7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57
         30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C549000`,
      ],
      [
        `10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C
         3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200`,
        `7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB
         7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F0949000`,
      ],
      ['008600000C7C0A8508C2B0BD78D94BA86600', '7C0A86083ABB9674BCE93C089000'],
    ),
    choice,
    key,
    {
      mapping: 0x7f4ef07b9ea82fd78ad689b38d0bc78cf21f249d953bc46f4c6e19259c010f99n,
      agreement: 0xa73fb703ac1436a18e0cfa5abb3f7bec7a070e7a6788486bee230c4a22762595n,
      nonce: new Uint8Array(),
    },
  );
  expect(hex(keys.encryption)).toBe('F5F0E35C0D7161EE6724EE513A0D9A7F');
  expect(hex(keys.mac)).toBe('FE251C7858B356B24514B3BD5F4297D1');
  expect(hex(keys.counter)).toBe('00'.repeat(16));
});

it('opens a chip by PACE with six digits, as the worked example of BSI TR-03110 (EAC, version 1.0, ECDH)', async () => {
  // The six digits are a PIN there, of which the key is derived as of a CAN; only the number that names the password differs.
  const cardAccess = `3181C6300D060804007F00070202020201023012060A04007F000702020302020201020201013012060A04007F00070202040202
    02010202010D301C060904007F000702020302300C060704007F0007010202010D020101302F060804007F0007020206162368747470733A2F2F7777
    772E686A702D636F6E73756C74696E672E636F6D2F686F6D65303E060804007F000702020831323012060A04007F00070202030202020102020102
    301C060904007F000702020302300C060704007F0007010202010D020102`;
  const choice = choosePace(readSecurityInfos(bytes(cardAccess)));
  expect(choice).toMatchObject({ cipher: 'aes-128', curve: { name: 'bp256' }, parameterId: null });
  if (choice === null) return;
  const keys = await pace(
    scripted(
      ['0022C1A40F800A04007F00070202040202830102', '9000'],
      ['10860000027C0000', '7C128010CE834CDE69FFBB1D1EB21585CD709F189000'],
      [
        `10860000457C438141043DD29BBE5907FD21A152ADA4895FAAE7ACC55F5E50EFBFDE5AB0C6EB54F198D6
         15913635F0FDF5BEB383E00355F82D3C41ED0DF2E28363433DFB73856A15DC9F00`,
        `7C438241049CFCF7582AC986D0DD52FA53123414C3E1B96B4D00ABA8E574679B70EFB5BC3B
         45D2F13729CC2AE178E7E241B443213533B77DBB44649A815DDC4A2384BA422A9000`,
      ],
      [
        `10860000457C43834104518BC4E532AD2A9BD6527804D5D665ABD51041037A0CC8AA922804EB501C222B
         3427388599AFAAE9FBACE2DF93E13C3C4979CD12F0AE3E3C01260283915545 8200`,
        `7C43844104282CF38073036AFAC216AF135BD994DA0C357F10BD4C34AFEA1042B2EB0FD680
         4DF3658B835AC2E7133F13691184542BB50B109963A4662ABDC08B9763AF4B5B9000`,
      ],
      ['008600000C7C0A8508A27AE7B36573C1D900', '7C0A8608A2658C2F38600B0F9000'],
    ),
    choice,
    { kind: 'can', can: '123456' },
    {
      mapping: 0x752287f5b02de3c4bc3e17945118c51b23c97278e4cd748048ac56ba5bdc3d46n,
      agreement: 0x9d9a32df93a57cce33ca3cdd3457e33a976f293546c73550f397259c93be0120n,
      nonce: new Uint8Array(),
    },
  );
  expect(hex(keys.encryption)).toBe('68406B4162100563D9C901A6154D2901');
  expect(hex(keys.mac)).toBe('73FF268784F72AF833FDC9464049AFC9');
});

it('agrees on the secret of chip authentication, as the same worked example of BSI TR-03110', () => {
  // What keys are then made of it is another in the second version of the protocol, which the example shows.
  const curve = curveOf('bp256');
  const own = 0xa6a4d255c5bf7a77ec3d0553db74f693cf044e18c98364d4977a296108af19bdn;
  expect(hex(writePoint(curve.ecdsa.Point.BASE.multiply(own)))).toBe(
    '045A7A377FC9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799A34EE57EC55268CF8B1C3EC489F8BF4CF4C68D3FD9670E89C0D5D3FFF1AAF89F',
  );
  const chip = bytes(
    '04A44EBE5451DF7AADB01E459B8C928A87746A57927C8C28A6775C97A7E1FE8D9A46FF4A1CC7E4D1389AEA19758E4F75C28C598FD734AEBEB135337CF95BE12E94',
  );
  expect(hex(xOf(readPoint(curve, chip).multiply(own), curve))).toBe(
    '791DA04273CCFE862E52DF60347E2557192E1F8D7517822CE3D306056C1CDEB4',
  );
});

it('maps a generator by integrated mapping, as the worked example of ICAO 9303-11 with curves (PACE-IM)', async () => {
  const nonces = {
    chip: bytes('2923BE84E16CD6AE529049F1F1BBE9EB'),
    terminal: bytes('5DD4CBFC96F5453B130D890A1CDBAE32'),
  };
  const curve = curveOf('bp256');
  const number = pseudoRandom(aes(128), 'aes-128', nonces, curve.ecdsa.Point.CURVE().p);
  expect(number).toBe(0xa2f8ff2df50e52c6599f386adcb595d229f6a167ade2be5f2c3296add5b7430en);
  expect(hex(writePoint(pointOf(number, curve)))).toBe(
    `04${'8E82D31559ED0FDE92A4D0498ADD3C23BABA94FB77691E31E90AEA77FB17D427'}${'4C1AE14BD0C3DBAC0C871B7F3608169364437CA30AC243A089D3F266C1E60FAD'}`,
  );
  const choice = choosePace(readSecurityInfos(bytes('31143012060A04007F0007020204040202010202010D')));
  if (choice === null) throw new Error('no PACE');
  // The example names the key its nonce is hidden by, and not the password behind it: the same nonce is hidden by a key of ours.
  const suite = aes(128);
  const hidden = bytes('143DC40C08C8E891FBED7DEDB92B64AD');
  expect(suite.decrypt(bytes('591468CDA83D65219CCCB8560233600F'), new Uint8Array(16), hidden)).toEqual(
    Buffer.from(nonces.chip),
  );
  const key = { kind: 'can', can: '123456' } as const;
  const own = suite.encrypt(suite.deriveKey(paceSecret(key), 'password'), new Uint8Array(16), nonces.chip);
  const keys = await pace(
    scripted(
      ['0022C1A40F800A04007F00070202040402830102', '9000'],
      ['10860000027C0000', `7C128010${hex(own)}9000`],
      ['10860000147C1281105DD4CBFC96F5453B130D890A1CDBAE3200', '7C0282009000'],
      [
        `10860000457C4383410489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4
         6755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C3700`,
        `7C4384410467F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8
         932B69A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D227539000`,
      ],
      ['008600000C7C0A8508450F02B86F6A090900', '7C0A860875D4D96E8D5B03089000'],
    ),
    choice,
    key,
    {
      mapping: 0n,
      agreement: 0xa73fb703ac1436a18e0cfa5abb3f7bec7a070e7a6788486bee230c4a22762595n,
      nonce: nonces.terminal,
    },
  );
  expect(hex(keys.encryption)).toBe('0D3FEB33251A6370893D62AE8DAAF51B');
  expect(hex(keys.mac)).toBe('B01E89E3D9E8719E586B50B4A7506E0B');
  expect(keys.chipProof).toBeNull();
});

it('opens a chip that proves itself while it maps, as the worked example of ICAO 9303-11 (PACE-CAM)', async () => {
  const choice = choosePace(readSecurityInfos(bytes('31143012060A04007F0007020204060202010202010D')));
  if (choice === null) throw new Error('no PACE');
  const mappingKey = `04A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3
    04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E23`;
  const keys = await pace(
    scripted(
      ['0022C1A40F800A04007F00070202040602830101', '9000'],
      ['10860000027C0000', '7C128010CB60E8E0D85B76A9BD304747C2AD42E29000'],
      [
        `10860000457C438141047F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE
         1AB889104A27DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C100`,
        `7C438241${mappingKey}9000`,
      ],
      [
        `10860000457C43834104446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F95
         5483400BFF60BF0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC00`,
        `7C4384410402AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA993333
         111C3B9B4C2287789BD137E7F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E19000`,
      ],
      [
        '008600000C7C0A8508E86BD06018A1CD3B00',
        '7C3C86088596CF055C67C1A38A301EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD10CBA372B42BE0B9B5F28AA8DE2F4F929000',
      ],
    ),
    choice,
    { kind: 'mrz', documentNumber: 'C11T002JM', birthDate: '960812', expiryDate: '231031' },
    {
      mapping: 0x5d8bb87bd74d985a4b7d4325b9f7b976fe835122773400798914aa22738135ccn,
      agreement: 0x76ecfdaa9841c323a3f5fc5e88b88db3eff7e35ebf57a7e6946cb630006c2120n,
      nonce: new Uint8Array(),
    },
  );
  expect(hex(keys.encryption)).toBe('0A9DA4DB03BDDE39FC5202BC44B2E89E');
  expect(hex(keys.mac)).toBe('4B1C06491ED5140CA2B537D344C6C0B1');
  expect(keys.chipProof?.number).toBe(0x85dc3fa93d0952bfa82f5fd189ee75bd82f11d1f0b8ed4bf5319ac9b53c426b3n);
  expect(hex(writePoint(keys.chipProof?.mappingKey ?? curveOf('bp256').ecdsa.Point.BASE))).toBe(
    hex(bytes(mappingKey)),
  );
});
