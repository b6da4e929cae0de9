import { z } from 'zod';

const rectangle = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const windowState = z.object({ bounds: rectangle, maximised: z.boolean() });

/** Where the window stands. Pixels independent of the display's scale. */
export type Rectangle = z.output<typeof rectangle>;
export type WindowState = z.output<typeof windowState>;

export const smallest = { width: 1280, height: 720 };
const usual = { width: 1280, height: 800 };
/** So much of the title bar must lie on a display that a hand can take it. */
const grip = { width: 160, height: 40 };

/** A stored state, or null when the file says nothing usable. */
export const parseWindowState = (text: string): WindowState | null => {
  try {
    return windowState.parse(JSON.parse(text));
  } catch {
    return null;
  }
};

const overlap = (from: number, length: number, otherFrom: number, otherLength: number): number =>
  Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom);

const within = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));

/**
 * Bounds for a new window: the stored ones when their title bar still lies on a display, else the usual size in the
 * middle of the first display (`workAreas[0]`). Never larger than the display it stands on.
 */
export const placeWindow = (
  stored: WindowState | null,
  workAreas: readonly [Rectangle, ...Rectangle[]],
): WindowState => {
  const home = stored
    ? workAreas.find(
        (area) =>
          overlap(stored.bounds.x, stored.bounds.width, area.x, area.width) >= grip.width &&
          overlap(stored.bounds.y, grip.height, area.y, area.height) >= grip.height,
      )
    : undefined;
  const area = home ?? workAreas[0];
  const wanted = stored?.bounds ?? usual;
  const width = within(wanted.width, Math.min(smallest.width, area.width), area.width);
  const height = within(wanted.height, Math.min(smallest.height, area.height), area.height);
  const bounds =
    stored && home
      ? {
          // A window made narrower to fit keeps its title bar within reach, too.
          x: within(
            Math.round(stored.bounds.x),
            area.x + grip.width - width,
            area.x + area.width - grip.width,
          ),
          y: Math.round(stored.bounds.y),
          width,
          height,
        }
      : {
          x: Math.round(area.x + (area.width - width) / 2),
          y: Math.round(area.y + (area.height - height) / 2),
          width,
          height,
        };
  return { bounds, maximised: stored?.maximised ?? false };
};
