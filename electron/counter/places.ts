/** A file to ask for: its proposed name, which says nothing of any person, and its kind; `*`: of any. */
export type FileAsked = { name: string; extension: string };

/**
 * How files leave and enter the desk: the person at the window chooses in the system's own dialog, shown by the main
 * process. The page only sets it off; it never names a path nor learns one. Null: they chose none.
 */
export type Places = {
  save(of: FileAsked): Promise<string | null>;
  open(of: FileAsked): Promise<string | null>;
};
