/** A word on a page, with the box of its ink: pixels from the top left corner of the picture it was read from. */
export type Word = { text: string; left: number; top: number; width: number; height: number };

/** What was read on a page, as it lies when it is turned: lines of words in the order of reading, and the size of the picture in pixels. */
export type PageText = { width: number; height: number; lines: Word[][] };
