/** A MARC 21 field: its tag, and a value or indicators and subfields as `10|aTitle|bMore`. */
type Field = [tag: string, text: string];

/** A record in ISO 2709, with the leader and directory that it needs. `encode`: bytes of its text. */
export function marcRecord(
  fields: Field[],
  encode = (text: string) => new TextEncoder().encode(text),
  coding = "a",
): Uint8Array {
  const parts = fields.map(([tag, text]) => encode(`${tag < "010" ? text : text.replaceAll("|", "\x1f")}\x1e`));
  let at = 0;
  const directory = fields.map(([tag], index) => {
    const { length } = parts[index]!;
    const entry = `${tag}${String(length).padStart(4, "0")}${String(at).padStart(5, "0")}`;
    at += length;
    return entry;
  }).join("");
  const base = 24 + directory.length + 1;
  const leader = `${String(base + at + 1).padStart(5, "0")}nam ${coding}22${String(base).padStart(5, "0")} a 4500`;
  return Buffer.concat([Buffer.from(`${leader}${directory}\x1e`), ...parts, Buffer.from("\x1d")]);
}

/** The same record in MARCXML, its attributes in the order that libraries write them in or in another. */
export const marcXml = (fields: Field[], prefix = ""): string => {
  const name = (local: string) => `${prefix}${local}`;
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const body = fields.map(([tag, text]) => {
    if (tag < "010") return `<${name("controlfield")} tag="${tag}">${escaped(text)}</${name("controlfield")}>`;
    const [indicators, ...parts] = text.split("|");
    const subfields = parts.map((part) =>
      `<${name("subfield")} code="${part[0]}">${escaped(part.slice(1))}</${name("subfield")}>`
    ).join("\n");
    return `<${name("datafield")} ind1='${indicators![0]}' tag='${tag}' ind2='${indicators![1]}'>${subfields}</${
      name("datafield")
    }>`;
  });
  return `<${name("record")}><${name("leader")}>00000nam a2200000 a 4500</${name("leader")}>${body.join("")}</${
    name("record")
  }>`;
};
