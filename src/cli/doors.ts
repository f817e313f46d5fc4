import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import { type Finding, type Tell, well } from './finding.ts';

// How the service is reached: the port, the address, and the pages that may call it.

/** In development everybody may read the schema and call from a page of their own machine, and media servers may be anywhere. */
export function examineMode({ hasLanding: isDevelopment, publicUrl }: Config): Finding {
  const what = 'mode';
  if (!isDevelopment) return well(what, 'production');
  if (publicUrl?.startsWith('https:') !== true) return well(what, 'development');
  const found = 'development, though PUBLIC_URL is an address for others';
  return { what, state: 'WARNING', found, hint: 'Set NODE_ENV to production where people outside reach the service.' };
}

/** The service may be running there, or may be about to; anything else is in its way. */
export async function examinePort(config: Config, tell: Tell): Promise<void> {
  const { port, host, metricsPort, metricsHost } = config;
  if (await isFree(port, host)) {
    // Where nobody chose it, the service goes without.
    const isTaken = metricsPort !== null && config.isMetricsPortSet && !(await isFree(metricsPort, metricsHost));
    if (!isTaken) return tell(well('port', `${port} is free: the service is not running here`));
    const found = `METRICS_PORT ${metricsPort} cannot be used at METRICS_HOST ${metricsHost}`;
    return tell({
      what: 'port',
      state: 'PROBLEM',
      found,
      hint: 'Set METRICS_PORT to another one, or end the other program.',
    });
  }
  if (await answersHealth(port, host)) return tell(well('port', `the service answers at ${port}`));
  const found = `PORT ${port} cannot be used at HOST ${host}, and what is there is not the service`;
  tell({ what: 'port', state: 'PROBLEM', found, hint: 'Set PORT to another one, or end the other program.' });
}

async function isFree(port: number, host: string): Promise<boolean> {
  const probe = createServer().listen(port, host);
  try {
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

async function answersHealth(port: number, host: string): Promise<boolean> {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const signal = AbortSignal.timeout(healthMs);
  const answer = await fetch(`http://${name}:${port}/health`, { signal }).then(
    (response) => response.text(),
    () => '',
  );
  return answer === '{"status":"ok"}';
}

/** How long /health may take to answer. Milliseconds. */
const healthMs = 2_000;

/**
 * Where links lead, and who issues tokens.
 * @param recorded the address that the service was used with; null: none
 */
export function examineAddress({ publicUrl, port, hasLanding }: Config, recorded: string | null): Finding {
  if (publicUrl !== null && recorded !== null && publicUrl !== recorded) {
    const found = `PUBLIC_URL is ${publicUrl}, but the service was used with ${recorded}, and starts with no other one`;
    const hint = `Set PUBLIC_URL to ${recorded}. To change it for every process: vestibule public-url ${publicUrl}`;
    return { what: 'address', state: 'PROBLEM', found, hint };
  }
  const address = publicUrl ?? recorded;
  if (address !== null || hasLanding) return well('address', `links lead to ${address ?? `http://localhost:${port}`}`);
  const found = `PUBLIC_URL is not set, so links lead to http://localhost:${port}`;
  const hint = 'Set PUBLIC_URL to the address at which people reach the service, such as https://meet.example.com.';
  return { what: 'address', state: 'WARNING', found, hint };
}

export function examineOrigins({ acceptsLocalPages, allowedOrigins, publicUrl }: Config, tell: Tell): void {
  const own = publicUrl === null ? [] : [new URL(publicUrl).origin];
  const local = acceptsLocalPages ? ['http://localhost and http://127.0.0.1 at every port'] : [];
  const named = [...local, ...own, ...allowedOrigins];
  const found = named.length === 0 ? 'no pages but its own may call it' : `pages may call it from ${named.join(', ')}`;
  tell({ ...well('origins', found), hint: 'To let pages of others call it, list their origins in ALLOWED_ORIGINS.' });
}
