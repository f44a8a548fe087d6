import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A file that pages load. Its URL has a hash of its content, so that browsers may cache it forever. */
type Asset = { url: string; text: string; type: string };

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

function asset(name: string, text: string, type: string): Asset {
  const hash = createHash("sha256").update(text).digest("base64url").slice(0, 10);
  return { url: `/assets/${name.replace(".", `.${hash}.`)}`, text, type };
}

export const STYLE = asset("style.css", read("./style.css"), "text/css; charset=utf-8");

const PARTS = ["suggestions", "acts", "menus", "live"];
/** The script of every page: independent scripts, concatenated. */
export const SCRIPT = asset(
  "page.js",
  PARTS.map((part) => `{\n${read(`./browser/${part}.js`)}}\n`).join(""),
  "text/javascript; charset=utf-8",
);

export const ICON =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#7a2e1d"/><path d="M7 8c4-2 7-1 9 1 2-2 5-3 9-1v15c-4-2-7-1-9 1-2-2-5-3-9-1z" fill="#fdf8ef"/></svg>`;
