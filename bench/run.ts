import { parseArgs } from 'node:util';
import { pairUp, type Round, showPairs } from './compare.ts';
import { atEnd, endBySignals } from './ending.ts';
import type { Figure } from './figure.ts';
import { figures } from './figures/index.ts';
import { type Ground, withGround } from './ground.ts';
import { currentLoad, describeMachine } from './machine.ts';
import { checkOut } from './other-tree.ts';
import { type Measured, Progress } from './progress.ts';
import { showRows, showTable } from './table.ts';
import { describeUsage, usageSince } from './usage.ts';

const { values: options } = parseArgs({
  options: {
    compare: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
  },
});
const asked = options.only?.split(',').map((name) => name.trim().toUpperCase());
const chosen = figures.filter(({ name }) => asked === undefined || asked.includes(name));
if (chosen.length === 0) throw new Error(`--only takes names of ${figures.map(({ name }) => name).join(', ')}`);
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds takes a whole number from 1, not ${options.rounds}`);

const say = (text: string) => {
  if (!options.json) console.log(text);
};
const machine = describeMachine();
const startedAt = performance.now();
say(machine);
endBySignals();
const found = options.compare === undefined ? await measureAll() : await compareWith(options.compare);
// Targets that do not hold are told, not failed: machines differ. What was lost, doubled or let in fails on every machine.
process.exitCode = found.some(({ faults }) => faults.length > 0) ? 1 : 0;

async function measureAll(): Promise<readonly Measured[]> {
  const progress = new Progress(`${options.quick} ${chosen.map(({ name }) => name).join()}`);
  if (options.fresh) progress.end();
  const keyOf = ({ name }: Figure, place: number) => `${place} ${name}`;
  const isKept = (figure: Figure, place: number) => !options.fresh && progress.get(keyOf(figure, place)) !== undefined;
  if (chosen.some(isKept)) say(`goes on where it stopped: ${progress.count} stand already (--fresh begins anew)`);
  await withGround({ isQuick: options.quick }, async (ground) => {
    for (const [place, figure] of chosen.entries()) {
      if (!isKept(figure, place)) progress.add(keyOf(figure, place), await measureOne(figure, ground));
    }
  });
  const all = chosen.flatMap((figure, place) => progress.get(keyOf(figure, place)) ?? []);
  progress.end();
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  if (options.json) console.log(JSON.stringify({ machine, quick: options.quick, seconds, figures: all }, null, 2));
  else say(showTable(all, seconds));
  return all;
}

/** Each figure of both trees in turns, so that whatever else the machine does meets both. */
async function compareWith(ref: string): Promise<readonly Measured[]> {
  const tree = checkOut(ref);
  const remove = atEnd(tree.remove);
  const all: Measured[] = [];
  try {
    await withGround({ isQuick: options.quick, folder: tree.folder }, (other) =>
      withGround({ isQuick: options.quick }, async (own) => {
        for (const figure of chosen) {
          const taken: Round[] = [];
          for (let round = 0; round < rounds; round += 1) {
            const pair = [await measureOne(figure, other), await measureOne(figure, own)] as const;
            all.push(...pair);
            taken.push({ other: pair[0].rows, own: pair[1].rows });
          }
          console.log(showPairs(pairUp(taken)));
        }
      }),
    );
  } finally {
    await remove();
  }
  return all;
}

async function measureOne({ name, measure }: Figure, ground: Ground): Promise<Measured> {
  const from = performance.now();
  const load = currentLoad();
  const before = ground.usage();
  const findings = await measure(ground).catch((error: unknown) => ({
    rows: [],
    faults: [`could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
  }));
  const seconds = Math.round((performance.now() - from) / 1000);
  const usage = usageSince(before, ground.usage());
  say(`${name} measured in ${seconds} s (load before: ${load.toFixed(1)}; ${describeUsage(usage)})`);
  // Told at once: whoever stops the run has seen what it has found.
  say(showRows(findings));
  return { name, load, seconds, usage, ...findings };
}
