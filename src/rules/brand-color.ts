// A brand may have any colour, and people must be able to read what is written in it and on it: in a light page it is darkened until white
// is readable on it, in a dark page lightened until ink is. The lightness is OKLCH's, as eyes see it: https://bottosson.github.io/posts/oklab/

interface Shades {
  readonly light: string;
  readonly dark: string;
}

/** The colour as a light and a dark page can use it, each as `#rrggbb`. */
export function shadesOf(color: string): Shades {
  const { lightness, chroma, hue } = toOklch(color);
  return {
    light: fromOklch({ lightness: Math.min(lightness, 0.5), chroma, hue }),
    dark: fromOklch({ lightness: Math.max(lightness, 0.78), chroma: Math.min(chroma, 0.11), hue }),
  };
}

interface Oklch {
  readonly lightness: number;
  readonly chroma: number;
  readonly hue: number;
}

type Three = readonly [number, number, number];

function toOklch(color: string): Oklch {
  const [red, green, blue] = [1, 3, 5].map((at) => toLinear(Number.parseInt(color.slice(at, at + 2), 16) / 255));
  const rgb: Three = [red ?? 0, green ?? 0, blue ?? 0];
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  );
  const [lightness, a, b] = times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [Math.cbrt(cones[0]), Math.cbrt(cones[1]), Math.cbrt(cones[2])],
  );
  return { lightness, chroma: Math.hypot(a, b), hue: Math.atan2(b, a) };
}

/** What no screen can show is paler, and otherwise the same. */
function fromOklch(wanted: Oklch): string {
  let { chroma } = wanted;
  let rgb = linearOf(wanted);
  while (chroma > 0 && rgb.some((part) => part < -0.0005 || part > 1.0005)) {
    chroma = Math.max(0, chroma - 0.002);
    rgb = linearOf({ ...wanted, chroma });
  }
  return `#${rgb
    .map((part) =>
      Math.round(fromLinear(Math.min(1, Math.max(0, part))) * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

function linearOf({ lightness, chroma, hue }: Oklch): Three {
  const [long, middle, short] = times(
    [
      [1, 0.3963377774, 0.2158037573],
      [1, -0.1055613458, -0.0638541728],
      [1, -0.0894841775, -1.291485548],
    ],
    [lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)],
  );
  return times(
    [
      [4.0767416621, -3.3077115913, 0.2309699292],
      [-1.2684380046, 2.6097574011, -0.3413193965],
      [-0.0041960863, -0.7034186147, 1.707614701],
    ],
    [long ** 3, middle ** 3, short ** 3],
  );
}

function times([first, second, third]: readonly [Three, Three, Three], by: Three): Three {
  const row = (one: Three) => one[0] * by[0] + one[1] * by[1] + one[2] * by[2];
  return [row(first), row(second), row(third)];
}

function toLinear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function fromLinear(part: number): number {
  return part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055;
}
