import { expect, test } from 'vitest';
import { act, codeOf, openHouse } from '../api/admission-kit.ts';
import { change, cursorOf, followFromJoining } from '../api/room-kit.ts';
import { callerOf } from '../support/seed.ts';
import { until } from '../support/until.ts';
import { countLockWaits, hold } from './room-lock.ts';

test('permissions of a domain that not all rooms could be told are UNAVAILABLE, and the same again tells the rest', async () => {
  const { backend, database } = await openHouse();
  const people = await Promise.all(
    ['told', 'refused'].map(async (what) => {
      const room = await backend.room();
      const after = await cursorOf(backend, room.name);
      const person = await room.join({ userName: what });
      return { room, person, events: await followFromJoining(person, after) };
    }),
  );
  const [told, refused] = people;
  if (told === undefined || refused === undefined) throw new Error('there are two rooms');
  await database.sql.unsafe(`
    create function refuse_room() returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '53100'; end $$;
    create trigger refuse_room before update on rooms for each row when (new.name = '${refused.room.name}') execute function refuse_room()`);
  const ask = async () =>
    codeOf(await act(backend, 'updateDomain', { permissions: { canSend: ['VIDEO'], canAdmin: ['STREAMING'] } }));
  const hears = ({ events, person }: typeof told) =>
    events.find(
      ({ participant }) => participant?.id === person.id && participant.permissions.canAdmin.includes('STREAMING'),
    );
  expect(await ask()).toBe('UNAVAILABLE');
  await hears(told);
  await database.sql`drop trigger refuse_room on rooms`;
  expect(await ask()).toBe('Domain');
  await hears(refused);
});

test('permissions that are changed while others are being changed are told to whoever was told of those', async () => {
  const { backend, server, database } = await openHouse();
  const room = await backend.room();
  const after = await cursorOf(backend, room.name);
  const person = await room.join({ userName: 'Ada' });
  const events = await followFromJoining(person, after);
  const hears = (canSend: readonly string[]) =>
    events.find(
      ({ participant }) =>
        participant?.id === person.id && JSON.stringify(participant.permissions.canSend) === JSON.stringify(canSend),
    );
  const all = ['AUDIO', 'VIDEO', 'SCREEN_AUDIO', 'SCREEN_VIDEO', 'CUSTOM_AUDIO', 'CUSTOM_VIDEO'];
  const key = 'the second key';
  const input = { name: key, scopes: ['ADMIN'] };
  const { secret } = await change<{ readonly secret: string }>(
    backend,
    'createApiKey',
    input,
    '... on CreatedApiKey { secret }',
  );
  // The second change has seen what was before the first, and waits for its key.
  const release = await hold(database, (sql) => sql.unsafe('select 1 from api_keys where name = $1 for update', [key]));
  const second = act(callerOf(server, secret), 'updateDomain', { permissions: { canSend: all } });
  await until(
    () => countLockWaits(database),
    (count) => count > 0,
  );
  expect(codeOf(await act(backend, 'updateDomain', { permissions: { canSend: ['VIDEO'] } }))).toBe('Domain');
  await hears(['VIDEO']);
  await release();
  expect(codeOf(await second)).toBe('Domain');
  await hears(all);
});
