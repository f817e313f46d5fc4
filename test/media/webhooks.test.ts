import { createHash } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type RoomSeed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startFakeLiveKit } from './fake-livekit.ts';
import { liveKitKey } from './livekit-server.ts';
import { connectLiveKit } from './media-kit.ts';

// What LiveKit tells is a hint: it is verified by its raw bytes, kept once, and has the room looked at.

let database: TestDatabase;
let server: TestServer;
let room: RoomSeed;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url });
  await connectLiveKit(database, (await startFakeLiveKit()).url);
  room = await seed(server).room();
  await room.guest();
});

type Key = { readonly apiKey: string; readonly apiSecret: string };

async function signed(
  body: string,
  { key = liveKitKey, ttl = 300 }: { readonly key?: Key; readonly ttl?: number } = {},
): Promise<string> {
  const token = new AccessToken(key.apiKey, key.apiSecret, { ttl });
  token.sha256 = createHash('sha256').update(body).digest('base64');
  return token.toJwt();
}

function tell(body: string | Uint8Array<ArrayBuffer>, authorization?: string, domain = 'default') {
  return fetch(`${server.url}/media/${domain}/livekit`, {
    method: 'POST',
    headers: { 'content-type': 'application/webhook+json', ...(authorization === undefined ? {} : { authorization }) },
    body,
  });
}

const eventOf = (id: string, name = room.id) =>
  JSON.stringify({ event: 'participant_joined', id, createdAt: '1795903288', room: { sid: 'RM_1', name } });
const kept = async (id: string) => (await database.sql`select id from media_webhooks where id = ${id}`).length;

describe('what the media server of this domain tells', () => {
  test('is heard, kept once, and has the room looked at, however often it is told', async () => {
    const wanted = async () => {
      const [row] =
        await database.sql`select wanted from media_rooms where replace(room_id::text, '-', '') = ${room.id.slice(5)}`;
      return Number(row?.wanted);
    };
    const before = await wanted();
    const body = eventOf('EV_told');
    for (let turn = 0; turn < 3; turn += 1) expect((await tell(body, await signed(body))).status).toBe(200);
    expect(await kept('EV_told')).toBe(1);
    expect(await wanted()).toBe(before + 1);
  });

  test('of a live stream, which names its room in another place, has the room looked at as well', async () => {
    const egressInfo = { egressId: 'EG_1', roomName: room.id, status: 'EGRESS_COMPLETE', roomComposite: {} };
    for (const event of ['egress_started', 'egress_updated', 'egress_ended']) {
      const body = JSON.stringify({ event, id: `EV_${event}`, createdAt: '1795903288', egressInfo });
      expect((await tell(body, await signed(body))).status).toBe(200);
      expect(await kept(`EV_${event}`), event).toBe(1);
    }
  });

  test.each<readonly [string, object, number]>([
    ['by a clock that is half a minute slow', {}, -30],
    ['of a person with much metadata', { participant: { metadata: 'x'.repeat(200_000) } }, 300],
  ])('%s is heard', async (what, more, ttl) => {
    const body = JSON.stringify({ ...JSON.parse(eventOf(`EV_${what}`)), ...more });
    expect((await tell(body, await signed(body, { ttl }))).status).toBe(200);
    expect(await kept(`EV_${what}`)).toBe(1);
  });

  test.each([
    ['of a room that is not here', 'room_00000000000000000000000000000000'],
    ["of somebody else's room", 'their-room'],
    ['of no room', ''],
  ])('means nothing %s, and is heard', async (what, name) => {
    const body = eventOf(`EV_${what}`, name);
    expect((await tell(body, await signed(body))).status).toBe(200);
    expect(await kept(`EV_${what}`)).toBe(0);
  });
});

describe('what somebody else tells', () => {
  const body = () => eventOf('EV_forged');
  const forgeries: readonly (readonly [string, () => Promise<Response>])[] = [
    ['nothing signed', async () => tell(body())],
    ['no token', async () => tell(body(), 'nonsense')],
    [
      'another secret',
      async () => tell(body(), await signed(body(), { key: { ...liveKitKey, apiSecret: 'x'.repeat(32) } })),
    ],
    ['another key', async () => tell(body(), await signed(body(), { key: { ...liveKitKey, apiKey: 'another' } }))],
    ['another body', async () => tell(`${body()} `, await signed(body()))],
    ['other bytes', async () => tell(new Uint8Array([0xff, 0xfe, 0x7b, 0x7d]), await signed('��{}x'))],
    [
      'a token of a participant',
      async () => tell(body(), await new AccessToken(liveKitKey.apiKey, liveKitKey.apiSecret).toJwt()),
    ],
    ['too late', async () => tell(body(), await signed(body(), { ttl: -120 }))],
    ['a domain that is not there', async () => tell(body(), await signed(body()), 'no-such-domain')],
    ['a domain with a broken name', async () => tell(body(), await signed(body()), '%ff')],
    ['a domain with a blank name', async () => tell(body(), await signed(body()), '%20')],
  ];

  test.each(forgeries)('%s: changes nothing, and all get the same answer', async (_what, send) => {
    const answer = await send();
    const usual = await tell(body());
    expect([answer.status, await answer.text()]).toEqual([401, await usual.text()]);
    expect(await kept('EV_forged')).toBe(0);
  });

  test('too much is not read, and nothing but a POST is taken', async () => {
    expect((await tell('x'.repeat(300_000), 'nonsense')).status).toBe(413);
    expect((await fetch(`${server.url}/media/default/livekit`)).status).toBe(405);
  });
});
