import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, type PeerCertificate, rootCertificates } from 'node:tls';
import type postgres from 'postgres';
import { type DatabaseTarget, readDatabaseUrl } from '../../rules/database-url.ts';
import { WatchedSocket } from './scram-only.ts';

/** What the driver is given for a URL. Everything is in the options: of what a URL can say, the driver reads a part, and sends on the rest. */
export interface DriverTarget {
  readonly url: string;
  readonly options: postgres.Options<never>;
  /** What sessions begin with, besides what the service sets. */
  readonly session: Readonly<Record<string, string>>;
}

/** @throws where a file that the URL names cannot be read */
export function driverTarget(url: string): DriverTarget {
  const read = readDatabaseUrl(url);
  if ('problem' in read) throw new Error(`a database URL ${read.problem}`);
  const { target } = read;
  const { connectSeconds, keepAliveSeconds, targetSessionAttrs } = target;
  const options = {
    ...placeOf(target),
    ...(target.user === null ? {} : { user: target.user }),
    ...(target.password === null ? {} : { pass: target.password }),
    ...(target.database === null ? {} : { database: target.database }),
    ...(connectSeconds === null ? {} : { connect_timeout: connectSeconds }),
    ...(keepAliveSeconds === null ? {} : { keep_alive: keepAliveSeconds }),
    ...(targetSessionAttrs === null ? {} : { target_session_attrs: targetSessionAttrs }),
    ...tlsOf(target),
  };
  // The driver takes a function that makes its socket, and TLS from the first byte; its types do not say so.
  return { url: 'postgres://', options: options as postgres.Options<never>, session: sessionOf(target) };
}

function sessionOf({ applicationName, sessionOptions }: DatabaseTarget): Readonly<Record<string, string>> {
  return {
    ...(applicationName === null ? {} : { application_name: applicationName }),
    ...(sessionOptions === null ? {} : { options: sessionOptions }),
  };
}

function placeOf({ hosts, socketFolder, socketPort, isScramOnly }: DatabaseTarget): object {
  if (socketFolder !== null) return { path: `${socketFolder}/.s.PGSQL.${socketPort}` };
  const [first] = hosts;
  const place = { host: hosts.map(({ name }) => name), port: hosts.map(({ port }) => port) };
  if (!isScramOnly || first === undefined) return place;
  // Not awaited: the driver writes ahead, and learns of an error as of any socket's, so that it tries again as it always does.
  return { ...place, socket: () => new WatchedSocket().connect(first.port, first.name) };
}

function tlsOf(target: DatabaseTarget): object {
  if (target.tls === 'disable' || target.isScramOnly || target.socketFolder !== null) return { ssl: false };
  // Only by its name does the driver go on without TLS where a server has none.
  if (target.tls === 'prefer') return { ssl: 'prefer' };
  const { minTls, maxTls, certificate, key, startsWithTls } = target;
  const ssl = {
    ...(target.tls === 'require' ? { rejectUnauthorized: false } : verified(target)),
    ...(certificate === null ? {} : { cert: readFileSync(certificate) }),
    ...(key === null ? {} : { key: readFileSync(key) }),
    ...(minTls === null ? {} : { minVersion: minTls }),
    ...(maxTls === null ? {} : { maxVersion: maxTls }),
  };
  return { ssl, ...(startsWithTls ? { sslnegotiation: 'direct' } : {}) };
}

function verified({ tls, rootCertificate, hosts }: DatabaseTarget): ConnectionOptions {
  const ca =
    rootCertificate === null || rootCertificate === 'system' ? [...rootCertificates] : readFileSync(rootCertificate);
  if (tls === 'verify-ca') return { ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
  return { ca, rejectUnauthorized: true, checkServerIdentity: (name, peer) => findIdentityProblem(name, peer, hosts) };
}

/** Of a host that is an address, Node is told no name to compare: the certificate must be for one of the addresses that the URL names. */
function findIdentityProblem(name: string, peer: PeerCertificate, hosts: DatabaseTarget['hosts']): Error | undefined {
  const addresses = hosts.filter((host) => isIP(host.name) !== 0);
  const isNamed = hosts.some((host) => host.name === name);
  const problems = (isNamed ? [name] : addresses.map((host) => host.name)).map((one) => checkServerIdentity(one, peer));
  return problems.includes(undefined) ? undefined : (problems[0] ?? new Error('the certificate is for another host'));
}
