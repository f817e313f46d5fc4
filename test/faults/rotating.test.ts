import { randomBytes } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { JoinRoomDocument } from '../support/generated/operations.ts';
import { type RoomSeed, seed } from '../support/seed.ts';
import type { ServerProcess } from '../support/server.ts';
import { patience, spawnOne, until } from './fault-kit.ts';
import { createFleet, replaceInTurn } from './fleet.ts';
import { startLoad } from './stories.ts';

// Keys are rotated by the steps of the runbook, while people knock, are decided on and come in at two processes. Whoever asks notices
// nothing.

const newKey = () => randomBytes(32).toString('base64');

test('the master key, by the four steps', { timeout: patience.timeout + 600_000 }, async () => {
  const database = await createTestDatabase();
  const [before, next] = [newKey(), newKey()];
  const start = (MASTER_KEY: string, MASTER_KEY_PREVIOUS = '') =>
    spawnOne(database.url, { MASTER_KEY, MASTER_KEY_PREVIOUS });
  const first = await start(before);
  const servers = [first, await start(before)];
  const room = await seed(first).waitingRoom({ knockCooldownSeconds: 0 });
  const kept = await room.token();
  const fleet = createFleet(servers);
  const load = startLoad(fleet, room.name);
  const knowing = await replaceInTurn(servers, { fleet, load, start: () => start(before, next) });
  const sealing = await replaceInTurn(knowing, { fleet, load, start: () => start(next, before) });
  const vestibule = vestibuleWith({
    ...settingsFor(database.url),
    MASTER_KEY: next,
    MASTER_KEY_PREVIOUS: before,
    PUBLIC_URL: 'http://vestibule.test',
  });
  expect(await vestibule('key', 'rotate-master')).toMatchObject({ exitCode: 0, stderr: '' });
  await load.goOn();
  await replaceInTurn(sealing, { fleet, load, start: () => start(next) });
  expect(await load.end()).toEqual([]);
  // What was signed before all of it still lets in, with the key before forgotten.
  expect(await fleet.ask(JoinRoomDocument, { input: { roomName: room.name, token: kept.jwt } })).toMatchObject({
    data: { joinRoom: { __typename: 'Joined' } },
  });
  await expect(start(before)).rejects.toThrow();
});

const keySet = z.object({ keys: z.array(z.object({ kid: z.string() })) });

async function publishedAt({ url }: ServerProcess): Promise<readonly string[]> {
  const { keys } = keySet.parse(await fetch(`${url}/.well-known/jwks.json`).then((answer) => answer.json()));
  return keys.map(({ kid }) => kid).toSorted();
}

const signerOf = async (room: RoomSeed) => decodeProtectedHeader((await room.token()).jwt).kid;

test('the signing key of a domain', { timeout: patience.timeout + 120_000 }, async () => {
  const database = await createTestDatabase();
  const [first, second] = [await spawnOne(database.url), await spawnOne(database.url)];
  const fleet = createFleet([first, second]);
  const room = await seed(first).waitingRoom({ knockCooldownSeconds: 0 });
  const before = await signerOf(room);
  const kept = await room.token();
  const load = startLoad(fleet, room.name);
  const vestibule = vestibuleWith({ ...settingsFor(database.url), PUBLIC_URL: 'http://vestibule.test' });
  expect(await vestibule('key', 'rotate')).toMatchObject({ exitCode: 0, stderr: '' });
  for (const server of [first, second]) {
    await until(
      () => publishedAt(server),
      (kids) => kids.length === 2,
    );
  }
  await load.goOn();
  expect(await load.end()).toEqual([]);
  expect(await signerOf(room)).toBe(before);

  // A minute later the next one signs, at both, and what the one before signed still lets in.
  await moveClock(database, { seconds: 120, areAlive: true });
  const later = startLoad(fleet, room.name);
  await until(
    () => signerOf(room),
    (kid) => kid !== before,
    30_000,
  );
  await later.goOn();
  expect(await later.end()).toEqual([]);
  await room.join({ token: kept.jwt });
});
