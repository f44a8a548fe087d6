import { readFileSync } from "node:fs";

/** The style sheet of every page. */
export const STYLE = readFileSync(new URL("./style.css", import.meta.url), "utf8");

export const ICON =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#7a2e1d"/><path d="M7 8c4-2 7-1 9 1 2-2 5-3 9-1v15c-4-2-7-1-9 1-2-2-5-3-9-1z" fill="#fdf8ef"/></svg>`;
