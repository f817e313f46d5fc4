import { chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { explainStartFailure } from '../../src/app.ts';
import { settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { closeAfterwards } from '../support/closers.ts';
import { ownAuthority } from '../support/own-authority.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { untrustedCertificate } from '../support/untrusted-certificate.ts';
import { until } from './fault-kit.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';

// A real PostgreSQL with TLS, whose certificate is changed; the service is told by `sslrootcert` whom it trusts.

let postgres: OwnPostgres;
let folder: string;
const authority = () => join(folder, 'ca.pem');
const stranger = () => join(folder, 'stranger.pem');

beforeAll(async () => {
  postgres = await startOwnPostgres();
  folder = await mkdtemp(join(tmpdir(), 'vestibule-tls-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  await writeFile(authority(), ownAuthority.ca);
  await writeFile(stranger(), untrustedCertificate.cert);
});

/** From the next connection on the database shows this certificate. */
async function show(certificate: string): Promise<void> {
  const [row] = await postgres.ask<{ place: string }>(`select current_setting('data_directory') as place`);
  const place = row?.place ?? '';
  const { uid, gid } = await stat(place);
  const files = { 'shown.pem': certificate, 'shown.key': ownAuthority.key };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(place, name), text, { mode: 0o600 });
    await chown(join(place, name), uid, gid);
  }
  await postgres.ask(`alter system set ssl_cert_file = 'shown.pem'`);
  await postgres.ask(`alter system set ssl_key_file = 'shown.key'`);
  await postgres.ask('alter system set ssl = on');
  const [loaded] = await postgres.ask<{ at: Date }>('select pg_conf_load_time() as at');
  await postgres.ask('select pg_reload_conf()');
  await until(
    () => postgres.ask<{ at: Date }>('select pg_conf_load_time() as at'),
    ([row]) => (row?.at.getTime() ?? 0) > (loaded?.at.getTime() ?? 0),
  );
}

/** The database by this name, as `verify-full` looks at it. */
function urlFor(host: string, trusted: string, mode = 'verify-full'): string {
  const url = new URL(postgres.url);
  url.hostname = host;
  url.search = new URLSearchParams({ sslmode: mode, sslrootcert: trusted }).toString();
  return url.href;
}

describe('with a certificate for its host, of an authority that is named', () => {
  test.each(['localhost', '127.0.0.1'])('the service runs, by %s and over TLS alone', async (host) => {
    await show(ownAuthority.good);
    const server = await startServer({
      databaseUrl: urlFor(host, authority()),
      databaseDirectUrl: urlFor(host, authority()),
    });
    expect((await (await seed(server).waitingRoom()).knocker()).knockId).toBeDefined();
    const open = await postgres.ask<{ ssl: boolean }>(
      `select s.ssl from pg_stat_ssl s join pg_stat_activity a using (pid) where a.application_name like 'vestibule%'`,
    );
    expect(open.length).toBeGreaterThan(0);
    expect(open.every(({ ssl }) => ssl)).toBe(true);
    await server.stop();
  });
});

const wrong = [
  {
    what: 'for another host',
    shown: ownAuthority.ofAnotherHost,
    trusted: authority,
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  },
  { what: 'that has expired', shown: ownAuthority.expired, trusted: authority, code: 'CERT_HAS_EXPIRED' },
  {
    what: 'of an authority that is not named',
    shown: ownAuthority.good,
    trusted: stranger,
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  },
  {
    what: 'of an authority that only the file of this machine could know',
    shown: ownAuthority.good,
    trusted: () => 'system',
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  },
] as const;

describe.each(wrong)('a certificate $what', ({ shown, trusted, code }) => {
  test('ends the start and each command, with what is wrong and what to do', async () => {
    await show(shown);
    const databaseUrl = urlFor('localhost', trusted());
    const error: unknown = await startServer({ databaseUrl }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    const told = explainStartFailure(error);
    expect(told).toContain(`(${code})`);
    expect(told).toMatch(/certificate/);
    expect(told).not.toContain('may have been done');
    const ran = await vestibuleWith(settingsFor(databaseUrl))('key', 'list');
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain(code);
    expect(ran.stderr).toMatch(/certificate/);
  });

  test('is not looked at where the URL only asks for TLS', async () => {
    await show(shown);
    await (
      await startServer({ databaseUrl: urlFor('localhost', trusted(), 'require').replace(/&sslrootcert=[^&]*/, '') })
    ).stop();
  });
});

test('a database without TLS, where the URL demands it, ends the start with that', async () => {
  await postgres.ask('alter system set ssl = off');
  await postgres.ask('select pg_reload_conf()');
  await until(
    () => postgres.ask<{ ssl: string }>('show ssl'),
    ([row]) => row?.ssl === 'off',
  );
  const start = startServer({ databaseUrl: urlFor('localhost', authority()) });
  const error: unknown = await start.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(explainStartFailure(error)).toMatch(/without TLS .* \(ECONNRESET\)/);
});
