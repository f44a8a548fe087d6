/** What a program did to a file. `at`: where its record ends in the trace. */
export type DiskRecord =
  & { at: number; name: string }
  & (
    | { kind: "write"; offset: number; data: Uint8Array }
    | { kind: "truncate"; length: number }
    | { kind: "rename"; to: string }
    | { kind: "create" }
    | { kind: "remove" }
    | { kind: "sync" }
  );

const HEAD_BYTES = 15;
const KINDS = { c: { kind: "create" }, d: { kind: "remove" }, s: { kind: "sync" } } as const;

/** The records of a trace as tools/power_cuts/trace.c writes them, in their order. */
export function recordsOf(trace: Uint8Array): DiskRecord[] {
  const view = new DataView(trace.buffer, trace.byteOffset, trace.byteLength);
  const decoder = new TextDecoder();
  const records: DiskRecord[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= trace.length) {
    const kind = String.fromCharCode(trace[at]!);
    const nameEnd = at + HEAD_BYTES + view.getUint16(at + 1, true);
    const offset = Number(view.getBigUint64(at + 3, true));
    const end = nameEnd + view.getUint32(at + 11, true);
    if (end > trace.length) break;
    const name = decoder.decode(trace.subarray(at + HEAD_BYTES, nameEnd));
    const data = trace.subarray(nameEnd, end);
    at = end;
    records.push(
      kind === "w"
        ? { at, name, kind: "write", offset, data }
        : kind === "t"
        ? { at, name, kind: "truncate", length: offset }
        : kind === "r"
        ? { at, name, kind: "rename", to: decoder.decode(data) }
        : { at, name, ...KINDS[kind as keyof typeof KINDS] },
    );
  }
  return records;
}
