import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumPath } from "./chromium.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

type Viewport = { width: number; colorScheme: "light" | "dark"; script?: boolean; bypassesPolicy?: boolean };

/** Chromium without a window. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error("there is no Chromium on this machine");
  return await chromium.launch({ executablePath, args: FLAGS });
}

/** A page of a shop as one of its readers sees it; it is closed when the work is done. */
export async function withPage<T>(
  browser: Browser,
  { url, cookie, width, colorScheme, script = true, bypassesPolicy = true }: Viewport & { url: string; cookie: string },
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height: 900 },
    colorScheme,
    javaScriptEnabled: script,
    // The policy of the page would forbid the injected axe.
    bypassCSP: bypassesPolicy,
    reducedMotion: "reduce",
  });
  try {
    await context.addCookies([{ name: "reader", value: cookie, url }]);
    return await work(await context.newPage());
  } finally {
    await context.close();
  }
}
