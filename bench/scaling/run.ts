import { parseArgs } from 'node:util';
import { withGround } from '../ground.ts';
import { currentLoad, describeMachine } from '../machine.ts';
import { type Measured, measure } from './measure.ts';
import { machine as assumed, model } from './model.ts';
import { reckon } from './need.ts';
import { showMeasured, showPlayed } from './report.ts';
import { play } from './simulate.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** How long each load lasts; the sizes of the other measurements follow it. */
    seconds: { type: 'string', default: '5' },
  },
});
const seconds = Number(options.seconds);
if (!(seconds >= 1 && seconds <= 30)) throw new Error('--seconds takes a number from 1 to 30');

const machine = describeMachine();
const date = new Date().toISOString().slice(0, 10);
const loadBefore = currentLoad();
const startedAt = performance.now();
const found: Measured[] = [];
await withGround({ isQuick: false }, async (ground) => {
  found.push(await measure(ground, seconds));
});
const [measured] = found;
if (measured === undefined) throw new Error('nothing was measured');
const played = play(measured.costs);
const need = reckon(played, measured.costs);
const tookSeconds = Math.round((performance.now() - startedAt) / 1000);
if (options.json) {
  const { byShard: _byShard, ...told } = played;
  const all = { machine, date, loadBefore, tookSeconds, measured, model, assumed, played: told, need };
  console.log(JSON.stringify(all, null, 2));
} else {
  console.log(`${machine}; ${date}; load before: ${loadBefore.toFixed(1)}; ${tookSeconds} s`);
  console.log(showMeasured(measured));
  console.log(showPlayed(played, need));
  for (const fault of measured.faults) console.log(`FAULT: ${fault}`);
}
// What was lost or came twice fails on every machine.
process.exitCode = measured.faults.length > 0 ? 1 : 0;
