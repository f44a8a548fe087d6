/** What strangers have met with so far. */
export type Count = {
  /** Connections that are open now, that were ever made, and attempts that came to nothing. */
  open: number;
  made: number;
  refused: number;
  /** How many answers had each status. */
  statuses: Record<string, number>;
  /** The first answer that the visitor had not hoped for. */
  odd?: string;
};

export interface Tally {
  noteOpening(): void;
  noteEnd(): void;
  noteRefusal(): void;
  noteStatus(status: number): void;
  count(): Count;
}

export function createTally(): Tally {
  const count: Count = { open: 0, made: 0, refused: 0, statuses: {} };
  return {
    noteOpening() {
      count.open++;
      count.made++;
    },
    noteEnd: () => void count.open--,
    noteRefusal: () => void count.refused++,
    noteStatus: (status) => void (count.statuses[status] = (count.statuses[status] ?? 0) + 1),
    count: () => count,
  };
}
