import { describe, expect, test } from 'vitest';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { callerOf, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { accessOf, act, codeOf, openHouse } from './admission-kit.ts';

// The clock by which everything here is decided is the database's. The process's own stays where it is: hours behind.

const hour = 3_600_000;

/** A whole second some hours from now, as tokens count them. */
const inHours = (count: number) => new Date(Math.ceil((Date.now() + count * hour) / 1000) * 1000);

/** Stands the database's clock so many seconds from an instant. */
async function stand(house: Awaited<ReturnType<typeof openHouse>>, instant: Date, seconds: number): Promise<void> {
  // Frozen, so that the second before is still before when the last question is answered.
  const at = new Date(instant.getTime() + seconds * 1000).toISOString();
  await house.database.sql.unsafe(
    `create or replace function app_now() returns timestamptz language sql volatile as $$ select '${at}'::timestamptz $$`,
  );
}

describe('one second before, at, and one second after', () => {
  test("a room's nbf: closed, open, open, to owners too", async () => {
    const house = await openHouse();
    const nbf = inHours(3);
    const room = await house.backend.waitingRoom({ nbf });
    const token = (await room.token({ isOwner: true, exp: inHours(9) })).jwt;
    const open: boolean[] = [];
    for (const seconds of [-1, 0, 1]) {
      await stand(house, nbf, seconds);
      const join = await act(house.anybody, 'joinRoom', { roomName: room.name, token });
      const knock = await act(house.anybody, 'knock', { roomName: room.name, userName: 'Nora' });
      const { level, refusal } = await accessOf(house.anybody, room.name, token);
      open.push(join.__typename === 'Joined');
      if (seconds < 0) {
        for (const refused of [join, knock, refusal])
          expect(refused).toMatchObject({ code: 'ROOM_NOT_OPEN', opensAt: nbf.toISOString() });
      }
      expect([join.__typename === 'Joined', knock.__typename === 'Knocked', level === 'FULL']).toEqual(
        Array(3).fill(seconds >= 0),
      );
    }
    expect(open).toEqual([false, true, true]);
  });

  test("a room's exp: open, closed, closed, to owners too", async () => {
    const house = await openHouse();
    const exp = inHours(3);
    const room = await house.backend.waitingRoom({ exp });
    const token = (await room.token({ isOwner: true, exp: inHours(9) })).jwt;
    for (const seconds of [-1, 0, 1]) {
      await stand(house, exp, seconds);
      const join = await act(house.anybody, 'joinRoom', { roomName: room.name, token });
      const knock = await act(house.anybody, 'knock', { roomName: room.name, userName: 'Nora' });
      const { level } = await accessOf(house.anybody, room.name, token);
      const outcomes = [codeOf(join), codeOf(knock), level];
      expect(outcomes).toEqual(seconds < 0 ? ['Joined', 'Knocked', 'FULL'] : ['ROOM_EXPIRED', 'ROOM_EXPIRED', 'NONE']);
    }
  });

  test("a token's nbf: not yet, good, good: five seconds early, since clocks differ", async () => {
    const house = await openHouse();
    const nbf = inHours(3);
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const { jwt } = await room.token({ nbf, exp: inHours(9) });
    for (const seconds of [-6, -5, -4]) {
      await stand(house, nbf, seconds);
      const join = await act(house.anybody, 'joinRoom', { roomName: room.name, token: jwt });
      const { level, refusal } = await accessOf(house.anybody, room.name, jwt);
      expect([codeOf(join), level]).toEqual(seconds < -5 ? ['TOKEN_NOT_YET_VALID', 'NONE'] : ['Joined', 'FULL']);
      if (seconds < -5) expect([join.opensAt, refusal?.opensAt]).toEqual([nbf.toISOString(), nbf.toISOString()]);
    }
  });

  test("a token's exp: good, over, over", async () => {
    const house = await openHouse();
    const exp = inHours(3);
    const room = await house.backend.room();
    const knockable = await house.backend.waitingRoom();
    const { jwt } = await room.token({ exp });
    const knocking = (await knockable.token({ knocking: true, exp, userId: 'nora-1' })).jwt;
    for (const seconds of [-1, 0, 1]) {
      await stand(house, exp, seconds);
      const join = await act(house.anybody, 'joinRoom', { roomName: room.name, token: jwt });
      const knock = await act(house.anybody, 'knock', { roomName: knockable.name, userName: 'N', token: knocking });
      const { level } = await accessOf(house.anybody, room.name, jwt);
      // The room is public: a token that is over still refuses its holder.
      expect([codeOf(join), codeOf(knock), level]).toEqual(
        seconds < 0 ? ['Joined', 'Knocked', 'FULL'] : ['TOKEN_EXPIRED', 'TOKEN_EXPIRED', 'NONE'],
      );
    }
  });
});

test('a process whose clock is hours wrong makes tokens and decides by the clock of the database', async () => {
  const database = await createTestDatabase();
  await moveClock(database, { seconds: -5 * 3600 });
  const server = await startServer({ databaseUrl: database.url, rateLimits: false });
  const backend = seed(server);
  const room = await backend.waitingRoom({ exp: new Date(Date.now() - 4 * hour) });
  const { meetingToken, jwt } = await room.token();
  const lives = await act(backend, 'createMeetingToken', { roomName: room.name });
  const inADay = Date.now() - 5 * hour + 24 * hour;
  expect(Math.abs(Date.parse(lives.meetingToken?.exp ?? '') - inADay)).toBeLessThan(10_000);
  expect(meetingToken.jti).toBeDefined();
  const joined = await act(callerOf(server), 'joinRoom', { roomName: room.name, token: jwt });
  expect(codeOf(joined)).toBe('Joined');
});
