import { existsSync } from "node:fs";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** Where Chromium is on this machine; undefined where it is not. */
export const chromiumPath = (): string | undefined => PLACES.find((path) => existsSync(path));
