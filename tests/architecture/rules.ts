import { type Import, importsOf, type SourceFile, withoutComments } from "./source_files.ts";

/**
 * A rule about the files that `about` matches: what they may import, or what they may not say. `breaches` are files that break
 * it, each in one place, to show that the rule sees them.
 *
 * A module is a folder of `domain` or `application`, whatever its name, so that a new one is judged without a word here. No module are
 * `application/messaging`, the engine under all of them, `application/shared` and the files at a layer's root, which know none.
 */
type Rule = {
  says: string;
  about: RegExp;
  /** The least number of files that it must be about; one that is about nothing always holds. */
  atLeast?: number;
  breaches: SourceFile[];
} & ({ mayImport: (path: string, imported: Import) => boolean } | { mayNotSay: RegExp });

const MODULE = /^application\/(?!(?:messaging|shared)\/)[a-z_]+\//;
const LAYER = /^(domain|application|adapters|services|tools|tests|bench)\//;

const folder = (path: string, depth: number): string => path.split("/").slice(0, depth).join("/");
const under = (path: string, ...folders: string[]): boolean => folders.some((one) => path.startsWith(`${one}/`));
const isRootFile = (path: string, layer: string): boolean => folder(path, 1) === layer && path.split("/").length === 2;
/** What every part of the application may use: the files at its root, and the folders of `application/shared`. */
const isSharedApplication = (path: string): boolean =>
  isRootFile(path, "application") || under(path, "application/shared");
const isPackage = (imported: string): boolean => !LAYER.test(imported);
/** What a module shows to others: its messages, and as a type its ports. */
const isShown = ({ to, typeOnly }: Import): boolean =>
  MODULE.test(to) && (/^[^/]+\/[^/]+\/messages\.ts$/.test(to) || typeOnly && /^[^/]+\/[^/]+\/ports\.ts$/.test(to));

const breach = (path: string, text: string): SourceFile => ({ path, text });

export const RULES: Rule[] = [
  {
    says: "domain imports only its own module and the plain values at the layer's root",
    about: /^domain\//,
    atLeast: 10,
    mayImport: (path, { to }) => isRootFile(to, "domain") || under(to, folder(path, 2)) && !isRootFile(path, "domain"),
    breaches: [
      breach("domain/trend/vote.ts", `import { createBook } from "@/domain/catalog/book.ts";`),
      breach("domain/loans/loan.ts", `import type { Book } from "../catalog/book.ts";`),
      breach("domain/text.ts", `import { createBook } from "./catalog/book.ts";`),
      breach("domain/trend/vote.ts", `import { z } from "zod";`),
    ],
  },
  {
    says: "domain has no clock, no chance, no I/O and nothing asynchronous",
    about: /^domain\//,
    mayNotSay: globals("Deno|async|await|Promise|queueMicrotask|AsyncGenerator"),
    breaches: [
      breach("domain/hours.ts", "export const now = () => Date.now();"),
      breach("domain/hours.ts", "const { now } = Date;"),
      breach("domain/loans/loan.ts", "export async function lend() {}"),
      breach("domain/text.ts", "const day = new Date().getDay();"),
    ],
  },
  {
    says: "application imports domain, application and zod, nothing else",
    about: /^application\//,
    atLeast: 20,
    mayImport: (_path, { to }) => to === "zod" || under(to, "domain", "application"),
    breaches: [
      breach("application/catalog/add_book.ts", `import { Hono } from "hono";`),
      breach("application/loans/lend.ts", `import { openWebStore } from "@/adapters/sqlite/stores/web_store.ts";`),
    ],
  },
  {
    says: "application has no Deno, no clock, no chance and no I/O of its own",
    about: /^application\//,
    mayNotSay: globals("Deno"),
    breaches: [
      breach("application/messaging/outbox/relay.ts", "const now = Date.now();"),
      breach("application/loans/lend.ts", `const env = Deno.env;`),
      breach("application/loans/lend.ts", `const { random } = Math;`),
      breach("application/loans/lend.ts", `const id = crypto.randomUUID();`),
    ],
  },
  {
    says:
      "files at application's root and in application/shared import no module, so that nobody reaches one through them",
    about: /^application\/(?:[^/]+\.ts$|shared\/)/,
    atLeast: 10,
    mayImport: (_path, { to }) => isPackage(to) || isSharedApplication(to) || isRootFile(to, "domain"),
    breaches: [
      breach("application/shared/stock/stock.ts", `import { addBook } from "@/application/catalog/add_book.ts";`),
      breach("application/stock.ts", `export { addBook } from "@/application/catalog/add_book.ts";`),
      breach("application/stock.ts", `import type { Books } from "./catalog/ports.ts";`),
      breach("application/stock.ts", `import type { Act } from "@/domain/activity/act.ts";`),
    ],
  },
  {
    says: "modules of the application meet only through messages.ts, ports and messaging",
    about: MODULE,
    atLeast: 20,
    mayImport: (path, imported) => {
      const { to } = imported;
      return !under(to, "application") || under(to, folder(path, 2), "application/messaging") ||
        isSharedApplication(to) || isShown(imported);
    },
    breaches: [
      breach("application/activity/record_act.ts", `import { addBook } from "@/application/catalog/add_book.ts";`),
      breach("application/loans/lend.ts", `import { addBook } from "@/application/catalog/add_book.ts";`),
      breach("application/storefront/panel.ts", `import { listBookTrends } from "../trend/list_trends.ts";`),
      breach("application/published/topics.ts", `const it = await import("@/application/trend/projection.ts");`),
      breach("application/moving/begin.ts", `import { Books } from "@/application/catalog/ports.ts";`),
    ],
  },
  {
    says: "a module's application imports no other module's domain",
    about: MODULE,
    mayImport: (path, { to }) =>
      !under(to, "domain") || isRootFile(to, "domain") || under(to, `domain/${path.split("/")[1]}`),
    breaches: [
      breach("application/trend/projection.ts", `import { createAct } from "@/domain/activity/act.ts";`),
      breach("application/loans/lend.ts", `import { createAct } from "@/domain/activity/act.ts";`),
    ],
  },
  {
    says: "messaging knows no module",
    about: /^application\/messaging\//,
    mayImport: (_path, { to }) =>
      isPackage(to) || under(to, "application/messaging") || isSharedApplication(to) || isRootFile(to, "domain"),
    breaches: [
      breach("application/messaging/commands/bus.ts", `import { CATALOG } from "@/application/catalog/messages.ts";`),
      breach("application/messaging/wire/codec.ts", `import type { Act } from "@/domain/activity/act.ts";`),
    ],
  },
  {
    says:
      "no adapter folder imports another (but sqlite and mysql what they share, sql), and none imports what is above",
    about: /^adapters\//,
    atLeast: 20,
    mayImport: (path, { to }) =>
      isPackage(to) || under(to, "domain", "application", folder(path, 2)) ||
      under(path, "adapters/sqlite", "adapters/mysql") && under(to, "adapters/sql"),
    breaches: [
      breach("adapters/http/web_api.ts", `import { openWebStore } from "@/adapters/sqlite/stores/web_store.ts";`),
      breach("adapters/sql/row.ts", `import { openWebStore } from "@/adapters/sqlite/stores/web_store.ts";`),
      breach("adapters/redis/log.ts", `import type { Settings } from "@/services/settings.ts";`),
    ],
  },
  {
    says: "adapters read no environment",
    about: /^adapters\//,
    mayNotSay: /\b(Deno\.env|process\.env|env \} = (Deno|process))\b/,
    breaches: [
      breach("adapters/sqlite/database.ts", `Deno.env.get("DATA_DIR");`),
      breach("adapters/redis/log.ts", `const { env } = process;`),
    ],
  },
  {
    says:
      "no service imports another, but all their settings and what is shared; suite, which starts all, and operator commands may",
    about: /^services\//,
    atLeast: 10,
    mayImport: (path, { to }) =>
      !under(to, "services") || isRootFile(to, "services") || under(to, "services/settings", "services/shared") ||
      !isRootFile(path, "services") && under(to, folder(path, 2)) ||
      under(path, "services/suite", "services/cli") && !under(to, "services/suite", "services/cli"),
    breaches: [
      breach("services/web/app.ts", `import { startTrend } from "@/services/trend/app.ts";`),
      breach("services/trend/app.ts", `import { openStores } from "@/services/cli/move/open_stores.ts";`),
      breach("services/retention.ts", `import { startTrend } from "./trend/app.ts";`),
    ],
  },
  {
    says: "the suite imports no tools, tests or benchmarks, and tools import no tests or benchmarks",
    about: /^(domain|application|adapters|services|tools)\//,
    mayImport: (path, { to }) => !under(to, "tests", "bench") && (under(path, "tools") || !under(to, "tools")),
    breaches: [
      breach("services/suite/main.ts", `import { startKafka } from "@/tools/servers/kafka.ts";`),
      breach("services/web/main.ts", `import { sample } from "@/tests/support/samples.ts";`),
      breach("tools/servers/main.ts", `import { post } from "@/bench/post.ts";`),
    ],
  },
  {
    says: "an import across folders begins with @/, so that its line names the layer",
    about: /^(domain|application|adapters|services|tools)\//,
    mayNotSay: /(?:from|import\()\s*"\.\.\//,
    breaches: [breach("domain/trend/vote.ts", `import { ok } from "../result.ts";`)],
  },
  {
    says: "no decorators, no any, no double casts",
    about: /^(domain|application|adapters|services|tools)\//,
    mayNotSay: /:\s*any\b|as any\b|as unknown as\b|<any>|^\s*@\w+/m,
    breaches: [
      breach("domain/result.ts", "const x: any = 1;"),
      breach("domain/result.ts", "const x = 1 as unknown as string;"),
      breach("services/web/app.ts", "  @injectable()\n  class Web {}"),
    ],
  },
  {
    says: "no object is spread only to stand in fewer lines",
    about: /^(?!tests\/architecture\/)/,
    mayNotSay: /(?<![\w"'`])\.\.\.\{/,
    breaches: [breach("services/web/app.ts", "start({ ...{ log, clock }, ids });")],
  },
];

/** The global things that neither domain nor application may use, and those that `also` names. Dates of a given time are plain values. */
function globals(also: string): RegExp {
  const things =
    "fetch|setTimeout|setInterval|crypto|console|performance|navigator|globalThis|localStorage|WebSocket|Worker";
  return new RegExp(
    String.raw`(?<![\w$.]|function )(?:(?:${also}|${things})\b(?!["':?]| process)|process\.` +
      String.raw`|Date\b(?!\.(?:parse|UTC)\(|\((?!\)))|Math\b(?!\.(?!random\b)))`,
  );
}

/** What the files do against the rule. */
export function breachesOf(rule: Rule, files: SourceFile[]): string[] {
  return files.flatMap((file) => {
    if ("mayNotSay" in rule) {
      const said = rule.mayNotSay.exec(withoutComments(file.text));
      return said === null ? [] : [`${file.path} says ${said[0].trim()}`];
    }
    const wrong = importsOf(file).filter((imported) => !rule.mayImport(file.path, imported));
    return wrong.map(({ to }) => `${file.path} imports ${to}`);
  });
}
