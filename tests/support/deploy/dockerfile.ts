import { text } from "@/tests/docs/pages.ts";

/** The lines of the Dockerfile, as instruction and argument. */
export const dockerfile = text("Dockerfile").split("\n").filter((line) => /^[A-Z]+ /.test(line)).map((line) => ({
  instruction: line.slice(0, line.indexOf(" ")),
  argument: line.slice(line.indexOf(" ") + 1),
}));
export const last = (instruction: string): string | undefined =>
  dockerfile.findLast((line) => line.instruction === instruction)?.argument;
export const ENV = Object.fromEntries(
  (last("ENV") ?? "").split(" ").map((pair) => pair.split("=") as [string, string]),
);
