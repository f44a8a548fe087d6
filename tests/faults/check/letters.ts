import type { DeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { type Violation, violation } from "./violation.ts";

/** A message that must become a dead letter of some consumers, each once, with its bytes as they were. */
export type Planted = { message: Outgoing; consumers: string[] };

export function checkLetters(
  planted: Planted[],
  letters: Pick<DeadLetter, "consumer" | "message" | "detail">[],
): Violation[] {
  const wanted = planted.flatMap(({ message, consumers }) => consumers.map((consumer) => nameOf(consumer, message)));
  const found = letters.map(({ consumer, message }) => nameOf(consumer, message));
  const [most, least] = [counted(found), counted(wanted)];
  const detailOf = (name: string) =>
    letters.find(({ consumer, message }) => nameOf(consumer, message) === name)?.detail ?? "";
  return [
    ...violation(
      "I7",
      "unusable messages without a letter",
      [...least].filter(([name, n]) => (most.get(name) ?? 0) < n).map(([name]) => name),
    ),
    ...violation(
      "I7",
      "letters that nothing unusable was sent for",
      [...most].filter(([name, n]) => (least.get(name) ?? 0) < n).map(([name, n]) =>
        `${n} × ${name}: ${detailOf(name)}`
      ),
    ),
  ];
}

const base64 = (bytes: Uint8Array | null): string =>
  bytes === null ? "none" : new Uint8Array(bytes).toBase64().slice(0, 200);
const nameOf = (consumer: string, { topic, key, value }: Outgoing): string =>
  `${consumer} ${topic} key ${base64(key)} value ${base64(value)} (${value?.length ?? 0} bytes)`;

function counted(names: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
