import type { IncomingMessage } from 'node:http';
import { BlockList, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import type { TrustedProxy } from '../config.ts';

/** A client's address as budgets count it: an IPv4 address, or the /64 of an IPv6 address, which is what one customer gets. */
export function clientKey(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const network = new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]);
  return `${network.toString()}/64`;
}

/** Tells whether an address belongs to a trusted proxy. */
export function createTrust(proxies: readonly TrustedProxy[]): (address: string) => boolean {
  const trusted = new BlockList();
  for (const { address, prefixLength, family } of proxies) trusted.addSubnet(address, prefixLength, family);
  return (address) => {
    if (proxies.length === 0 || !ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return trusted.check(parsed.toString(), parsed.kind());
  };
}

const networks = new LRUCache<string, string>({ max: 20_000 });

/** The network around a client's address, as budgets count it: the /24 of an IPv4 address, the /48 of an IPv6 one. */
export function networkOf(key: string): string {
  const known = networks.get(key);
  if (known !== undefined) return known;
  const network = findNetwork(key);
  networks.set(key, network);
  return network;
}

function findNetwork(key: string): string {
  const address = key.replace(/\/64$/, '');
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) return `${parsed.octets.slice(0, 3).join('.')}.0/24`;
  if (!(parsed instanceof ipaddr.IPv6)) return 'unknown';
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 3), 0, 0, 0, 0, 0]).toString()}/48`;
}

/**
 * Finds the client's address as `clientKey` counts it. X-Forwarded-For is read from the right, as long as the hop that wrote an entry is a
 * trusted proxy: the first stranger wrote everything left of its own address.
 */
export function createAddressReader(proxies: readonly TrustedProxy[]): (request: IncomingMessage) => string {
  const isTrusted = createTrust(proxies);
  const keys = new WeakMap<Socket, string>();
  return (request) => {
    let address = request.socket.remoteAddress ?? '';
    if (proxies.length === 0) {
      // Without proxies, a connection belongs to one client as long as it lasts.
      const key = keys.get(request.socket) ?? clientKey(address);
      keys.set(request.socket, key);
      return key;
    }
    const hops = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    while (isTrusted(address)) {
      const hop = withoutPort(hops.pop()?.trim() ?? '');
      if (!ipaddr.isValid(hop)) break;
      address = hop;
    }
    return clientKey(address);
  };
}

/** Some proxies write `192.0.2.1:51234` or `[2001:db8::1]:51234`. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1];
  return bracketed ?? hop.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}
