/** `deno task screenshots FOLDER [NAME…]`: every page of a small shop in Chromium, narrow and wide, light and dark, as PNG files. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { openBrowser, withPage } from "@/tests/support/pages/browser.ts";
import { shownShop } from "@/tests/support/pages/shown_shop.ts";

type Picture = { path: string; before?: (page: Page) => Promise<void> };

async function type(page: Page): Promise<void> {
  await page.locator("#q").pressSequentially("lamp");
  await page.locator("#suggestions:not([hidden])").waitFor({ timeout: 5_000 }).catch(() => {});
  await page.keyboard.press("ArrowDown");
}

const PICTURES: Record<string, Picture> = {
  home: { path: "/" },
  search: { path: "/search?q=sea" },
  "search-filtered": { path: "/search?q=sea&subject=history&language=sv&sort=newest" },
  "search-menu": {
    path: "/search?q=sea",
    before: async (page) => await page.locator("details.menu summary").first().click(),
  },
  suggestions: { path: "/", before: type },
  relaxed: { path: "/search?q=lighthouse+zebra" },
  nothing: { path: "/search?q=xyzzyplugh" },
  catalogue: { path: "/search" },
  book: { path: "/books/lamp-1" },
  "book-long": { path: "/books/long" },
  "book-bare": { path: "/books/bare" },
  trends: { path: "/trends" },
  "trends-rising": { path: "/trends?order=rising&window=7d" },
  "my-books": { path: "/my-books" },
  kept: { path: "/my-books/kept" },
  missing: { path: "/books/none" },
};

const [folder, ...names] = Deno.args;
const unknown = names.filter((name) => !(name in PICTURES));
const known = Object.keys(PICTURES).join(", ");
if (folder === "--help") {
  console.log(
    `Usage: deno task screenshots FOLDER [NAME…]\n\nWrites pictures of pages: ${known}. All of them without a name.`,
  );
  Deno.exit(0);
}
if (folder === undefined || folder.startsWith("-") || unknown.length > 0) {
  const found = unknown.length > 0 ? `; found ${unknown.join(", ")}` : "";
  console.error(`wanted a folder, and after it any of ${known}${found}`);
  Deno.exit(1);
}
await Deno.mkdir(folder, { recursive: true });
const shop = await shownShop("viewer");
const browser = await openBrowser();
try {
  for (const width of [360, 1280]) {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const [name, { path, before }] of Object.entries(PICTURES)) {
        if (names.length > 0 && !names.includes(name)) continue;
        await withPage(browser, { ...shop, width, colorScheme }, async (page) => {
          await page.goto(path);
          await before?.(page);
          await page.screenshot({
            path: join(folder, `${name}-${width}-${colorScheme}.png`),
            fullPage: before === undefined,
          });
        });
      }
    }
  }
} finally {
  await browser.close();
  await shop.stop();
}
