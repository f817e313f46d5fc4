import { LRUCache } from 'lru-cache';
import type { Client } from '../rules/caller.ts';
import { networkOf } from './client-address.ts';

const maxKnownClients = 10_000;

/** Who asks from this address, as budgets count them. */
export type ClientAt = (address: string) => Client;

export function createClients(addressHash: (address: string) => string): ClientAt {
  // The keyed hash of an address costs as much as the rest of a context; few addresses send most requests.
  const clients = new LRUCache<string, Client>({ max: maxKnownClients });
  return (address) => {
    const known = clients.get(address);
    if (known !== undefined) return known;
    const client = {
      addressHash: addressHash(address),
      networkHash: addressHash(networkOf(address)),
    };
    clients.set(address, client);
    return client;
  };
}
