import type { Spent } from './meters.ts';

/** What one use of a part costs. Processor time in microseconds, the rest in bytes. */
export interface Cost {
  readonly serverUs: number;
  readonly postgresUs: number;
  readonly wal: number;
  readonly stored: number;
}

export function perUse({ serverMs, postgresMs, wal, stored }: Spent, uses: number): Cost {
  return {
    serverUs: (serverMs * 1_000) / uses,
    postgresUs: (postgresMs * 1_000) / uses,
    wal: wal / uses,
    stored: stored / uses,
  };
}
