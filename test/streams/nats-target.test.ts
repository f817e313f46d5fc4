import { errors } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { reasonOf, WakeupsAway, type WakeupsAwayReason } from '../../src/streams/nats-target.ts';

// What the client's errors mean to the operator who set EVENTS_URL: where to look.

const withCode = (code: string) => Object.assign(new Error('something failed'), { code });

test.each<[string, unknown, WakeupsAwayReason]>([
  ['a wrong password', new errors.AuthorizationError('Authorization Violation'), 'REFUSED'],
  ['credentials that have expired', new errors.UserAuthenticationExpiredError('User Expired'), 'REFUSED'],
  ['no answer in time', new errors.TimeoutError(), 'SILENT'],
  ['a certificate that has expired', withCode('CERT_HAS_EXPIRED'), 'NOT_TRUSTED'],
  ['a certificate that is not valid yet', withCode('CERT_NOT_YET_VALID'), 'NOT_TRUSTED'],
  ['a certificate that nobody vouches for', withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'NOT_TRUSTED'],
  ['a chain that ends in one', withCode('SELF_SIGNED_CERT_IN_CHAIN'), 'NOT_TRUSTED'],
  ['a chain that cannot be followed', withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'NOT_TRUSTED'],
  ['a certificate for another name', withCode('ERR_TLS_CERT_ALTNAME_INVALID'), 'NOT_TRUSTED'],
  ['a server that speaks no TLS', withCode('ERR_SSL_WRONG_VERSION_NUMBER'), 'NOT_TRUSTED'],
  ['a server that offers no TLS', new Error("server does not support 'tls'"), 'NOT_TRUSTED'],
  ['a port where nobody listens', withCode('ECONNREFUSED'), 'NOT_REACHED'],
  ['a host that nobody knows', withCode('ENOTFOUND'), 'NOT_REACHED'],
  ['what is no error', 'away', 'NOT_REACHED'],
])('%s', (_what, error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});

test('each reason has a sentence of its own', () => {
  const reasons: readonly WakeupsAwayReason[] = ['NOT_REACHED', 'SILENT', 'REFUSED', 'NOT_TRUSTED', 'LOST'];
  expect(new Set(reasons.map((reason) => new WakeupsAway(reason).message)).size).toBe(reasons.length);
});
