import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Findings } from './figure.ts';
import type { Usage } from './usage.ts';

/** What one figure found, and under which circumstances. */
export interface Measured extends Findings {
  readonly name: string;
  /** Runnable processes over the minute before. */
  readonly load: number;
  readonly seconds: number;
  readonly usage: Usage;
}

const project = join(import.meta.dirname, '..');
const file = join(project, 'node_modules/.cache/vestibule-bench.json');

const row = z.object({
  ...{
    figure: z.string(),
    what: z.string(),
    ours: z.number().nullable(),
    unit: z.string(),
    target: z.string(),
    spread: z.string(),
  },
  ...{ floor: z.number().nullable(), ratio: z.number().nullable(), holds: z.boolean().nullable() },
});
const kept = z.object({
  of: z.string(),
  measured: z.array(
    z.object({
      ...{ key: z.string(), name: z.string(), load: z.number(), seconds: z.number() },
      usage: z.object({ servers: z.number(), postgres: z.number(), clients: z.number() }),
      rows: z.array(row.transform(({ ours, ...rest }) => ({ ...rest, ours: ours ?? Number.NaN }))),
      faults: z.array(z.string()),
    }),
  ),
});

/** What a run has found is kept until it has come to its end, so that whoever stops it goes on where it was. */
export class Progress {
  readonly #of: string;
  readonly #found = new Map<string, Measured>();

  /** @param run what was asked for: another run, of other code too, begins at the beginning */
  constructor(run: string) {
    this.#of = `${describeCode()} ${run}`;
    for (const { key, ...measured } of readKept(this.#of)) this.#found.set(key, measured);
  }

  /** How many figures stand already. */
  get count(): number {
    return this.#found.size;
  }

  get(key: string): Measured | undefined {
    return this.#found.get(key);
  }

  add(key: string, measured: Measured): void {
    this.#found.set(key, measured);
    mkdirSync(dirname(file), { recursive: true });
    const found = [...this.#found].map(([name, one]) => ({ key: name, ...one }));
    writeFileSync(file, JSON.stringify({ of: this.#of, measured: found }));
  }

  end(): void {
    rmSync(file, { force: true });
  }
}

function readKept(of: string): z.infer<typeof kept>['measured'] {
  try {
    const read = kept.parse(JSON.parse(readFileSync(file, 'utf8')));
    return read.of === of ? read.measured : [];
  } catch {
    return [];
  }
}

/** The commit, and what was changed since. */
function describeCode(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: project, encoding: 'utf8' });
  try {
    return `${git('rev-parse', 'HEAD').trim()} ${git('diff', 'HEAD')}`;
  } catch {
    // A copy without its history: each run begins anew.
    return `${process.pid}`;
  }
}
