import { expect, it } from 'vitest';
import { mrzSecret, paceSecret } from './access-key.ts';
import type { Transceive } from './apdu.ts';
import { basicAccess } from './bac.ts';
import { aes, cmac, tripleDes } from './ciphers.ts';
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
    },
  );
  expect(hex(keys.encryption)).toBe('F5F0E35C0D7161EE6724EE513A0D9A7F');
  expect(hex(keys.mac)).toBe('FE251C7858B356B24514B3BD5F4297D1');
  expect(hex(keys.counter)).toBe('00'.repeat(16));
});
