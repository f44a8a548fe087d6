import type { Vote } from "@/domain/trend/vote.ts";
import type { Votes } from "@/application/trend/ports.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** How a database removes votes by their age. */
export type VoteAgeing = {
  purge(statements: Statements, version: number): Votes["purge"];
  /** Is told of votes in the transaction that stores them. */
  noteStored(statements: Statements, votes: Vote[]): Promise<void>;
};
