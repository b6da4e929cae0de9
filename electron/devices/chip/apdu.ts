/** A command to a chip (ISO 7816-4, 5.1). `le` is the most bytes wanted back; none wanted when it is left out. */
export type Command = {
  cla: number;
  ins: number;
  p1: number;
  p2: number;
  data?: Uint8Array;
  le?: number;
};

/** What came back: data and the two status bytes as one number, 0x9000 when all is well. */
export type Answer = { data: Uint8Array; status: number };

/** One command to the card and its answer, status bytes last. Rejects with a `ChipFault` when the card is gone. */
export type Transceive = (apdu: Uint8Array) => Promise<Uint8Array>;

export const OK = 0x9000;

/** The most an answer of short length carries. */
export const SHORT = 256;

export function encodeCommand({ cla, ins, p1, p2, data, le }: Command): Uint8Array {
  const header = [cla, ins, p1, p2];
  const size = data?.length ?? 0;
  const isExtended = size > 255 || (le ?? 0) > SHORT;
  const two = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
  const lengthOfData = size === 0 ? [] : isExtended ? [0, ...two(size)] : [size];
  const wanted = le === undefined ? [] : isExtended ? [...(size === 0 ? [0] : []), ...two(le)] : [le & 0xff];
  return Buffer.concat([
    Uint8Array.from([...header, ...lengthOfData]),
    data ?? new Uint8Array(),
    Uint8Array.from(wanted),
  ]);
}

/** An answer of less than two bytes is none: status 0. */
export function decodeAnswer(bytes: Uint8Array): Answer {
  if (bytes.length < 2) return { data: new Uint8Array(), status: 0 };
  const [high = 0, low = 0] = bytes.subarray(-2);
  return { data: bytes.subarray(0, -2), status: high * 256 + low };
}

export const exchange = async (transceive: Transceive, command: Command): Promise<Answer> =>
  decodeAnswer(await transceive(encodeCommand(command)));
