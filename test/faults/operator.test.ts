import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startPgbouncer } from '../support/pgbouncer.ts';
import { findProgram } from '../support/programs.ts';
import { replaceAll } from '../support/proxy-program.ts';
import { seed } from '../support/seed.ts';
import type { ServerProcess } from '../support/server.ts';
import { exampleOf, isUsed, startNginx } from './behind-proxy.ts';
import { patience, spawnOne, until } from './fault-kit.ts';
import { createFleet } from './fleet.ts';
import { startLoad } from './stories.ts';

// The runbook from its beginning to its end, with what stands around the service where it is run in earnest: a role that migrates and one
// that serves, a pooler that lends connections for a transaction, nginx before two processes. Both kinds of keys are rotated under load.

const nginx = await findProgram('nginx');
const pgbouncer = await findProgram('pgbouncer');
const newKey = () => randomBytes(32).toString('base64');

/** The two roles of the runbook, on this database. Gives the URL of each. */
async function makeRoles({
  sql,
  name,
  url,
}: TestDatabase): Promise<{ readonly migrator: string; readonly service: string }> {
  const id = randomBytes(6).toString('hex');
  const roles = { vestibule_migrate: `migrate_${id}`, vestibule_service: `service_${id}` };
  const places = { 'in database vestibule': `in database ${name}`, 'on database vestibule': `on database ${name}` };
  await sql.unsafe(replaceAll(await exampleOf('roles.sql'), { ...roles, ...places }));
  closeAfterwards(async () => {
    for (const role of Object.values(roles).toReversed())
      await sql.unsafe(`drop owned by ${role} cascade; drop role ${role}`);
  });
  const urlOf = (username: string, password: string) => Object.assign(new URL(url), { username, password }).href;
  return {
    migrator: urlOf(roles.vestibule_migrate, 'change-me-1'),
    service: urlOf(roles.vestibule_service, 'change-me-2'),
  };
}

type Keys = { readonly MASTER_KEY: string; readonly MASTER_KEY_PREVIOUS?: string };

const shown = z.object({ waiting: z.number(), participantCount: z.number() });

test.skipIf(nginx === null || pgbouncer === null)(
  'two processes behind nginx on a pooled database are set up, and their keys rotated',
  {
    timeout: patience.timeout + 900_000,
  },
  async () => {
    const database = await createTestDatabase('template0');
    const { migrator, service } = await makeRoles(database);
    const [before, next] = [newKey(), newKey()];
    const vestibule = (keys: Keys, url = service) =>
      vestibuleWith({ ...settingsFor(url), ...keys, PUBLIC_URL: 'http://vestibule.test' });
    expect(await vestibule({ MASTER_KEY: before }, migrator)('migrate')).toMatchObject({ exitCode: 0 });

    const pooled = await startPgbouncer(pgbouncer ?? '', service, { mode: 'transaction' });
    const start = (keys: Keys, port?: string) =>
      spawnOne(pooled, {
        ...{ DATABASE_DIRECT_URL: service, DRAIN_SECONDS: '3', MIGRATE_ON_START: 'true' },
        ...keys,
        ...(port === undefined ? {} : { PORT: port }),
      });
    let servers: readonly ServerProcess[] = [await start({ MASTER_KEY: before }), await start({ MASTER_KEY: before })];
    const { url, leaveOut } = await startNginx(nginx ?? '', servers);

    const [first] = servers;
    if (first === undefined) throw new Error('there is no process');
    const room = await seed(first).waitingRoom({ knockCooldownSeconds: 0 });
    const load = startLoad(createFleet([{ url }]), room.name);
    /** One after the other, as the runbook says. */
    const restart = async (keys: Keys) => {
      const fresh: ServerProcess[] = [];
      for (const old of servers) {
        await leaveOut(old);
        expect(await old.kill('SIGTERM')).toEqual({ code: 0, signal: null });
        const anew = await start(keys, new URL(old.url).port);
        await leaveOut(null);
        await until(() => isUsed(anew), Boolean, 30_000);
        fresh.push(anew);
      }
      servers = fresh;
    };
    await restart({ MASTER_KEY: before, MASTER_KEY_PREVIOUS: next });
    await restart({ MASTER_KEY: next, MASTER_KEY_PREVIOUS: before });
    const rotating = vestibule({ MASTER_KEY: next, MASTER_KEY_PREVIOUS: before });
    expect(await rotating('key', 'rotate-master')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await rotating('key', 'rotate')).toMatchObject({ exitCode: 0, stderr: '' });
    await restart({ MASTER_KEY: next });
    await load.goOn();
    expect(await load.end()).toEqual([]);

    const operator = vestibule({ MASTER_KEY: next });
    const { stdout } = await operator('room', 'show', room.name, '--json');
    expect(shown.parse(JSON.parse(stdout)).waiting).toBe(0);
    // The role that serves, by the direct way, finds nothing that is a problem.
    expect(await operator('doctor')).toMatchObject({ exitCode: 0 });
  },
);
