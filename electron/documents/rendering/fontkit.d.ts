/** What is used of fontkit, which pdfkit sets its text with; it has no types of its own. */
declare module 'fontkit' {
  export type Font = {
    readonly unitsPerEm: number;
    layout(text: string): { readonly bbox: { minY: number; maxY: number } };
  };
  export function create(bytes: Uint8Array): Font;
}

/** pdfkit takes a font that is open already; its types do not know. */
declare namespace PDFKit.Mixins {
  interface PDFFont {
    font(font: import('fontkit').Font): this;
    registerFont(name: string, font: import('fontkit').Font): this;
  }
  interface TextOptions {
    /** Per cent of a glyph's own width. */
    horizontalScaling?: number;
  }
}
