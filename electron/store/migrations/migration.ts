/** One additive step of the schema. Once released, neither number nor name nor SQL ever changes again. */
export type Migration = { version: number; name: string; sql: string };
