import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { fileFault } from "@/application/shared/text/file_fault.ts";

const fault = (code: string) => Object.assign(new Error(`${code}: words of the system, open '/x'`), { code });

describe("fileFault()", () => {
  it("says what a code of the system means, for reading and for writing", () => {
    expect(fileFault(fault("ENOENT"), "read")).toBe("it is not there (ENOENT)");
    expect(fileFault(fault("ENOENT"), "write")).toBe("its folder is not there: make that first (ENOENT)");
    for (const code of ["EACCES", "EROFS", "ENOSPC", "EISDIR", "ENOTDIR"]) {
      expect(fileFault(fault(code), "write")).toMatch(new RegExp(`^[a-z][^']+ \\(${code}\\)$`));
    }
  });

  it("says what a right that the runtime misses means, and nothing of its own options", () => {
    const [system, task] = ["all", "write"].map((kind) => `Requires ${kind} access to "/x", run again with a flag`);
    expect(fileFault(new Error(system), "write")).toContain("a folder of the system itself");
    expect(fileFault(new Error(task), "write")).toContain("without the right to it");
  });

  it("leaves other faults as they are", () => {
    expect(fileFault(new Error("it is a folder"), "read")).toBe("it is a folder");
    expect(fileFault(fault("EODD"), "read")).toContain("words of the system");
  });
});
