import { describe, expect, test } from 'vitest';
import { isPublicAddress } from '../../src/egress/address.ts';
import { createEgress } from '../../src/webhooks/egress.ts';

const inside: readonly (readonly [string, ...string[]])[] = [
  ['this network', '0.0.0.0', '0.1.2.3'],
  ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
  ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
  ['shared by carriers', '100.64.0.1', '100.127.255.255'],
  ['link-local, where clouds keep credentials', '169.254.169.254', 'fe80::1', 'febf::1'],
  ['the cloud itself', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254'],
  ['unique local', 'fc00::1', 'fdff::1'],
  ['site-local', 'fec0::1'],
  ['multicast and broadcast', '224.0.0.1', '239.255.255.255', 'ff02::1', '255.255.255.255'],
  ['reserved and documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1', '240.0.0.1', '2001:db8::1', '3fff::1'],
  ['benchmarks', '198.18.0.1', '198.19.255.255', '2001:2::1'],
  ['relays', '192.88.99.1', '192.52.193.1', '192.31.196.1'],
  ['unspecified', '::'],
  ['IPv4 mapped', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '0:0:0:0:0:ffff:a9fe:a9fe'],
  ['IPv4 compatible', '::127.0.0.1', '::7f00:1', '::a00:1'],
  ['IPv4 translated', '::ffff:0:127.0.0.1', '::ffff:0:7f00:1'],
  ['6to4', '2002:7f00:1::', '2002:a00:1::1', '2002:808:808::1'],
  ['NAT64', '64:ff9b::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::a00:1'],
  ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001::1'],
  ['discard, segments, ORCHID', '100::1', '5f00::1', '2001:10::1', '2001:20::1'],
  ['with a zone', 'fe80::1%eth0', '2606:4700::1111%eth0', '::1%lo'],
  ['no address', '', 'localhost', '127.0.0.1.', '1.2.3', '999.1.1.1', '2606:4700::11111'],
];

describe('an address inside is told from one outside', () => {
  test.each(inside)('%s', (_name, ...addresses) => {
    for (const address of addresses) expect(isPublicAddress(address), address).toBe(false);
  });

  test.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '2606:4700::1111'])(
    '%s is outside',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test('a public address behind NAT64 is outside', () => {
    expect(isPublicAddress('64:ff9b::8.8.8.8')).toBe(true);
  });
});

describe('no spelling of a URL hides an address inside', () => {
  const policy = createEgress({ allowPrivate: false });

  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://017700000001/',
    'http://127.0.0.1./',
    'http://127.0x0.1/',
    'http://①②⑦.⓪.⓪.①/',
    'http://127。0。0。1/',
    'http://%31%32%37.0.0.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://0xa9fea9fe/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://api.localhost/',
  ])('%s', (url) => {
    expect(policy.findProblem(new URL(url))).not.toBeNull();
  });

  test('a public name or address has nothing against it', () => {
    expect(policy.findProblem(new URL('https://hooks.example.com/x'))).toBeNull();
    expect(policy.findProblem(new URL('https://[2606:4700::1111]/x'))).toBeNull();
  });
});
