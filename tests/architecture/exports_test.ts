import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { unusedExports } from "./exports.ts";
import { sourceFiles } from "./source_files.ts";

describe("exports", () => {
  it("are imported by somebody: what only its own file uses is not exported", async () => {
    const files = await sourceFiles();
    expect(files.length).toBeGreaterThan(400);
    expect(unusedExports(files)).toEqual([]);
  });

  it("that nobody imports are noticed", () => {
    const loan = {
      path: "domain/loans/loan.ts",
      text:
        `export const DAYS = 30;\nexport type Loan = { days: number };\nexport async function lend() {}\nconst due = 1;\n` +
        `export { due };\n// export const old = 1;\n`,
    };
    const of = (text: string) => unusedExports([loan, { path: "domain/loans/lend.ts", text }]);
    const all = ["DAYS", "Loan", "lend", "due"].map((name) => `${loan.path}: ${name}`);
    expect(of("")).toEqual(all);
    expect(of(`import { DAYS, type Loan as It } from "./loan.ts";`)).toEqual(all.slice(2));
    expect(of(`import {\n  DAYS,\n  lend,\n} from "@/domain/loans/loan.ts";\nexport type { Loan } from "./loan.ts";`))
      .toEqual([`${loan.path}: due`, "domain/loans/lend.ts: Loan"]);
    for (const whole of [`import * as all from "./loan.ts";`, `const all = await import("./loan.ts");`]) {
      expect(of(whole)).toEqual([]);
    }
  });
});
