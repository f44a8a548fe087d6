import type { Vote } from "@/domain/trend/vote.ts";
import type { Votes } from "@/application/trend/ports.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** How a database removes old votes. */
export type VoteAgeing = {
  purge(statements: Statements, version: number): Votes["purge"];
  /** Called with the new votes of a transaction before its commit. */
  noteStored(statements: Statements, votes: Vote[]): Promise<void>;
};
