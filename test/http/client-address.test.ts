import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { clientKey, createAddressReader, networkOf } from '../../src/http/client-address.ts';
import { openDoor } from './door-kit.ts';
import { ask } from './http-client.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['::1', '::/64'],
  ['nonsense', 'unknown'],
  ['', 'unknown'],
])('%s counts as %s', (address, key) => {
  expect(clientKey(address)).toBe(key);
});

test.each([
  ['192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.1', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:db8:1:ffff::', '2001:db8:1::/48'],
  ['::1', '::/48'],
  ['nonsense', 'unknown'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(clientKey(address))).toBe(network);
});

describe('behind proxies', () => {
  const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: '10.0.0.0/8,192.0.2.7,fd00::/8' });

  /** What the reader looks at, and no more. */
  const read = (remoteAddress: string, forwarded?: string, proxies = trustedProxies) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    return createAddressReader(proxies)({ socket: { remoteAddress }, headers } as IncomingMessage);
  };

  test.each([
    ['a proxy that says nothing', '10.1.1.1', undefined, '10.1.1.1'],
    ['one proxy', '10.1.1.1', '198.51.100.1', '198.51.100.1'],
    ['a proxy by its mapped address', '::ffff:10.1.1.1', '198.51.100.1', '198.51.100.1'],
    ['a chain of proxies', '10.1.1.1', '198.51.100.1, 10.2.2.2, 192.0.2.7', '198.51.100.1'],
    ['what the client itself wrote before', '10.1.1.1', '203.0.113.9, 198.51.100.1', '198.51.100.1'],
    ['a client that names a proxy', '10.1.1.1', '10.9.9.9, 198.51.100.1', '198.51.100.1'],
    ['a stranger that forges', '198.51.100.1', '203.0.113.9', '198.51.100.1'],
    ['a stranger that forges a proxy', '198.51.100.1', '10.1.1.1', '198.51.100.1'],
    ['an entry that is no address', '10.1.1.1', 'unknown', '10.1.1.1'],
    ['an entry that is no address amid others', '10.1.1.1', '203.0.113.9, _hidden, 10.2.2.2', '10.2.2.2'],
    ['an entry with a port', '10.1.1.1', '198.51.100.1:4711', '198.51.100.1'],
    ['an IPv6 client', 'fd00::1', '2001:db8:1:2:3::4', '2001:db8:1:2::/64'],
    ['an IPv6 entry with a port', 'fd00::1', '[2001:db8:1:2:3::4]:4711', '2001:db8:1:2::/64'],
    ['an empty header', '10.1.1.1', '', '10.1.1.1'],
    ['nothing but proxies', '10.1.1.1', '10.3.3.3, 10.2.2.2', '10.3.3.3'],
  ])('%s', (_what, remote, forwarded, expected) => {
    expect(read(remote, forwarded)).toBe(expected);
  });

  test('without a list nobody is trusted', () => {
    expect(read('10.1.1.1', '198.51.100.1', [])).toBe('10.1.1.1');
  });

  test('a forged header changes nothing for the operation', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.1' };
    const strict = await openDoor();
    expect((await ask(strict.url, '{ caller { address } }', {}, headers)).body.data).toEqual({
      caller: { address: '127.0.0.1' },
    });
    const trusting = await openDoor({ config: parseConfig({ PORT: '0', TRUSTED_PROXIES: '127.0.0.0/8' }) });
    expect((await ask(trusting.url, '{ caller { address } }', {}, headers)).body.data).toEqual({
      caller: { address: '198.51.100.1' },
    });
  });
});
