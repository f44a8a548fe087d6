import project from "@/deno.json" with { type: "json" };

/** The project's version. */
export const { version } = project;
