/**
 * Runs a baseline in a process of its own: what the bench's process has loaded, patched and compiled before would change its
 * figures. It gets its options as JSON and prints its figures as one line of JSON.
 */
export async function runAlone<Figures>(script: string, options: object, permissions: string[]): Promise<Figures> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", ...permissions, `bench/${script}`, JSON.stringify(options)],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`bench/${script} failed: ${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout));
}
