import { parseArgs } from 'node:util';
import type { Findings } from './figure.ts';
import { figures } from './figures/index.ts';
import { withGround } from './ground.ts';
import { currentLoad, describeMachine } from './machine.ts';
import { showRows, showTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const asked = options.only?.split(',').map((name) => name.trim().toUpperCase());
const chosen = figures.filter(({ name }) => asked === undefined || asked.includes(name));
if (chosen.length === 0) throw new Error(`--only takes names of ${figures.map(({ name }) => name).join(', ')}`);

const say = (text: string) => {
  if (!options.json) console.log(text);
};
const machine = describeMachine();
const startedAt = performance.now();
const found: (Findings & { readonly name: string; readonly load: number; readonly seconds: number })[] = [];
say(machine);
await withGround(options.quick, async (ground) => {
  for (const { name, measure } of chosen) {
    const from = performance.now();
    const load = currentLoad();
    const findings = await measure(ground).catch((error: unknown) => ({
      rows: [],
      faults: [`could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
    }));
    const seconds = Math.round((performance.now() - from) / 1000);
    found.push({ name, load, seconds, ...findings });
    say(`${name} measured in ${seconds} s (load before: ${load.toFixed(1)})`);
    // Told at once: whoever stops the run keeps what it has found.
    say(showRows(findings));
  }
});
const seconds = Math.round((performance.now() - startedAt) / 1000);
if (options.json) console.log(JSON.stringify({ machine, quick: options.quick, seconds, figures: found }, null, 2));
else say(showTable(found, seconds));
// Targets that do not hold are told, not failed: machines differ. What was lost, doubled or let in fails on every machine.
process.exitCode = found.some(({ faults }) => faults.length > 0) ? 1 : 0;
