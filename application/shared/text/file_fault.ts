/** What the system says about a path, by its code, and what that means here. */
const MEANINGS: Record<string, string | { read: string; write: string }> = {
  ENOENT: { read: "it is not there", write: "its folder is not there: make that first" },
  ENOTDIR: "what its path has for a folder is a file",
  EISDIR: "it is a folder: wanted a file",
  EEXIST: "it is there already",
  EACCES: "this user has no right to it: look at the owner and the mode of it and of its folders",
  EPERM: "this user has no right to it: look at the owner and the mode of it and of its folders",
  EROFS: "its disk is mounted read-only",
  ENOSPC: "its disk is full",
  EDQUOT: "this user may store no more on its disk",
  EIO: "its disk fails",
  EMFILE: "this process may open no more files",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links go round in a circle",
};

/** Why a path cannot be read or written, in plain words with the system's code behind them. */
export function fileFault(error: unknown, act: "read" | "write"): string {
  const message = error instanceof Error ? error.message : String(error);
  // The runtime keeps programs out of the system's own folders, and out of what a task was not started for.
  if (/^Requires all access/.test(message)) {
    return "it is in a folder of the system itself, such as /proc, /sys or /dev";
  }
  if (/^Requires \w+ access/.test(message)) return "this task was started without the right to it";
  const code = codeOf(error);
  const means = MEANINGS[code ?? ""];
  return means === undefined ? message : `${typeof means === "string" ? means : means[act]} (${code})`;
}

function codeOf(error: unknown): string | undefined {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}
