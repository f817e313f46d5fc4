import { expect, test } from 'vitest';
import { cursorOf, followFromJoining, followOwnKnock, followRoom, type Happened } from '../api/room-kit.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { callerOf, seed } from '../support/seed.ts';
import { spawnServer, startServer } from '../support/server.ts';
import { patience, until } from './fault-kit.ts';

const database = await createTestDatabase();

/** Has the database refuse whatever is written to this room, until the answer is called; that refuses to end before it was tried. */
async function refuseRoom(name: string): Promise<() => Promise<void>> {
  await database.sql.unsafe(`
    create sequence refusals;
    create function refuse_room() returns trigger language plpgsql as $$
      begin perform nextval('refusals'); raise exception 'refused' using errcode = '53100'; end $$;
    create trigger refuse_room before update on rooms for each row when (old.name = '${name}') execute function refuse_room()`);
  return async () => {
    await until(
      () => database.sql`select is_called from refusals`,
      ([row]) => row?.is_called === true,
    );
    await database.sql.unsafe('drop trigger refuse_room on rooms; drop function refuse_room; drop sequence refusals');
  };
}

test(
  'whoever hung on a process that was killed is gone in time, also where burying it and sweeping were refused at first',
  patience,
  async () => {
    const [staying, dying] = [
      await startServer({ databaseUrl: database.url }),
      await spawnServer({ databaseUrl: database.url }),
    ];
    const backend = seed(staying);
    const room = await backend.waitingRoom({ knockTimeoutSeconds: 86_400 });
    // Here nobody but a knocker hangs on it.
    const lobby = await backend.waitingRoom({ knockTimeoutSeconds: 86_400 });
    const alone = await lobby.knocker();
    const after = await cursorOf(backend, room.name);
    const guest = await room.guest();
    const knocker = await room.knocker();
    await followFromJoining({ ...callerOf(dying, guest.sessionToken), id: guest.id }, after);
    await (await followOwnKnock(callerOf(dying, knocker.knockToken))).next();
    await (await followOwnKnock(callerOf(dying, alone.knockToken))).next();
    const ofLobby = await followRoom(backend, { roomName: lobby.name, after: await cursorOf(backend, lobby.name) });
    const events = await followRoom(backend, { roomName: room.name, after: await cursorOf(backend, room.name) });
    const ofGuest = ({ participant }: Happened) => participant?.id === guest.id;
    const ofKnocker = ({ knockRequest }: Happened) => knockRequest?.id === knocker.knockId;

    const bury = await refuseRoom(room.name);
    await dying.kill('SIGKILL');
    await moveClock(database, { seconds: 10 });
    await until(
      () => database.sql`select 1 from processes where dead_at is not null`,
      (dead) => dead.length === 1,
    );
    await bury();
    const away = await events.find(ofGuest, 10_000);
    expect(away.participant).toMatchObject({ connection: 'RECONNECTING' });

    const sweep = await refuseRoom(room.name);
    await moveClock(database, { seconds: 600, areAlive: true });
    await sweep();
    const gone = [
      await events.find((event) => ofGuest(event) || ofKnocker(event)),
      await events.find((event) => ofGuest(event) || ofKnocker(event)),
    ];
    expect(gone.find(ofGuest)).toMatchObject({ __typename: 'ParticipantLeft', leaveReason: 'CONNECTION_LOST' });
    expect(gone.find(ofKnocker)).toMatchObject({ status: 'CANCELLED', reason: 'KNOCKER_LEFT' });
    await ofLobby.find(({ knockRequest, reason }) => knockRequest?.id === alone.knockId && reason === 'KNOCKER_LEFT');
    const [row] = await database.sql`select swept_at from processes where dead_at is not null`;
    expect(row?.swept_at).not.toBeNull();
  },
);
