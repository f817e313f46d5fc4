import ipaddr from 'ipaddr.js';
import { isPublicAddress } from './address.ts';

/** May this address be called, which this host name led to, or which was written in its place? */
export type MayCall = (host: string, address: string) => boolean;

export const anyAddress: MayCall = () => true;

export const publicAddresses: MayCall = (_host, address) => isPublicAddress(address);

/** Public addresses, and the hosts and networks of a list: `livekit.internal`, `10.1.0.0/16`, `fd00::1`. */
export function publicAnd(list: readonly string[]): MayCall {
  const networks = list.flatMap((entry) => findNetwork(entry) ?? []);
  const hosts = new Set(list.filter((entry) => findNetwork(entry) === null).map((entry) => entry.toLowerCase()));
  return (host, address) => isPublicAddress(address) || hosts.has(host) || networks.some((isIn) => isIn(address));
}

function findNetwork(entry: string): ((address: string) => boolean) | null {
  const cidr = ipaddr.isValidCIDR(entry) ? entry : ipaddr.isValid(entry) ? wholeAddress(entry) : null;
  if (cidr === null) return null;
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return address.kind() === network.kind() && address.match(network, bits);
  };
}

function wholeAddress(text: string): string {
  return `${text}/${ipaddr.parse(text).kind() === 'ipv4' ? 32 : 128}`;
}
