/** What the camera of the browser under test sees: somebody before a wall that slowly changes its colour. */
import { writeFile } from 'node:fs/promises';

const WIDTH = 480;
const HEIGHT = 300;
const FRAMES = 40;

/** Writes it as YUV4MPEG2, which Chromium plays over and over. */
export async function writeCamera(path: string): Promise<void> {
  const frames = Array.from({ length: FRAMES }, (_, index) => frame((index / FRAMES) * 2 * Math.PI));
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F8:1 Ip A1:1 C420mpeg2\n`);
  await writeFile(path, Buffer.concat([head, ...frames.flatMap((pixels) => [Buffer.from('FRAME\n'), pixels])]));
}

/** A plane of brightness, then two of colour at half the size. */
function frame(hue: number): Buffer {
  const light = plane(1, (x, y) => (isSomebody(x, y) ? 190 : 125) - 45 * y);
  const colour = (angle: number): Buffer => plane(2, (x, y) => 128 + (isSomebody(x, y) ? 16 : 34) * Math.cos(angle));
  return Buffer.concat([light, colour(hue), colour(hue + 2)]);
}

/** Each point lies within 0 and 1. */
function plane(step: number, value: (x: number, y: number) => number): Buffer {
  const [width, height] = [WIDTH / step, HEIGHT / step];
  return Buffer.from(
    Array.from({ length: width * height }, (_, at) => value((at % width) / width, Math.floor(at / width) / height)),
  );
}

/** A head above shoulders. */
function isSomebody(x: number, y: number): boolean {
  const isWithin = (centre: number, wide: number, high: number): boolean =>
    ((x - 0.5) / wide) ** 2 + ((y - centre) / high) ** 2 < 1;
  return isWithin(0.42, 0.12, 0.19) || isWithin(1.02, 0.26, 0.36);
}
