import type { AppContext } from "@/adapters/http/base/app.ts";
import type { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { Layout } from "./layout.tsx";

/** Renders an error as a page. Returns undefined when a program sent the request. */
export async function errorPage(
  { status, message, extra }: HttpProblem,
  context: AppContext,
): Promise<Response | undefined> {
  if (context.req.path.startsWith("/v1/") || !/text\/html|\*\/\*/.test(context.req.header("accept") ?? "*/*")) {
    return undefined;
  }
  if (
    !/^\/($|search|books\/|trends|my-books)/.test(context.req.path) &&
    !(context.req.header("accept") ?? "").includes("text/html")
  ) return undefined;
  for (const [name, value] of Object.entries(extra.headers ?? {})) context.header(name, value);
  const said = sentence(extra.code === "bad-cursor" ? "the address of this page is broken or too old" : message);
  const page = (
    <Layout title={`${said.replace(/\.$/, "")} – Bookstream`}>
      <h1>{status === 404 ? "There is nothing here" : "That did not work"}</h1>
      <p class="empty">{status >= 500 ? "Something is not available at the moment. Please try again." : said}</p>
      <p>
        <a href="/">To the start</a>, or search above.
      </p>
    </Layout>
  );
  context.header("cache-control", "no-store");
  return context.html(`<!doctype html>${await page}`, status);
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
