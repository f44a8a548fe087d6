import type { Child } from "hono/jsx";

/** The frame of every page. */
export const Layout = ({ title, query, children }: { title: string; query?: string; children?: Child }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{title}</title>
      <link rel="stylesheet" href="/assets/style.css" />
      <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
    </head>
    <body>
      <a class="skip" href="#content">Skip to the content</a>
      <header>
        <a class="brand" href="/">Bookstream</a>
        <form action="/search" method="get" role="search">
          <label for="q">Search books</label>
          <input
            id="q"
            name="q"
            type="search"
            value={query ?? ""}
            maxlength={200}
            placeholder="Title, author, subject or ISBN"
          />
          <button type="submit">Search</button>
        </form>
        <nav aria-label="Main">
          <a href="/trends">Trends</a>
        </nav>
      </header>
      <main id="content">{children}</main>
    </body>
  </html>
);
