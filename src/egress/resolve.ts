import { lookup, Resolver } from 'node:dns/promises';

/** Asks for all addresses of a host, once. @throws where there are none */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/**
 * Asks the name servers without occupying a thread: the system's own lookup has four for the whole process, and a few hosts whose
 * name servers do not answer would hold them all. It is asked only where the name servers know nothing (hosts file, search domains),
 * once at a time for each host.
 */
export function createResolve(): Resolve {
  const lookups = new Map<string, Promise<readonly string[]>>();
  const lookUp = (hostname: string) => {
    const running = lookups.get(hostname);
    if (running !== undefined) return running;
    const started = lookup(hostname, { all: true })
      .then((found) => found.map(({ address }) => address))
      .finally(() => lookups.delete(hostname));
    lookups.set(hostname, started);
    return started;
  };
  return async (hostname) => {
    const resolver = new Resolver({ timeout: 3000, tries: 2 });
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const silent = answers.find((answer) => answer.status === 'rejected' && answer.reason?.code === 'ETIMEOUT');
    if (silent?.status === 'rejected') throw silent.reason;
    return lookUp(hostname);
  };
}
