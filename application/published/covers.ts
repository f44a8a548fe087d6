import type { JsonSchema } from "./json_schema.ts";

/** Keywords that say something for people and nothing about which values are valid. */
const NOTES = new Set(["title", "description", "examples", "deprecated", "$schema", "id", "$id"]);
const LEAST = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const MOST = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
/** Keywords that have a rule here; any other one must be the same on both sides. */
const RULED = new Set([
  "type",
  "properties",
  "required",
  "items",
  "anyOf",
  "enum",
  "const",
  ...LEAST,
  ...MOST,
]);

/**
 * Why some value of `narrow` is not one of `wide`, each reason with the path of the field; none when `wide` covers `narrow`.
 * Objects are open, so that a field which only one of the two knows does not matter. Where it cannot tell it says no.
 */
export function findUncovered(wide: JsonSchema, narrow: JsonSchema, path = ""): string[] {
  const at = path === "" ? "data" : path;
  if (narrow.anyOf !== undefined) return alternatives(narrow).flatMap((one) => findUncovered(wide, one, path));
  if (wide.anyOf !== undefined) {
    const fits = alternatives(wide).some((one) => findUncovered(one, narrow, path).length === 0);
    return fits ? [] : [`${at}: none of the alternatives fits`];
  }
  return [
    ...types(wide, narrow, at),
    ...values(wide, narrow, at),
    ...bounds(wide, narrow, at),
    ...others(wide, narrow, at),
    ...items(wide, narrow, path),
    ...fields(wide, narrow, path),
  ];
}

const alternatives = ({ anyOf = [], ...rest }: JsonSchema): JsonSchema[] => anyOf.map((one) => ({ ...rest, ...one }));

function types(wide: JsonSchema, narrow: JsonSchema, at: string): string[] {
  const [wanted, found] = [typesOf(wide), typesOf(narrow)];
  if (wanted === undefined) return [];
  const fits = (type: string) => wanted.includes(type) || type === "integer" && wanted.includes("number");
  const over = found?.filter((type) => !fits(type)) ?? ["anything"];
  return over.length === 0 ? [] : [`${at}: wanted ${wanted.join(" or ")}, may be ${over.join(" or ")}`];
}

function typesOf({ type, ...schema }: JsonSchema): string[] | undefined {
  if (type !== undefined) return [type].flat();
  return valuesOf(schema)?.map((value) => value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
}

const valuesOf = (schema: JsonSchema): unknown[] | undefined =>
  "const" in schema ? [schema.const] : schema.enum as unknown[] | undefined;

function values(wide: JsonSchema, narrow: JsonSchema, at: string): string[] {
  const [wanted, found] = [valuesOf(wide), valuesOf(narrow)];
  if (wanted === undefined) return [];
  const known = new Set(wanted.map((value) => JSON.stringify(value)));
  const over = found?.map((value) => JSON.stringify(value)).filter((value) => !known.has(value)) ?? ["anything"];
  return over.length === 0 ? [] : [`${at}: wanted ${[...known].join(" or ")}, may be ${over.join(" or ")}`];
}

function bounds(wide: JsonSchema, narrow: JsonSchema, at: string): string[] {
  const beyond = (keywords: string[], further: (a: number, b: number) => boolean) =>
    keywords.filter((keyword) => {
      const [wanted, found] = [wide[keyword], narrow[keyword]];
      return typeof wanted === "number" && (typeof found !== "number" || further(found, wanted));
    });
  const found = [...beyond(LEAST, (a, b) => a < b), ...beyond(MOST, (a, b) => a > b)];
  return found.map((keyword) => `${at}: ${keyword} wanted ${wide[keyword]}, found ${narrow[keyword] ?? "none"}`);
}

/** Constraints without a rule of their own (format, pattern …): whatever `wide` wants, `narrow` must want alike. */
function others(wide: JsonSchema, narrow: JsonSchema, at: string): string[] {
  return Object.keys(wide).filter((keyword) =>
    !NOTES.has(keyword) && !RULED.has(keyword) && JSON.stringify(wide[keyword]) !== JSON.stringify(narrow[keyword])
  ).map((keyword) =>
    `${at}: ${keyword} wanted ${JSON.stringify(wide[keyword])}, found ${JSON.stringify(narrow[keyword])}`
  );
}

const items = (wide: JsonSchema, narrow: JsonSchema, path: string): string[] =>
  wide.items === undefined ? [] : findUncovered(wide.items, narrow.items ?? {}, `${path}[]`);

function fields(wide: JsonSchema, narrow: JsonSchema, path: string): string[] {
  const within = (name: string) => path === "" ? name : `${path}.${name}`;
  const missing = (wide.required ?? []).filter((name) => !(narrow.required ?? []).includes(name));
  return [
    ...missing.map((name) => `${within(name)}: wanted always, may be missing`),
    ...Object.entries(wide.properties ?? {}).flatMap(([name, schema]) => {
      const other = narrow.properties?.[name];
      return other === undefined ? [] : findUncovered(schema, other, within(name));
    }),
  ];
}
