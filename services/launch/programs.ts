/** A program that a task starts. Its path is relative to the folder of the project. */
export type Program = {
  file: string;
  /** The settings of the ports that it listens on. */
  ports?: readonly Port[];
  /** Whether it calls the other services over HTTP. */
  asksServices?: true;
  /** Whether it calls web over HTTP. */
  asksWeb?: true;
  /** Whether it reads or writes the files that its arguments name. */
  files?: "reads" | "writes";
  /** The options that name files to write. */
  outputs?: readonly string[];
};
type Port = "WEB_PORT" | "TREND_PORT" | "RECOMMENDATION_PORT";

/** Every program that runs with the settings of the suite, by the name of its task. */
export const PROGRAMS: Record<string, Program> = {
  "start": { file: "services/suite/main.ts", ports: ["WEB_PORT", "TREND_PORT", "RECOMMENDATION_PORT"] },
  "web": { file: "services/web/main.ts", ports: ["WEB_PORT"], asksServices: true },
  "trend": { file: "services/trend/main.ts", ports: ["TREND_PORT"] },
  "recommendation": { file: "services/recommendation/main.ts", ports: ["RECOMMENDATION_PORT"] },
  "import": { file: "services/cli/import/main.ts", files: "reads", outputs: ["rejects", "warnings"] },
  "export": { file: "services/cli/export.ts", files: "writes" },
  "remove-samples": { file: "services/suite/remove_samples.ts" },
  "dead-letters": { file: "services/cli/dead_letters/main.ts" },
  "rebuild": { file: "services/cli/rebuild/main.ts" },
  "tune": { file: "services/cli/tune/main.ts" },
  "simulate": { file: "services/cli/simulate/main.ts", asksWeb: true },
  "migrate": { file: "services/cli/migrate.ts" },
  "topics": { file: "services/cli/topics/main.ts" },
  "republish": { file: "services/cli/republish.ts" },
  "move": { file: "services/cli/move/main.ts" },
};
