import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

// Where a cloud's machines talk to the cloud itself, though the address looks like any other (Azure).
const platformAddresses = new Set(['168.63.129.16']);

/**
 * Is this an address of the public internet? No for private, loopback, link-local, shared, multicast, documentation and reserved
 * ones, for IPv6 that carries IPv4 inside (mapped, compatible, 6to4, Teredo), for zones, and for what is not an address. Through NAT64
 * (RFC 6052) the IPv4 address inside decides: networks with IPv6 alone reach the rest of the world by it.
 */
export function isPublicAddress(text: string): boolean {
  // Old spellings, such as 127.1, mean different things to different programs: no resolver answers with one.
  if (text.includes('%') || isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  return address instanceof ipaddr.IPv6 ? isPublicIpv6(address) : isPublicIpv4(address);
}

function isPublicIpv4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && !platformAddresses.has(address.toString());
}

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

function isPublicIpv6(address: ipaddr.IPv6): boolean {
  if (address.match(nat64)) return isPublicIpv4(new ipaddr.IPv4(address.toByteArray().slice(12)));
  return address.match(globalUnicast) && address.range() === 'unicast';
}
