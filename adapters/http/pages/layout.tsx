import type { Child } from "hono/jsx";
import { SCRIPT, STYLE } from "./assets.ts";

/** `path`: the page's path, when the page is in the menu. */
type Props = { title: string; query?: string; path?: string; children?: Child };

const MENU = [["/trends", "Trends"], ["/my-books", "My books"]] as const;

/** The frame of every page. */
export const Layout = ({ title, query = "", path, children }: Props) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title}</title>
      <link rel="stylesheet" href={STYLE.url} />
      <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
      <link rel="alternate" type="application/atom+xml" title="Trending books" href="/feeds/trends.atom" />
      <link rel="alternate" type="application/atom+xml" title="New books" href="/feeds/new.atom" />
      {/* Nothing is shown before the whole page is there, so that nothing moves; pages are small. */}
      <link rel="expect" href="#end" blocking="render" />
      <script src={SCRIPT.url} type="module"></script>
    </head>
    <body>
      <a class="skip" href="#content">Skip to the content</a>
      <header>
        <div class="bar">
          <a class="brand" href="/">Bookstream</a>
          <form class="find" action="/search" method="get" role="search">
            <label class="hidden" for="q">Search books</label>
            <input
              id="q"
              name="q"
              type="search"
              value={query}
              maxlength={200}
              autocomplete="off"
              placeholder="Title, author or ISBN"
            />
            <button type="submit">Search</button>
          </form>
          <nav aria-label="Main">
            {MENU.map(([to, text]) => <a href={to} aria-current={to === path ? "page" : undefined}>{text}</a>)}
          </nav>
        </div>
      </header>
      <main id="content" tabindex={-1}>{children}</main>
      <footer id="end">
        <p>
          Every list here is made from what readers search for, look at and keep.{" "}
          <a href="/my-books/kept">What is kept about me</a>
        </p>
        <p>
          Feeds: <a href="/feeds/trends.atom">trending books</a>, <a href="/feeds/new.atom">new books</a>
        </p>
      </footer>
    </body>
  </html>
);
