import type { ReaderLine } from '../../../electron/contract/settings.ts';

/** What serial readers can be set to. */
export const SPEEDS: readonly number[] = [
  ...[1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200],
  ...[230_400, 256_000, 460_800, 921_600],
];

const PARITIES = { none: 'N', even: 'E', odd: 'O' } as const;
type Signs = Omit<ReaderLine, 'baudRate'>;
const inShort = ({ dataBits, parity, stopBits }: Signs): string =>
  `${dataBits}${PARITIES[parity]}${stopBits}`;

const SIGNS: readonly Signs[] = ([8, 7] as const).flatMap((dataBits) =>
  (['none', 'even', 'odd'] as const).flatMap((parity) =>
    ([1, 2] as const).map((stopBits) => ({ dataBits, parity, stopBits })),
  ),
);
/** The ways a sign may go over a line, the usual one first: `8N1`. */
export const WAYS: readonly string[] = SIGNS.map(inShort);

/** `9600 Bd, 8N1` */
export const lineInWords = ({ baudRate, ...signs }: ReaderLine): string =>
  `${baudRate} Bd, ${inShort(signs)}`;

/** The line of choices in a form; null: no speed was chosen. */
export function lineFrom(speed: string, way: string): ReaderLine | null {
  const signs = SIGNS.find((one) => inShort(one) === way);
  return speed === '' || signs === undefined ? null : { baudRate: Number(speed), ...signs };
}
