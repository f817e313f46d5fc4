import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { settingsFor } from '../cli/command-line.ts';
import { scale } from '../faults/fault-kit.ts';
import { closeAfterwards } from '../support/closers.ts';
import { buildImage, findImageTools, type Image, runInImage } from '../support/container-image.ts';
import { createTestDatabase } from '../support/database.ts';
import { graphqlClient } from '../support/graphql-client.ts';
import { findFreePort } from '../support/server.ts';
import { until } from '../support/until.ts';

// The Dockerfile as it stands is built, and what it makes is run. That takes minutes, and programs that npm does not bring: .ci/run does it.

const buildah = scale < 1 ? null : await findImageTools();

describe.skipIf(buildah === null)('the image', () => {
  let image: Image;

  beforeAll(async () => {
    image = await buildImage(buildah ?? '');
  }, 1_500_000);

  const outputOf = async (...words: readonly string[]): Promise<string> => {
    const child = runInImage(image, words, {});
    const [said] = await Promise.all([child.stdout === null ? '' : text(child.stdout), once(child, 'close')]);
    return said.trim();
  };

  test('runs as somebody who is not root, and can write its data and nothing of its own', async () => {
    expect(await outputOf('id', '--user')).toBe('1000');
    const { Volumes } = image.config;
    expect(Object.keys(Volumes)).toEqual(['/var/lib/vestibule']);
    const writable = 'for place in /opt/vestibule / /usr /var/lib/vestibule; do [ -w "$place" ] && echo "$place"; done';
    expect(await outputOf('sh', '-c', writable)).toBe('/var/lib/vestibule');
  });

  test('has the command line, and no source, no tool of the build and no secret', async () => {
    expect(await outputOf('vestibule', '--help')).toContain('vestibule serve');
    const kept =
      'for name in src test .env .git node_modules/vite node_modules/typescript; do [ -e "$name" ] && echo "$name"; done';
    expect(await outputOf('sh', '-c', kept)).toBe('');
  });

  test('serves beside a PostgreSQL, is healthy, and ends with 0 on SIGTERM', { timeout: 300_000 }, async () => {
    const database = await createTestDatabase('template1');
    const port = String(await findFreePort());
    const key = `vk_imagetest_${'Ab1-'.repeat(11)}`;
    const { DATABASE_URL = '', MASTER_KEY = '' } = settingsFor(database.url);
    const own = { PORT: port, METRICS_PORT: String(await findFreePort()), DRAIN_SECONDS: '1' };
    const settings = { ...own, DATABASE_URL, MASTER_KEY, BOOTSTRAP_API_KEY: key, PUBLIC_URL: 'http://vestibule.test' };
    const child = runInImage(image, image.config.Cmd, settings);
    closeAfterwards(() => child.kill('SIGKILL'));
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (part) => (said += part));
    await until(
      async () => said,
      (all) => all.includes('Vestibule is at') || child.exitCode !== null,
      60_000,
    );
    const ask = graphqlClient(`http://127.0.0.1:${port}`, key);
    const { body } = await ask('mutation { createRoom(input: { name: "weekly" }) { __typename } }');
    expect(body.data, said).toEqual({ createRoom: { __typename: 'Room' } });
    const page = await fetch(`http://127.0.0.1:${port}/default/weekly`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    expect(await healthOf(settings)).toBe(0);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(await healthOf(settings)).toBe(1);
  });

  async function healthOf(settings: Readonly<Record<string, string>>): Promise<number | null> {
    const child = runInImage(image, image.config.Healthcheck.Test.slice(1), settings);
    await once(child, 'exit');
    return child.exitCode;
  }
});
