/** A feed. Its times are in milliseconds. */
export type Feed = { self: string; page: string; title: string; updated: number; entries: Entry[] };
export type Entry = { link: string; title: string; authors: string[]; summary?: string | undefined; updated: number };

/** Characters that XML 1.0 cannot contain. */
const UNWRITABLE = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string): string => text.replace(UNWRITABLE, "").replace(/[&<>"']/g, (sign) => ESCAPES[sign]!);
const element = (name: string, text: string): string => `<${name}>${escaped(text)}</${name}>`;
const dateOf = (time: number): string => new Date(time).toISOString();

const entryOf = ({ link, title, authors, summary, updated }: Entry): string =>
  [
    "<entry>",
    element("id", link),
    element("title", title),
    element("updated", dateOf(updated)),
    ...authors.map((author) => `<author>${element("name", author)}</author>`),
    `<link rel="alternate" type="text/html" href="${escaped(link)}"/>`,
    ...(summary === undefined ? [] : [element("summary", summary)]),
    "</entry>",
  ].join("");

/** Renders a feed as Atom (RFC 4287). An entry without authors has the feed's. */
export const atomOf = ({ self, page, title, updated, entries }: Feed): string =>
  [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    element("id", self),
    element("title", title),
    element("updated", dateOf(updated)),
    "<author><name>Bookstream</name></author>",
    `<link rel="self" type="application/atom+xml" href="${escaped(self)}"/>`,
    `<link rel="alternate" type="text/html" href="${escaped(page)}"/>`,
    ...entries.map(entryOf),
    "</feed>",
    "",
  ].join("\n");
