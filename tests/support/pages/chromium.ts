import { existsSync } from "node:fs";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** The path of Chromium; undefined where it is not installed. */
export const chromiumPath = (): string | undefined => PLACES.find((path) => existsSync(path));
