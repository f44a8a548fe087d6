// A pack is several messages in one binary value, in which equal texts are stored once. After a header of nine bytes (format,
// lengths of the first two sections) it has three sections: varints, texts as UTF-8, keys and values. Format 2 omits `COMMON_TEXTS`.

// The varints are: texts (count; the length of each in UTF-16 units), shapes (count; topic, count of headers, their names), messages
// (count; shape, the headers' values, length of key + 1, length of value + 1). A length of 0 means that key or value is missing.

import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { COMMON_TEXTS } from "./common_texts.ts";

/** The texts of each format whose numbers come before those of the pack's own texts. */
const KNOWN: Record<number, readonly string[]> = { 1: [], 2: COMMON_TEXTS };
const HEAD_BYTES = 9;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

type Shape = { number: number; topic: string; names: string[] };

/** Packs messages. Format 2 is smaller, but a relay of the previous version cannot read it. */
export function packMessages(messages: Outgoing[], format: 1 | 2 = 1): Uint8Array {
  const known = KNOWN[format]!;
  const texts = new Map(known.map((text, number) => [text, number]));
  const numberOf = (text: string): number => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, texts.size);
    return texts.size - 1;
  };
  const shapes: Shape[] = [];
  const rest: number[] = [messages.length];
  const blobs: Uint8Array[] = [];
  const addBlob = (blob: Uint8Array | null) => {
    rest.push(blob === null ? 0 : blob.byteLength + 1);
    if (blob !== null) blobs.push(blob);
  };
  let shape: Shape | undefined;
  for (const { topic, headers, key, value } of messages) {
    const names = Object.keys(headers);
    shape = shapeOf(shapes, shape, topic, names);
    rest.push(shape.number);
    for (const name of names) rest.push(numberOf(headers[name]!));
    addBlob(key);
    addBlob(value);
  }
  const shaped = shapes.flatMap(({ topic, names }) => [numberOf(topic), names.length, ...names.map(numberOf)]);
  const all = [...texts.keys()].slice(known.length);
  const numbers = varintsOf([all.length, ...all.map(({ length }) => length), shapes.length, ...shaped], rest);
  return joined(format, numbers, encoder.encode(all.join("")), blobs);
}

/** Returns the shape of a message, which is often that of the previous one. */
function shapeOf(shapes: Shape[], last: Shape | undefined, topic: string, names: string[]): Shape {
  const fits = (shape: Shape) =>
    shape.topic === topic && shape.names.length === names.length && names.every((name, at) => shape.names[at] === name);
  if (last !== undefined && fits(last)) return last;
  const known = shapes.find(fits);
  if (known !== undefined) return known;
  const made = { number: shapes.length, topic, names };
  shapes.push(made);
  return made;
}

function joined(format: number, numbers: Uint8Array, text: Uint8Array, blobs: Uint8Array[]): Uint8Array {
  const blobBytes = blobs.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const pack = new Uint8Array(HEAD_BYTES + numbers.byteLength + text.byteLength + blobBytes);
  pack[0] = format;
  const head = new DataView(pack.buffer);
  head.setUint32(1, numbers.byteLength);
  head.setUint32(5, text.byteLength);
  let at = HEAD_BYTES;
  for (const part of [numbers, text, ...blobs]) {
    pack.set(part, at);
    at += part.byteLength;
  }
  return pack;
}

/** Returns the messages of a pack. Throws when the pack is damaged or of an unknown format. */
export function unpackMessages(pack: Uint8Array): Outgoing[] {
  const known = KNOWN[pack[0]!];
  if (known === undefined) throw new Error(`there are messages of format ${pack[0]}: use a newer program`);
  const head = new DataView(pack.buffer, pack.byteOffset, HEAD_BYTES);
  const textAt = HEAD_BYTES + head.getUint32(1);
  let blobAt = textAt + head.getUint32(5);
  const text = decoder.decode(pack.subarray(textAt, blobAt));
  const numbers = numbersIn(pack, HEAD_BYTES, textAt);
  const { next } = numbers;
  const listOf = <Item>(make: () => Item): Item[] => Array.from({ length: next() }, make);
  let from = 0;
  const texts = known.concat(listOf(() => text.slice(from, from += next())));
  const shapes = listOf(() => ({ topic: texts[next()]!, names: listOf(() => texts[next()]!) }));
  const blob = () => {
    const length = next() - 1;
    return length < 0 ? null : pack.subarray(blobAt, blobAt += length);
  };
  const messages = listOf(() => {
    const { topic, names } = shapes[next()] ?? damaged();
    const headers: Record<string, string> = {};
    for (const name of names) headers[name] = texts[next()] ?? damaged();
    return { topic, headers, key: blob(), value: blob() };
  });
  // A pack of a wrong length would be sent with wrong keys or values.
  if (blobAt !== pack.byteLength || from !== text.length || numbers.at() !== textAt) damaged();
  return messages;
}

function damaged(): never {
  throw new Error("a pack of messages is damaged: it is not as long as it says");
}

/** Encodes numbers as varints: seven bits a byte, the lowest first. The high bit means that more bytes follow. */
function varintsOf(...lists: number[][]): Uint8Array {
  const bytes = new Uint8Array(5 * lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const numbers of lists) {
    for (let number of numbers) {
      for (; number > 0x7f; number >>>= 7) bytes[at++] = number & 0x7f | 0x80;
      bytes[at++] = number;
    }
  }
  return bytes.subarray(0, at);
}

function numbersIn(bytes: Uint8Array, from: number, end: number): { next(): number; at(): number } {
  let at = from;
  return {
    at: () => at,
    next() {
      let number = 0;
      for (let shift = 0;; shift += 7) {
        if (at >= end || shift > 28) damaged();
        const byte = bytes[at++]!;
        number |= (byte & 0x7f) << shift;
        if (byte < 0x80) return number;
      }
    },
  };
}
