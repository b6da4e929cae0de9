/** What is used of Tesseract's API as WebAssembly (tesseract/baseapi.h); the package has no types. */
declare module 'tesseract.js-core/tesseract-core-simd-lstm.js' {
  export type Recognizer = {
    /** 0: ready. */
    Init(folder: string, language: string, engine: number): number;
    SetVariable(name: string, value: string): boolean;
    SetPageSegMode(mode: number): void;
    /** Takes the picture in /input. 0: taken. */
    SetImageFile(exif: number, angle: number): number;
    /** 0: done. */
    Recognize(monitor: null): number;
    GetTSVText(page: number): string;
    /** Lets go of the picture and of what was read. */
    Clear(): void;
  };
  export type Core = {
    FS: { writeFile(path: string, bytes: Uint8Array): void; unlink(path: string): void };
    TessBaseAPI: new () => Recognizer;
  };
  export default function load(options: {
    wasmBinary: Uint8Array;
    /** Told how far it is. */
    TesseractProgress(percent: number): void;
    print(line: string): void;
    printErr(line: string): void;
  }): Promise<Core>;
}
