import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFamilyCpuMs } from './proc.ts';

/** Processor time, in milliseconds. */
export interface Usage {
  /** The service's processes, and those that it is held against. */
  readonly servers: number;
  readonly postgres: number;
  /** The bench itself, which plays everybody who asks. */
  readonly clients: number;
}

interface Measured {
  /** Of all servers that were started, whether they run still or not. Milliseconds. */
  readonly serversMs: () => number;
  /** Where the embedded PostgreSQL keeps its files. */
  readonly dataDir: string;
}

/** The processor time that all of them have used until now. */
export function readUsage({ serversMs, dataDir }: Measured): Usage {
  const [postmaster = ''] = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const { user, system } = process.cpuUsage();
  return { servers: serversMs(), postgres: readFamilyCpuMs(Number(postmaster)), clients: (user + system) / 1000 };
}

/** What was used in between. */
export function usageSince(before: Usage, after: Usage): Usage {
  return {
    servers: after.servers - before.servers,
    postgres: after.postgres - before.postgres,
    clients: after.clients - before.clients,
  };
}

export function describeUsage({ servers, postgres, clients }: Usage): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return `CPU: servers ${seconds(servers)}, PostgreSQL ${seconds(postgres)}, clients ${seconds(clients)}`;
}
