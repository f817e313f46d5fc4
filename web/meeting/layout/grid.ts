// The best grid for so many tiles: of all numbers of columns the one with the largest tile. Lengths are CSS pixels.

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a tile stands, from the start side and the top of its stage. */
export interface Place extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Of each tile. */
  readonly tile: Size;
}

const widest = 16 / 9;

/**
 * A tile is at most as wide as a camera's picture, and no narrower than a face needs.
 * @param least a grid whose tiles are all as large as this goes before one with a larger tile that is too low or too narrow: whoever fits
 * on a stage fits on each higher and wider one too
 */
export function bestGrid(count: number, stage: Size, gap: number, least: Size = none): Grid {
  const narrowest = stage.width < stage.height ? 3 / 4 : 4 / 3;
  let best = gridOf(1, count, stage, gap, narrowest);
  for (let columns = 2; columns <= count; columns += 1) {
    const grid = gridOf(columns, count, stage, gap, narrowest);
    if (isBetter(grid, best, count, least)) best = grid;
  }
  return best;
}

const none: Size = { width: 0, height: 0 };

function gridOf(columns: number, count: number, stage: Size, gap: number, narrowest: number): Grid {
  const rows = Math.ceil(count / columns);
  const cellWidth = Math.max(0, (stage.width - gap * (columns - 1)) / columns);
  const cellHeight = Math.max(0, (stage.height - gap * (rows - 1)) / rows);
  const width = Math.min(cellWidth, cellHeight * widest);
  const height = Math.min(cellHeight, width / narrowest);
  return { columns, rows, tile: { width: Math.floor(width), height: Math.floor(height) } };
}

/** On a tie, the one with fewer empty places. */
function isBetter(one: Grid, other: Grid, count: number, least: Size): boolean {
  const isLarge = holds(one.tile, least);
  if (isLarge !== holds(other.tile, least)) return isLarge;
  const more = areaOf(one.tile) - areaOf(other.tile);
  return more > 0 || (more === 0 && emptyIn(one, count) < emptyIn(other, count));
}

function holds({ width, height }: Size, least: Size): boolean {
  return width >= least.width && height >= least.height;
}

export function areaOf({ width, height }: Size): number {
  return width * height;
}

function emptyIn({ columns, rows }: Grid, count: number): number {
  return columns * rows - count;
}

/** The grid in the middle of its stage, and the last row in the middle of the grid. */
export function placesIn({ columns, rows, tile }: Grid, count: number, stage: Size, gap: number): readonly Place[] {
  const top = middle(stage.height, rows, tile.height, gap);
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = row < rows - 1 ? columns : count - columns * (rows - 1);
    const start = middle(stage.width, inRow, tile.width, gap);
    return {
      ...tile,
      x: start + (index % columns) * (tile.width + gap),
      y: top + row * (tile.height + gap),
    };
  });
}

/** What is left before so many of this length, in the middle of the whole. */
function middle(whole: number, count: number, length: number, gap: number): number {
  return Math.max(0, Math.floor((whole - count * length - (count - 1) * gap) / 2));
}
