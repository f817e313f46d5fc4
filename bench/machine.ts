import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on. */
export function describeMachine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, Linux ${kernel()}, Node ${process.version}, PostgreSQL embedded with fsync on`;
}

/** Runnable processes over the last minute: above the number of cores, something else works here as well. */
export function currentLoad(): number {
  return loadavg()[0] ?? 0;
}

function kernel(): string {
  return readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
}
