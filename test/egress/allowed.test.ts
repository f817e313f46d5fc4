import { describe, expect, test } from 'vitest';
import { anyAddress, publicAddresses, publicAnd } from '../../src/egress/allowed.ts';
import { createEgress } from '../../src/webhooks/egress.ts';

describe('where it may go', () => {
  const list = publicAnd(['livekit.internal', '10.1.0.0/16', '192.168.7.8', 'fd00:1::/32', '::1']);
  test.each([
    ['a public address', 'a.example', '93.184.216.34', true],
    ['a listed host, wherever it is', 'livekit.internal', '172.16.0.9', true],
    ['another host at the same address', 'other.internal', '172.16.0.9', false],
    ['a listed network', 'x.internal', '10.1.2.3', true],
    ['the network beside it', 'x.internal', '10.2.2.3', false],
    ['a listed address', '192.168.7.8', '192.168.7.8', true],
    ['the address beside it', '192.168.7.9', '192.168.7.9', false],
    ['a listed network of IPv6', 'x.internal', 'fd00:1::5', true],
    ['IPv6 outside it', 'x.internal', 'fd00:2::5', false],
    ['a listed address of IPv6', '::1', '::1', true],
    ['a listed address of IPv4 inside IPv6', 'x.internal', '::ffff:10.1.2.3', true],
    ['loopback', 'localhost', '127.0.0.1', false],
    ['what is no address', 'x.internal', 'nonsense', false],
  ])('%s', (_what, host, address, isAllowed) => {
    expect(list(host, address)).toBe(isAllowed);
  });

  test('an empty list allows public addresses alone, and "all" allows all', () => {
    expect(publicAnd([])('a', '10.1.2.3')).toBe(false);
    expect(publicAddresses('a', '10.1.2.3')).toBe(false);
    expect(publicAnd([])('a', '93.184.216.34')).toBe(true);
    expect(anyAddress('a', '10.1.2.3')).toBe(true);
  });
});

test.each(['http://localhost:3000/hook', 'http://127.0.0.1/', 'http://[::1]:3000/', 'http://app.localhost/'])(
  'whoever is refused %s is told which setting allows it',
  (url) => {
    expect(createEgress({ allowPrivate: false }).findProblem(new URL(url))).toContain('WEBHOOK_ALLOW_PRIVATE');
    expect(createEgress({ allowPrivate: true }).findProblem(new URL(url))).toBeNull();
  },
);
