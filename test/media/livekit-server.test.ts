import { Room } from '@livekit/rtc-node';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLiveKit, type LiveKitServer, liveKitKey, startLiveKit } from './livekit-server.ts';

// What all tests of media servers stand on: a real livekit-server, real calls and real clients.

const program = await findLiveKit();

describe.skipIf(program === null)('a livekit-server of the tests', () => {
  let server: LiveKitServer;
  let calls: RoomServiceClient;

  beforeAll(async () => {
    server = await startLiveKit(program ?? '');
    calls = new RoomServiceClient(server.apiUrl, liveKitKey.apiKey, liveKitKey.apiSecret);
  });

  test('lets a client in, whom its API shows', async () => {
    const token = new AccessToken(liveKitKey.apiKey, liveKitKey.apiSecret, { identity: 'somebody', ttl: 60 });
    token.addGrant({ room: 'place', roomJoin: true });
    const room = new Room();
    await room.connect(server.url, await token.toJwt(), { autoSubscribe: true, dynacast: false });
    expect((await calls.listParticipants('place')).map(({ identity }) => identity)).toEqual(['somebody']);
    await room.disconnect();
  });

  test('is killed and starts again at the same address, without a memory', async () => {
    await calls.createRoom({ name: 'forgotten' });
    await server.kill('SIGKILL');
    await expect(fetch(server.apiUrl)).rejects.toThrow();
    await server.restart();
    expect(await calls.listRooms()).toEqual([]);
  });
});
