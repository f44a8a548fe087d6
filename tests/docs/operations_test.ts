import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { parse } from "yaml";
import { settingsSchema } from "@/services/settings/settings.ts";
import { sourceFiles } from "@/tests/architecture/source_files.ts";
import { differences, PAGES, quoted, rows, section, text } from "./pages.ts";

const sources = (await sourceFiles()).filter(({ path }) => /^(domain|application|adapters|services)\//.test(path));

/** A call that writes a log line: its level, and its event where that is written out. Not the console, which is for people. */
const LOGGED = /(?<!console)\.(debug|info|warn|error)\(\s*(?:"([^"]*)"|(?=[^)\s]))/g;

describe("the pages for operators", () => {
  it("docs/troubleshoot.md says what each log line means, and of no other", () => {
    const page = "docs/troubleshoot.md";
    const lines = sources.flatMap(({ path, text }) =>
      [...text.matchAll(LOGGED)].map(([, level, event]) => ({ path, line: `${event} (${level})`, event }))
    );
    expect(lines.length).toBeGreaterThan(15);
    // An event has to be written out where it is logged, so that it can be looked up.
    const hidden = lines.filter(({ event }) => event === undefined).map(({ path }) =>
      `${path} logs an event whose name is not written out there`
    );
    expect(hidden).toEqual([]);
    const table = rows(section(page, "## Log lines"));
    const named = table.map(([event, level]) => `${quoted(event!)[0]} (${level})`);
    const code = { in: "the code", names: lines.map(({ line }) => line) };
    expect(differences(code, { in: `the table of log lines in ${page}`, names: named })).toEqual([]);
    expect(named).toEqual([...named].sort());
    for (const [event, , means, act] of table) expect([event, means !== "" && act !== ""]).toEqual([event, true]);
  });

  it("name only containers that there are", () => {
    const { services } = parse(text("compose.yaml"), { merge: true }) as { services: Record<string, unknown> };
    const named = PAGES.flatMap((page) =>
      [
        ...text(page).matchAll(
          /docker compose (?:exec|run|stop|restart|logs|up)((?: +(?:--?[a-z-]+|"[^"]*"|[a-z]+|-v "[^"]*"))+)/g,
        ),
      ]
        .flatMap(([line, words]) => {
          const services = words!.replaceAll(/-v "[^"]*"/g, "").trim().split(/ +/).filter((word) =>
            /^[a-z]+$/.test(word)
          );
          // Behind `exec` and `run` comes what is done in the container.
          return (/ (exec|run) /.test(line) ? services.slice(0, 1) : services).map((service) => `${page}: ${service}`);
        })
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((one) => services[one.split(": ")[1]!] === undefined)).toEqual([]);
  });

  it("docs/configure.md names every setting and no other", () => {
    const page = "docs/configure.md";
    const named = rows(section(page, "## Settings")).flatMap(([, settings]) => quoted(settings!));
    const code = { in: "services/settings/settings.ts", names: Object.keys(settingsSchema.shape) };
    expect(differences(code, { in: `the table of settings in ${page}`, names: named })).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
  });

  it("docs/run.md names every role, and says where there is none", () => {
    const page = "docs/run.md";
    const table = rows(section(page, "## Roles"));
    const code = { in: "services/settings/settings.ts", names: settingsSchema.shape.ROLE.unwrap().options };
    const named = table.map(([role]) => quoted(role!)[0]!);
    expect(differences(code, { in: `the table of roles in ${page}`, names: named })).toEqual([]);
    for (const [at, service] of ["web", "trend", "recommendation"].entries()) {
      for (const [role, ...does] of table) {
        const refused = text(`services/${service}/main.ts`).includes(`ROLE=${quoted(role!)[0]}: `);
        expect([service, role, does[at] === "–"]).toEqual([service, role, refused]);
      }
    }
  });

  it("docs/backup.md names every file of the data folder and no other", () => {
    const page = "docs/backup.md";
    const files = sources.filter(({ path }) => /^services\/(?!admin\/)/.test(path)).flatMap(({ text }) =>
      [...text.matchAll(/(?:\bpath\("|\bjoin\((?:folder|dataFolder\(DATA_DIR\)), "|\bresolve\(DATA_DIR, ")([^"]+)"/g)]
        .map((match) => match[1]!)
    );
    expect(files.length).toBeGreaterThan(5);
    const named = rows(section(page, "## Data")).flatMap(([file]) => quoted(file!));
    const code = { in: "the code", names: [...files, "log_groups.db", "wake"] };
    expect(differences(code, { in: `the table of files in ${page}`, names: named })).toEqual([]);
  });

  it("docs/troubleshoot.md says what to do about each reason for a dead letter, and about no other", () => {
    const page = "docs/troubleshoot.md";
    const union = /reason: ("[^;]+");/.exec(text("application/messaging/consuming/ports.ts"))?.[1] ?? "";
    const reasons = [...union.matchAll(/"([^"]+)"/g)].map((match) => match[1]!);
    expect(reasons.length).toBeGreaterThan(3);
    const named = rows(section(page, "## Dead letters")).map(([reason]) => quoted(reason!)[0]!);
    const code = { in: "application/messaging/consuming/ports.ts", names: reasons };
    expect(differences(code, { in: `the table of dead letters in ${page}`, names: named })).toEqual([]);
  });

  it("docs/monitor.md names only parts of readiness that a service has", () => {
    const page = "docs/monitor.md";
    const apps = ["web/app.ts", "projection_service.ts", "projection_consumer.ts"].map((path) =>
      text(`services/${path}`)
    ).join();
    const table = rows(section(page, "### Parts"));
    expect(table.length).toBeGreaterThan(2);
    for (const [part] of table) expect(apps).toMatch(new RegExp(`\\b${quoted(part!)[0]}: `));
  });
});
