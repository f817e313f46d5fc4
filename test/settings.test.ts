import { beforeAll, describe, expect, test } from 'vitest';
import { settingNames } from '../src/config.ts';
import { type Row, settingRows } from './settings-rows.ts';
import { layGround, type Service, startService } from './settings-scene.ts';

let rows: Readonly<Record<string, Row>>;
let services: readonly Service[];

/** Three services that differ in every setting, so that each of them shows what it was told. */
beforeAll(async () => {
  rows = await settingRows();
  services = await Promise.all(
    [0, 1, 2].map(async (place) => {
      const values = Object.entries(rows).flatMap(([name, row]) => {
        const value = row.values[place];
        return value === undefined ? [] : [[name, value] as const];
      });
      return startService(await layGround(place), Object.fromEntries(values));
    }),
  );
});

describe('a setting counts', () => {
  test.each(settingNames)('%s', async (name) => {
    const row = rows[name];
    // A new setting has a row here: what does a service do that has it, and another does not?
    if (row === undefined) throw new Error(`${name} has no row in settings-rows.ts`);
    const seen: unknown[] = [];
    for (const [index, service] of services.slice(0, row.shows.length).entries()) {
      seen.push(await row.look(service, row.values[index] ?? '', index));
    }
    expect(seen).toEqual(row.shows);
  });
});
