import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { openBrowser, withPage } from "@/tests/support/pages/browser.ts";
import { chromiumPath } from "@/tests/support/pages/chromium.ts";
import { shownShop } from "@/tests/support/pages/shown_shop.ts";

const PATHS = [
  "/",
  "/search?q=sea&subject=history&language=sv&sort=newest",
  "/search?q=lighthouse+zebra",
  "/search?q=xyzzyplugh",
  "/search",
  "/books/lamp-1",
  "/books/long",
  "/trends",
  "/trends?order=rising&window=7d",
  "/my-books",
  "/my-books/kept",
  "/books/none",
];
const WIDTHS = [360, 768, 1280];
const SCHEMES = ["light", "dark"] as const;

describe("the pages in Chromium", { skip: chromiumPath() === undefined && "there is no Chromium here" }, () => {
  let shop: Awaited<ReturnType<typeof shownShop>>;
  let browser: Browser;
  before(async () => {
    shop = await shownShop("viewer");
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await shop?.stop();
  });
  const open = <T>(work: (page: Page) => Promise<T>, look: Partial<Parameters<typeof withPage>[1]> = {}) =>
    withPage(browser, { ...shop, width: 1280, colorScheme: "light", ...look }, work);

  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      it(`at ${width} px, ${colorScheme}: axe finds nothing, nothing is wider than the window, nothing moves`, async () => {
        await open(async (page) => {
          for (const path of PATHS) {
            await page.goto(path);
            expect([path, await violations(page)]).toEqual([path, []]);
            expect([path, await page.evaluate("document.documentElement.scrollWidth")]).toEqual([path, width]);
            expect([path, await page.evaluate(LAYOUT_SHIFT)]).toEqual([path, 0]);
          }
        }, { width, colorScheme });
      });
    }
  }

  it("the policy of the pages forbids nothing that they need, and nothing fails", async () => {
    await open(async (page) => {
      const faults: string[] = [];
      page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
      page.on("pageerror", ({ message }) => faults.push(message));
      for (const path of PATHS.filter((path) => path !== "/books/none")) await page.goto(path);
      await page.keyboard.press("/");
      await page.keyboard.type("lamp");
      await page.locator("#suggestions li").first().waitFor();
      expect(faults).toEqual([]);
    }, { bypassesPolicy: false });
  });

  it("at 1280 px covers and rules keep to the column of text, and none is cut", async () => {
    await open(async (page) => {
      await page.goto("/");
      const { left, right } = await edgesOf(page, "main h1");
      const footer = await edgesOf(page, "footer");
      expect([footer.left, footer.right]).toEqual([left, right]);
      const shelf = await edgesOf(page, ".shelf");
      const covers = await page.locator(".shelf").first().locator(".cover").all();
      const ends = await Promise.all(covers.map(async (cover) => (await cover.boundingBox())!));
      const shown = ends.filter(({ x }) => x < shelf.right).map(({ x, width }) => Math.round(x + width));
      expect(ends[0]!.x).toBe(left);
      expect([covers.length > shown.length, shown.length, shown.at(-1)]).toEqual([true, 6, right]);
    });
  });

  it("chips stand clear of the rule below them", async () => {
    await open(async (page) => {
      for (const [path, chip] of [["/trends", ".tabs a"], ["/search?q=sea", "summary"]] as const) {
        await page.goto(path);
        const { y, height } = (await page.locator(`.filters ${chip}`).last().boundingBox())!;
        const filters = (await page.locator(".filters").boundingBox())!;
        expect([path, filters.y + filters.height - (y + height) >= 16]).toEqual([path, true]);
      }
    });
  });

  it("the shop's name stands in one line on the narrowest window", async () => {
    await open(async (page) => {
      await page.goto("/trends");
      // As high as one line (2.5rem).
      expect((await page.locator(".brand").boundingBox())!.height).toBe(40);
    }, { width: 320 });
  });

  it("a book is found with the keyboard alone: / to the field, arrows through suggestions, Escape, Enter", async () => {
    await open(async (page) => {
      const field = page.locator("#q");
      await page.goto("/trends");
      await page.keyboard.press("/");
      expect(await field.evaluate((element) => element.matches(":focus"))).toBe(true);
      await page.keyboard.type("second l");
      await page.getByRole("option").first().waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await field.getAttribute("aria-expanded")).toBe("true");
      await page.keyboard.press("ArrowDown");
      expect(await page.locator("[role=option][aria-selected=true]").getAttribute("id")).toBe(
        await field.getAttribute("aria-activedescendant"),
      );
      expect(await field.inputValue()).toBe("The Second Lamp");
      await page.keyboard.press("Escape");
      expect([await field.inputValue(), await field.getAttribute("aria-expanded")]).toEqual(["second l", "false"]);
      await page.keyboard.press("ArrowDown");
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowDown");
      expect(await field.inputValue()).toBe("second l");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/books/lamp-2");
      await page.keyboard.press("/");
      await page.keyboard.type("sea");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/search?q=sea");
    });
  });

  it("a press on Want to read is kept without a new page, and is still there after one", async () => {
    await open(async (page) => {
      await page.goto("/search?q=sea");
      await page.evaluate("globalThis.sameDocument = true");
      const button = page.getByRole("button", { name: "Want to read Tides of the North Sea" });
      await button.focus();
      await page.keyboard.press("Enter");
      await page.locator("#book-sea-0 [aria-pressed=true]").waitFor();
      expect(await page.evaluate("sameDocument")).toBe(true);
      await page.goto("/my-books");
      expect(await page.locator("#book-sea-0").count()).toBe(1);
    });
  });

  it("without script a search, its menus, Want to read and stars work as links and forms", async () => {
    await open(async (page) => {
      await page.goto("/");
      await page.fill("#q", "harbours");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/search?q=harbours");
      await page.getByText("Best match").first().click();
      await page.getByRole("link", { name: "Oldest first" }).click();
      await page.waitForURL("**/search?q=harbours&sort=oldest");
      const want = page.getByRole("button", { name: "Want to read Harbours of the Grey Sea" }).first();
      await want.click();
      await page.waitForURL("**/search?q=harbours&sort=oldest#book-sea-1");
      expect(await want.getAttribute("aria-pressed")).toBe("true");
      await want.click();
      expect(await want.getAttribute("aria-pressed")).toBe("false");
      await page.locator("#book-sea-1 a.title").click();
      await page.getByRole("button", { name: "4 of 5" }).click();
      expect(await page.getByRole("button", { name: "4 of 5" }).getAttribute("aria-pressed")).toBe("true");
    }, { script: false });
  });

  it("the list of trends follows what happens, and stands still while the reader is in it", async () => {
    await open(async (page) => {
      await page.goto("/trends");
      const first = page.locator("#trending-books ~ ol > li").first();
      const before = await first.getAttribute("id");
      const acts = (book: string) =>
        Promise.all(
          Array.from({ length: 12 }, (_, at) => shop.act({ type: "rated", reader: `${book}-${at}`, book, rating: 5 })),
        );
      const button = first.getByRole("button", { name: "Have read" });
      await button.focus();
      await acts("sea-7");
      // Longer than a change takes to be shown.
      await page.waitForTimeout(6_000);
      expect(await first.getAttribute("id")).toBe(before);
      expect(await button.evaluate((element) => element.matches(":focus"))).toBe(true);
      await page.locator("#q").focus();
      await page.locator("#trending-books ~ ol > li#book-sea-7:first-child").waitFor();
      expect(await page.locator("#q").evaluate((element) => element.matches(":focus"))).toBe(true);
    });
  });

  it("a menu closes by Escape, which leaves the focus on it", async () => {
    await open(async (page) => {
      await page.goto("/search?q=sea");
      const summary = page.locator("summary").first();
      await summary.focus();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      expect(await page.locator("details[open]").count()).toBe(1);
      await page.keyboard.press("Escape");
      expect(await page.locator("details[open]").count()).toBe(0);
      expect(await summary.evaluate((element) => element.matches(":focus"))).toBe(true);
    });
  });
});

/** Where the first element starts and ends. */
async function edgesOf(page: Page, selector: string) {
  const { x, width } = (await page.locator(selector).first().boundingBox())!;
  return { left: Math.round(x), right: Math.round(x + width) };
}

/** The sum of all layout shifts since the page was opened. */
const LAYOUT_SHIFT = `new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => sum += entry.value))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 100);
})`;

/** What axe finds: the rule and the first element that breaks it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  type Rules = { id: string; nodes: { html: string }[] }[];
  const { violations: found, passes } = await page.evaluate<{ violations: Rules; passes: Rules }>(
    "axe.run().then(({ violations, passes }) => ({ violations, passes }))",
  );
  // A run that looks at nothing would find nothing.
  expect(passes.length).toBeGreaterThan(15);
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
