import sax from "sax";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import type { Bytes } from "@/adapters/files/bytes.ts";
import { marcBook, type MarcField, noBook } from "./marc_book.ts";

/** A longer record is none: MARC 21 has room for 99,999 bytes. */
const MOST_RECORD_CHARACTERS = 16 * 1024 * 1024;

/** The books of a MARCXML file, record by record. Throws where the XML is broken, with the line, or a record has no end. */
export async function* marcXmlRows(source: Bytes): AsyncGenerator<ImportRow> {
  const reader = createReader();
  const decoder = new TextDecoder();
  for await (const chunk of source) yield* reader.read(decoder.decode(chunk, { stream: true }));
  yield* reader.read(decoder.decode());
  reader.end();
}

/** `start`: where the record begins in all of the text. */
type Open = {
  start: number;
  leader: string;
  fields: MarcField[];
  field: MarcField | undefined;
  code: string;
  text: string;
};

/** Reads XML piece by piece; each piece returns the records that it ended. Names are compared without their prefix. */
function createReader() {
  const xml: Sax = sax.parser(true, { trim: false, position: true });
  let done: ImportRow[] = [];
  let open: Open | undefined;
  /** The text from the open record on, and the length of what was before it. */
  let [kept, dropped] = ["", 0];
  xml.onopentag = ({ name, attributes }) => {
    const local = localName(name);
    if (local === "record") {
      open = { start: xml.startTagPosition - 1, leader: "", fields: [], field: undefined, code: "", text: "" };
    }
    if (open === undefined) return;
    open.text = "";
    if (local === "controlfield" || local === "datafield") {
      open.field = { tag: attributes.tag ?? "", first: attributes.ind1 ?? " ", value: "", subfields: [] };
    } else if (local === "subfield") open.code = attributes.code ?? "";
  };
  xml.ontext = (text) => void (open !== undefined && (open.text += text));
  xml.oncdata = (text) => void (open !== undefined && (open.text += text));
  xml.onclosetag = (name) => {
    if (open === undefined) return;
    const local = localName(name);
    if (local === "leader") open.leader = open.text;
    else if (local === "subfield") open.field?.subfields.push({ code: open.code, value: open.text });
    else if (local === "controlfield" && open.field !== undefined) {
      open.fields.push({ ...open.field, value: open.text });
    } else if (local === "datafield" && open.field !== undefined) open.fields.push(open.field);
    else if (local === "record") {
      const line = kept.slice(open.start - dropped, xml.position - dropped);
      const fault = noBook(open.leader, open.fields);
      done.push(fault === undefined ? { columns: marcBook(open.fields), line } : { fault, line });
      open = undefined;
    }
  };
  xml.onerror = (error) => {
    const place = `line ${xml.line + 1} column ${xml.column}`;
    throw new Error(`the XML cannot be read at ${place}: ${error.message.split("\n", 1)[0]}`);
  };
  return {
    read(text: string): ImportRow[] {
      done = [];
      kept += text;
      xml.write(text);
      const needed = (open?.start ?? xml.position) - dropped;
      [kept, dropped] = [kept.slice(needed), dropped + needed];
      if (kept.length > MOST_RECORD_CHARACTERS) {
        throw new Error(`a record of more than ${MOST_RECORD_CHARACTERS} characters cannot be read`);
      }
      return done;
    },
    end: () => void xml.close(),
  };
}

/** What is used of sax, which comes without types. */
type Sax = {
  position: number;
  line: number;
  column: number;
  startTagPosition: number;
  onopentag: (tag: { name: string; attributes: Record<string, string> }) => void;
  onclosetag: (name: string) => void;
  ontext: (text: string) => void;
  oncdata: (text: string) => void;
  onerror: (error: Error) => void;
  write(text: string): void;
  close(): void;
};

const localName = (name: string): string => name.slice(name.indexOf(":") + 1);
