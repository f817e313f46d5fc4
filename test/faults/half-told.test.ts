import { expect, test } from 'vitest';
import { act, codeOf, openHouse } from '../api/admission-kit.ts';
import { cursorOf, followFromJoining } from '../api/room-kit.ts';

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
  const change = async () =>
    codeOf(await act(backend, 'updateDomain', { permissions: { canSend: ['VIDEO'], canAdmin: ['STREAMING'] } }));
  const hears = ({ events, person }: typeof told) =>
    events.find(
      ({ participant }) => participant?.id === person.id && participant.permissions.canAdmin.includes('STREAMING'),
    );
  expect(await change()).toBe('UNAVAILABLE');
  await hears(told);
  await database.sql`drop trigger refuse_room on rooms`;
  expect(await change()).toBe('Domain');
  await hears(refused);
});
