import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shadesOf } from '../../src/rules/brand-color.ts';

/** As WCAG has it: how bright a colour is, from black (0) to white (1). */
function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = partsOf(color).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(one: string, other: string): number {
  const [dark = 0, bright = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

const partsOf = (shown: string) => [1, 3, 5].map((at) => Number.parseInt(shown.slice(at, at + 2), 16));
const color = fc.integer({ min: 0, max: 0xff_ff_ff }).map((bits) => `#${bits.toString(16).padStart(6, '0')}`);

test('whatever colour a brand has, white is readable on it in a light page, and black in a dark one', () => {
  fc.assert(
    fc.property(color, (brand) => {
      const { light, dark } = shadesOf(brand);
      expect(contrastOf(light, '#ffffff')).toBeGreaterThan(4.5);
      expect(contrastOf(dark, '#000000')).toBeGreaterThan(4.5);
    }),
  );
});

test.each([
  ['yellow', '#ffff00', 0, 1],
  ['cyan', '#00ffff', 1, 2],
  ['magenta', '#ff00ff', 0, 2],
])('a %s that no screen can show so dark becomes paler, and no other colour', (_name, brand, one, other) => {
  for (const shade of Object.values(shadesOf(brand))) {
    const parts = partsOf(shade);
    expect(Math.abs((parts[one] ?? 0) - (parts[other] ?? 0))).toBeLessThanOrEqual(3);
  }
});
