import { importsOf, type SourceFile } from "./source_files.ts";

/** What may not import each other in a circle. `nameOf` says which one a file belongs to; undefined: to none. */
type Ring = {
  says: string;
  /** The least number of them, as circles of nothing are never found. */
  atLeast: number;
  nameOf(path: string): string | undefined;
  /** Files that make a circle. */
  breach: SourceFile[];
};

const OURS = /^(domain|application|adapters|services|tools)\//;
const named = (pattern: RegExp) => (path: string): string | undefined => pattern.exec(path)?.[0];

export const RINGS: Ring[] = [
  {
    says: "no two files import each other in a circle",
    atLeast: 200,
    nameOf: (path) => OURS.test(path) ? path : undefined,
    breach: [
      { path: "domain/loans/loan.ts", text: `import { due } from "./due.ts";` },
      { path: "domain/loans/due.ts", text: `import { late } from "./late.ts";` },
      { path: "domain/loans/late.ts", text: `import type { Loan } from "./loan.ts";` },
    ],
  },
  {
    says: "no rooms of a module, or of messaging, import each other in a circle",
    atLeast: 11,
    nameOf: named(/^application\/[a-z_]+\/[a-z_]+(?=\/)/),
    breach: [
      {
        path: "application/messaging/wire/codec.ts",
        text: `import type { Relay } from "@/application/messaging/outbox/relay.ts";`,
      },
      {
        path: "application/messaging/outbox/shards.ts",
        text: `import { keyName } from "@/application/messaging/wire/key_name.ts";`,
      },
    ],
  },
  {
    says: "no modules import each other in a circle",
    atLeast: 7,
    nameOf: named(/^application\/(?!messaging\/)[a-z_]+(?=\/)/),
    breach: [
      { path: "application/loans/lend.ts", text: `import { CATALOG } from "@/application/catalog/messages.ts";` },
      { path: "application/catalog/ports.ts", text: `import { LOANS } from "@/application/loans/messages.ts";` },
    ],
  },
  {
    says: "no folders within an adapter import each other in a circle",
    atLeast: 8,
    nameOf: named(/^adapters\/[a-z_]+\/[a-z_]+(?=\/)/),
    breach: [
      { path: "adapters/http/api/catalog/books.ts", text: `import { page } from "@/adapters/http/pages/layout.tsx";` },
      { path: "adapters/http/pages/layout.tsx", text: `import { cursorOf } from "@/adapters/http/api/cursor.ts";` },
    ],
  },
  {
    says: "no services, nor rooms of what they share, nor files beside them, import each other in a circle",
    atLeast: 12,
    nameOf: named(/^services\/(?:shared\/)?[^/]+/),
    breach: [
      { path: "services/settings.ts", text: `import { RETENTION } from "./retention.ts";` },
      { path: "services/retention.ts", text: `import type { Settings } from "./settings.ts";` },
    ],
  },
];

/** The circles among the files, each by its members and the imports between them. */
export function circlesOf({ nameOf }: Ring, files: SourceFile[]): string[] {
  const arrows = new Map<string, Map<string, string>>();
  for (const file of files) {
    const from = nameOf(file.path);
    if (from === undefined) continue;
    const targets = arrows.get(from) ?? new Map<string, string>();
    arrows.set(from, targets);
    for (const { to } of importsOf(file)) {
      const name = nameOf(to);
      if (name !== undefined && name !== from) targets.set(name, `${file.path} imports ${to}`);
    }
  }
  return grouped(arrows).map((members) =>
    members.flatMap((from) => members.flatMap((to) => arrows.get(from)!.get(to) ?? [])).join(", ")
  );
}

/** Names that the ring has among the files. */
export const namesIn = ({ nameOf }: Ring, files: SourceFile[]): Set<string> =>
  new Set(files.flatMap(({ path }) => nameOf(path) ?? []));

/** Those that reach each other, by twos and more (Tarjan, "Depth-first search and linear graph algorithms", 1972). */
function grouped(arrows: Map<string, Map<string, string>>): string[][] {
  const groups: string[][] = [];
  const found = new Map<string, { at: number; low: number }>();
  const open: string[] = [];
  const visit = (name: string): { at: number; low: number } => {
    const own = { at: found.size, low: found.size };
    found.set(name, own);
    open.push(name);
    for (const to of arrows.get(name)?.keys() ?? []) {
      const other = found.get(to);
      if (other === undefined) own.low = Math.min(own.low, visit(to).low);
      else if (open.includes(to)) own.low = Math.min(own.low, other.at);
    }
    if (own.low === own.at) {
      const members = open.splice(open.indexOf(name));
      if (members.length > 1) groups.push(members);
    }
    return own;
  };
  for (const name of arrows.keys()) if (!found.has(name)) visit(name);
  return groups;
}
