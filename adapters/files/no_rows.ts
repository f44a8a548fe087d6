/** Files that people send though they are no lists of books, and what they can do instead. */

const UNPACK = "unpack it, and import the file in it";
/** First bytes, as Latin-1. */
const SIGNATURES: [start: string, what: string][] = [
  ["PK\x03\x04", "a workbook (XLSX, ODS) or another ZIP archive: save the sheet as CSV (UTF-8), and import that"],
  ["PK\x05\x06", "a ZIP archive without files"],
  ["\xd0\xcf\x11\xe0", "an old workbook (XLS) or document (DOC): save the sheet or table as CSV, and import that"],
  ["{\\rtf", "a document (RTF), which has no rows to import"],
  ["%PDF", "a PDF file, which has no rows to import"],
  ["7z\xbc\xaf", `a 7z archive: ${UNPACK}`],
  ["Rar!", `a RAR archive: ${UNPACK}`],
  ["BZh", `packed by bzip2: ${UNPACK}`],
  ["\xfd7zXZ", `packed by xz: ${UNPACK}`],
  ["\x28\xb5\x2f\xfd", `packed by Zstandard: ${UNPACK}`],
  ["SQLite format 3", "a SQLite database: export its table of books as CSV, and import that"],
  ["PAR1", "a Parquet file: export it as CSV or JSON Lines, and import that"],
  ["\x89PNG", "a picture (PNG), which has no rows to import"],
  ["\xff\xd8\xff", "a picture (JPEG), which has no rows to import"],
  ["GIF8", "a picture (GIF), which has no rows to import"],
  ["\xff\xfe\0\0", "in UTF-32: save it as UTF-8, and import that"],
  ["\0\0\xfe\xff", "in UTF-32: save it as UTF-8, and import that"],
];
/** A tar archive says so behind the name of its first file. */
const TAR = { at: 257, signature: "ustar" };

/** Throws what a file is by its first bytes, where it is none with rows. */
export function refuseKnown(head: Uint8Array): void {
  const text = Buffer.from(head.subarray(0, 512)).toString("latin1");
  const known = SIGNATURES.find(([start]) => text.startsWith(start));
  if (known !== undefined) throw new Error(`this is ${known[1]}`);
  if (text.startsWith(TAR.signature, TAR.at)) throw new Error(`this is a tar archive: ${UNPACK}`);
}

const TEXTS: [start: RegExp, what: string][] = [
  [/^(?:%.*\n\s*)*@\w+\s*\{/, "BibTeX"],
  [/^TY {2}- /, "RIS"],
  [/^PMID ?- /, "a list of PubMed"],
  [/^%[0A-Z] \S/, "a list of EndNote"],
  [/^=LDR\s/, "MARC as text (MARCMaker)"],
  [
    /^(?:(?:--|\/\*).*\n\s*)*(?:CREATE (?:TABLE|DATABASE)|INSERT INTO|DROP TABLE|SET \w+ ?=|BEGIN(?: TRANSACTION)?;|PRAGMA )/i,
    "SQL",
  ],
  [/^(?:---\s+)?- +\w+:\s/, "YAML"],
  [/^(?:Return-Path|Received|Delivered-To|MIME-Version|Message-ID): |^From: .*@/i, "an e-mail"],
];

/** Throws what a text is, where it has books in a form that is not read. */
export function refuseText(text: string): void {
  const known = TEXTS.find(([start]) => start.test(text));
  if (known !== undefined) throw new Error(`this is ${known[1]}, ${WANTED}`);
  if (/^[[{]/.test(text) && /"leader"\s*:\s*"[\d ]{5}/.test(text) && /"fields"\s*:\s*\[/.test(text)) {
    throw new Error(`this is MARC as JSON, ${WANTED}`);
  }
  if (!text.startsWith("<")) return;
  if (/^<(?:!doctype\s+html|html|head|body|meta|table|div|p)\b/i.test(text)) {
    throw new Error(`this is a web page (HTML), ${WANTED}`);
  }
  const root = /<((?:[\w-]+:)?([\w-]+))/.exec(text.replace(/<!--[\s\S]*?-->/g, ""));
  const isMarc = /<(?:\w+:)?(?:controlfield|datafield)\b/.test(text) ||
    /^(?:collection|record|OAI-PMH)$/.test(root?.[2] ?? "");
  if (!isMarc) throw new Error(`this is XML of <${root?.[1] ?? "?"}>, not MARCXML, ${WANTED}`);
}
/** Throws where the first line has signs that no header has, but for a delimiter that was named. */
export function refuseSigns(start: string, delimiter = ""): void {
  const text = delimiter === "" ? start : start.replaceAll(delimiter, "");
  // deno-lint-ignore no-control-regex
  const sign = /^[^\r\n]*?([\0-\x08\x0e-\x1f])/.exec(text)?.[1]?.charCodeAt(0);
  if (sign === undefined) return;
  const found = `U+${sign.toString(16).toUpperCase().padStart(4, "0")}`;
  throw new Error(`this is no text: found ${found} in its first line, wanted CSV, JSON, MARC 21 or MARCXML`);
}

const WANTED = "which is not read: export it as CSV, JSON or MARC 21, and import that";
