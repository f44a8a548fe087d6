import type { SourceFile } from "./source_files.ts";
import { dirname, join } from "node:path";

/**
 * A rule about the files that `about` matches: what they may import (paths from the root, or packages), or what they may
 * not say. `breach` is a file that breaks it, to show that the rule can see one.
 */
export type Rule = {
  says: string;
  about: RegExp;
  atLeast?: number;
  breach: SourceFile;
} & ({ mayImport: (path: string, imported: string) => boolean } | { mayNotSay: RegExp });

const folder = (path: string, depth: number): string => path.split("/").slice(0, depth).join("/");
const under = (imported: string, ...folders: string[]): boolean =>
  folders.some((one) => imported.startsWith(`${one}/`));
const isRootFile = (imported: string, layer: string): boolean =>
  imported.startsWith(`${layer}/`) && imported.split("/").length === 2;
const isPackage = (imported: string): boolean =>
  !/^(domain|application|adapters|services|tools|tests|bench)\//.test(imported);
const messages = /^application\/[a-z_]+\/messages\.ts$/;

export const RULES: Rule[] = [
  {
    says: "domain imports only its own module and the plain values at the layer's root",
    about: /^domain\//,
    atLeast: 10,
    mayImport: (path, imported) =>
      isRootFile(imported, "domain") || under(imported, folder(path, 2)) && !isRootFile(path, "domain"),
    breach: { path: "domain/trend/vote.ts", text: `import { createBook } from "@/domain/catalog/book.ts";` },
  },
  {
    says: "domain has no clock, no chance, no I/O and nothing asynchronous",
    about: /^domain\//,
    mayNotSay:
      /\b(Date\.now|new Date\(\)|Math\.random|Deno\b|async\b|await\b|Promise\b|fetch\(|setTimeout|crypto\b|console\b|process\b|performance\b)/,
    breach: { path: "domain/hours.ts", text: "export const now = () => Date.now();" },
  },
  {
    says: "application imports domain, application and zod, nothing else",
    about: /^application\//,
    atLeast: 20,
    mayImport: (_path, imported) => imported === "zod" || under(imported, "domain", "application"),
    breach: { path: "application/catalog/add_book.ts", text: `import { Hono } from "hono";` },
  },
  {
    says: "application has no Deno, no clock, no chance and no I/O of its own",
    about: /^application\//,
    mayNotSay:
      /\b(Date\.now|new Date\(\)|Math\.random|Deno\.|fetch\(|setTimeout|setInterval|crypto\.|console\.|process\.|performance\.)/,
    breach: { path: "application/messaging/outbox/relay.ts", text: "const now = Date.now();" },
  },
  {
    says: "modules of the application meet only through messages.ts, messaging and what a page shows",
    about: /^application\/(catalog|activity|trend|recommendation)\//,
    mayImport: (path, imported) =>
      !under(imported, "application") || under(imported, folder(path, 2), "application/messaging") ||
      isRootFile(imported, "application") ||
      messages.test(imported) || imported === "application/trend/messages.ts",
    breach: {
      path: "application/activity/record_act.ts",
      text: `import { addBook } from "@/application/catalog/add_book.ts";`,
    },
  },
  {
    says: "a module's application imports no other module's domain",
    about: /^application\/(catalog|activity|trend|recommendation)\//,
    mayImport: (path, imported) =>
      !under(imported, "domain") || isRootFile(imported, "domain") ||
      imported.startsWith(`domain/${path.split("/")[1]}/`),
    breach: { path: "application/trend/projection.ts", text: `import { createAct } from "@/domain/activity/act.ts";` },
  },
  {
    says: "messaging knows no module",
    about: /^application\/messaging\//,
    mayImport: (_path, imported) =>
      isPackage(imported) || under(imported, "application/messaging") || isRootFile(imported, "application") ||
      isRootFile(imported, "domain"),
    breach: {
      path: "application/messaging/commands/bus.ts",
      text: `import { CATALOG } from "@/application/catalog/messages.ts";`,
    },
  },
  {
    says: "no adapter folder imports another (but what the SQL stores share), and none imports a service",
    about: /^adapters\//,
    atLeast: 20,
    mayImport: (path, imported) =>
      isPackage(imported) || under(imported, "domain", "application", folder(path, 2)) ||
      under(path, "adapters/sqlite", "adapters/mysql") && under(imported, "adapters/sql"),
    breach: {
      path: "adapters/http/api/web_api.ts",
      text: `import { openWebStore } from "@/adapters/sqlite/web_store.ts";`,
    },
  },
  {
    says: "adapters read no environment",
    about: /^adapters\//,
    mayNotSay: /\b(Deno\.env|process\.env)\b/,
    breach: { path: "adapters/sqlite/database.ts", text: `Deno.env.get("DATA_DIR");` },
  },
  {
    says: "no service imports another, but suite may start all and cli may use what they are made of",
    about: /^services\//,
    mayImport: (path, imported) => {
      if (/^services\/(suite|cli|admin)\//.test(path)) return true;
      // The settings of the embedded default name the versions of the projections.
      if (isRootFile(path, "services")) return true;
      return !under(imported, "services") || isRootFile(imported, "services") || under(imported, folder(path, 2));
    },
    breach: { path: "services/web/app.ts", text: `import { startTrend } from "@/services/trend/app.ts";` },
  },
  {
    says: "the suite imports no tools, tests or benchmarks, and tools import no tests or benchmarks",
    about: /^(domain|application|adapters|services|tools)\//,
    mayImport: (path, imported) =>
      !under(imported, "tests", "bench") && (under(path, "tools") || !under(imported, "tools")),
    breach: { path: "services/suite/main.ts", text: `import { startKafka } from "@/tools/servers/kafka.ts";` },
  },
  {
    says: "an import across folders begins with @/, so that its line names the layer",
    about: /^(domain|application|adapters|services|tools)\//,
    mayNotSay: /(?:from|import\()\s*"\.\.\//,
    breach: { path: "domain/trend/vote.ts", text: `import { ok } from "../result.ts";` },
  },
  {
    says: "no decorators, no any, no double casts",
    about: /^(domain|application|adapters|services|tools)\//,
    mayNotSay: /:\s*any\b|as any\b|as unknown as\b|<any>/,
    breach: { path: "domain/result.ts", text: "const x: any = 1;" },
  },
];

const IMPORT = /(?:from|import|import\()\s*"([^"]+)"/g;

/** The imports or words of the files that break the rule. */
export function breaches(rule: Rule, files: SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    if ("mayNotSay" in rule) {
      const said = rule.mayNotSay.exec(withoutComments(text));
      return said === null ? [] : [`${path} says ${said[0]}`];
    }
    const imports = [...text.matchAll(IMPORT)].map((match) => resolved(path, match[1]!));
    return imports.filter((imported) => !rule.mayImport(path, imported)).map((imported) =>
      `${path} imports ${imported}`
    );
  });
}

/** An import as a path from the root, or the name of a package. */
function resolved(path: string, imported: string): string {
  if (imported.startsWith("@/")) return imported.slice(2);
  return imported.startsWith(".") ? join(dirname(path), imported) : imported;
}

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");
