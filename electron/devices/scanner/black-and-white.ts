import sharp from 'sharp';

/**
 * Makes a 1-bit PNG of a grey page, for devices without a black-and-white mode of their own. The threshold lies above
 * the middle so that pencil and pale stamps stay visible.
 */
export const blackAndWhite = async (png: Uint8Array, dpi: number): Promise<Uint8Array> =>
  sharp(png)
    .greyscale()
    .threshold(160)
    .withMetadata({ density: dpi })
    .png({ palette: true, colours: 2, dither: 0 })
    .toBuffer();
