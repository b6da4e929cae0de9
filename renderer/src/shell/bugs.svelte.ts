let ids = $state.raw<readonly string[]>([]);

/** Things that should never have happened, by the ids that lead to the log; shown until the person closes them. */
export const bugs = {
  get ids(): readonly string[] {
    return ids;
  },
  add(id: string): void {
    ids = [...ids, id].slice(-5);
  },
  clear(): void {
    ids = [];
  },
};
