import { readdirSync, readFileSync } from 'node:fs';

// What Linux says of processes in /proc. It counts processor time in hundredths of a second, whatever the processor.

const tickMs = 10;

/** Processor time that this process has used by itself, user and system. Milliseconds, in steps of ten. */
export function readCpuMs(pid: number): number {
  const [own] = timesOf(pid);
  return own;
}

/** Processor time of this process, of its children, and of those children that have ended. Milliseconds, in steps of ten. */
export function readFamilyCpuMs(parent: number): number {
  const [own, ended] = timesOf(parent);
  const children = pids().filter((pid) => parentOf(pid) === parent);
  return own + ended + children.reduce((total, pid) => total + timesOf(pid)[0], 0);
}

/** Resident memory. Bytes. */
export function readRss(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

/** Its own time, and that of its children that have ended. A process that is gone has used nothing since. */
function timesOf(pid: number): readonly [number, number] {
  const fields = statOf(pid);
  const [user, system, endedUser, endedSystem] = [11, 12, 13, 14].map((index) => Number(fields[index] ?? 0) * tickMs);
  return [(user ?? 0) + (system ?? 0), (endedUser ?? 0) + (endedSystem ?? 0)];
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
}

function pids(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function statOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; what follows it is in fixed order.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
