import { type Answer, type Command, OK } from './apdu.ts';
import { unreadable } from './fault.ts';
import { objectIn, readHead, tlv } from './tlv.ts';

/** The end of the file came before as much as was asked for; what came is good. */
const END_REACHED = 0x6282;
/** Where two bytes of an ordinary READ BINARY no longer name a place in the file. */
const FAR = 0x8000;

type Send = (command: Command) => Promise<Answer>;

/**
 * Reads a whole file by its identifier, `chunk` bytes at a time; null when the chip does not give it. A file tells its length at
 * its beginning; one that is longer than `limit` is refused before it is read.
 */
export async function readFile(
  send: Send,
  file: { id: number; limit: number },
  chunk: number,
  onProgress: (fraction: number) => void = () => {},
): Promise<Uint8Array | null> {
  const id = Uint8Array.of(file.id >> 8, file.id & 0xff);
  const selected = await send({ cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: id });
  if (selected.status !== OK) return null;
  const first = await readPart(send, 0, chunk);
  const { end: length } = readHead(first);
  if (length > file.limit) throw unreadable();
  const content = new Uint8Array(length);
  content.set(first.subarray(0, length));
  let got = Math.min(first.length, length);
  onProgress(got / length);
  while (got < length) {
    const part = await readPart(send, got, Math.min(chunk, length - got));
    content.set(part, got);
    got += part.length;
    onProgress(got / length);
  }
  return content;
}

async function readPart(send: Send, at: number, wanted: number): Promise<Uint8Array> {
  const isFar = at >= FAR;
  // From far on the place is a data object, and so is what comes back: four bytes more around it at most.
  const answer = isFar
    ? await send({
        cla: 0,
        ins: 0xb1,
        p1: 0,
        p2: 0,
        data: tlv(0x54, Uint8Array.of((at >> 16) & 0xff, (at >> 8) & 0xff, at & 0xff)),
        le: wanted + 4,
      })
    : await send({ cla: 0, ins: 0xb0, p1: at >> 8, p2: at & 0xff, le: wanted });
  if (answer.status !== OK && answer.status !== END_REACHED) throw unreadable();
  const data = isFar ? objectIn(answer.data, 0x53).content : answer.data;
  if (data.length === 0 || data.length > wanted) throw unreadable();
  return data;
}
