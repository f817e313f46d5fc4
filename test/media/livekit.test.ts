import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { anyAddress, type MayCall, publicAddresses } from '../../src/egress/allowed.ts';
import { createPoster } from '../../src/egress/poster.ts';
import { createLiveKit } from '../../src/media/livekit.ts';
import type { MediaServer } from '../../src/media/port.ts';
import { closeAfterwards } from '../support/closers.ts';

const apiSecret = 'a-secret-that-nothing-may-ever-show';

/** A server that answers every call so, and the adapter that calls it. */
async function startAnswering(
  answer: (response: ServerResponse) => void,
  { mayCall = anyAddress, timeoutMs = 30_000 }: { readonly mayCall?: MayCall; readonly timeoutMs?: number } = {},
) {
  let asked = 0;
  const bodies: Promise<string>[] = [];
  const server = createServer((request, response) => {
    asked += 1;
    // Some answers cut the connection before it has come.
    bodies.push(readText(request).catch(() => ''));
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const poster = createPoster({ mayCall, timeoutMs });
  const media = createLiveKit({ url: `ws://127.0.0.1:${port}`, apiKey: 'key', apiSecret, poster });
  return { media, asked: () => asked, bodies };
}

const json = (status: number, body: unknown) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const empty = (count: number) => Array.from({ length: count }, () => ({}));

/** A list of so many people. */
const listing = (count: number, make: (index: number) => object) => {
  const list = Array.from({ length: count }, (_, index) => make(index));
  return json(200, { participants: list });
};

const calls: Readonly<Record<keyof MediaServer, (media: MediaServer) => Promise<{ readonly outcome: string }>>> = {
  greet: (media) => media.greet(),
  ensureRoom: (media) => media.ensureRoom('room'),
  look: (media) => media.look('room'),
  allow: (media) =>
    media.allow('room', 'somebody', {
      canPublish: false,
      sources: [],
      canSubscribe: false,
      canPublishData: false,
      hidden: false,
      canUpdateMetadata: false,
    }),
  mute: (media) => media.mute('room', 'somebody', 'TR_1'),
  remove: (media) => media.remove('room', 'somebody'),
  closeRoom: (media) => media.closeRoom('room'),
  rooms: (media) => media.rooms(),
  startStream: (media) => media.startStream('room', ['rtmp://example.com/live/key']),
  stopStream: (media) => media.stopStream('EG_1'),
  streams: (media) => media.streams('room'),
};

const answers: readonly (readonly [string, (response: ServerResponse) => void, string])[] = [
  ['401', json(401, { code: 'unauthenticated', msg: `no ${apiSecret}` }), 'REFUSED'],
  ['403', json(403, { code: 'permission_denied', msg: 'go away' }), 'REFUSED'],
  ['500', json(500, { code: 'internal', msg: 'go away' }), 'UNREACHABLE'],
  ['503', json(503, { code: 'unavailable', msg: 'go away' }), 'UNREACHABLE'],
  ['404 of a page', (response) => response.writeHead(404).end('<h1>go away</h1>'), 'UNREACHABLE'],
  ['200 of a page', (response) => response.writeHead(200).end('<h1>go away</h1>'), 'UNREACHABLE'],
  ['a list in place of an object', json(200, []), 'UNREACHABLE'],
  ['a cut connection', (response) => response.destroy(), 'UNREACHABLE'],
  ['more than any server has', json(200, { participants: empty(150_000), rooms: empty(150_000) }), 'UNREACHABLE'],
];

/** Nobody has to wait long for what never comes. */
const neverAnswered: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ['nothing', () => undefined],
  ['half an answer', (response) => response.writeHead(200).write('{"rooms":')],
];

function expectSentence(answered: unknown, outcome: string): void {
  expect(answered).toEqual({ outcome, error: expect.stringMatching(/^The media server .*\.$/) });
  expect(JSON.stringify(answered)).not.toMatch(/go away|a-secret/);
}

describe.each(Object.entries(calls))('%s', (_name, call) => {
  test.each(answers)('%s: a typed outcome and a sentence of ours', async (_what, answer, outcome) => {
    const { media } = await startAnswering(answer);
    expectSentence(await call(media), outcome);
  });

  test.each(neverAnswered)('%s: a typed outcome and a sentence of ours, in time', async (_what, answer) => {
    const { media } = await startAnswering(answer, { timeoutMs: 50 });
    expectSentence(await call(media), 'UNREACHABLE');
  });

  test('a redirect is not followed, and the token goes nowhere else', async () => {
    const elsewhere = await startAnswering(json(200, {}));
    const { media } = await startAnswering((response) =>
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    );
    expect(await call(media)).toMatchObject({ outcome: 'UNREACHABLE' });
    expect(elsewhere.asked()).toBe(0);
  });

  test('a private address that is not allowed is not called', async () => {
    const { media, asked } = await startAnswering(json(200, {}), { mayCall: publicAddresses });
    expect(await call(media)).toMatchObject({ outcome: 'UNREACHABLE' });
    expect(asked()).toBe(0);
  });
});

describe('what an answer may cost', () => {
  const people = (count: number, more: object) =>
    listing(count, (index) => ({ identity: `p-${index}`, permission: {}, ...more }));

  test('a list of some thousand people is read, whatever they are called', async () => {
    const name = `\\"${'{['.repeat(60)}`;
    const { media } = await startAnswering(people(5_000, { name, tracks: [{ sid: 'TR_1' }] }));
    const seen = await media.look('room');
    expect(seen.outcome === 'DONE' ? seen.people.length : seen).toBe(5_000);
  });

  test.each([
    ['more people than any room has', listing(10_001, () => ({}))],
    ['people who send more than anybody does', people(10, { tracks: Array.from({ length: 11_000 }, () => ({})) })],
    ['more bytes than a room has', people(5, { sid: 'x'.repeat(1_000_000) })],
    ['more than anybody reads', people(34, { metadata: 'x'.repeat(1_000_000) })],
  ])('a list of %s is refused, and nothing is made of it', async (_what, answer) => {
    const { media } = await startAnswering(answer);
    expectSentence(await media.look('room'), 'UNREACHABLE');
  });

  test('however much somebody says of what they send, the list of their room is read', async () => {
    const layers = Array.from({ length: 50_000 }, () => ({ quality: 'LOW', bitrate: [{ a: ']}"' }] }));
    const long = `${'\\"{['.repeat(500_000)}`;
    const track = { name: long, sid: 'TR_1', layers, source: 'CAMERA', codecs: [[{}]], type: 'VIDEO', muted: true };
    const { media } = await startAnswering(people(2, { name: long, attributes: { sid: '1' }, tracks: [track, track] }));
    const seen = await media.look('room');
    const tracks = [track, track].map(() => ({
      sid: 'TR_1',
      source: 'CAMERA',
      type: 'VIDEO',
      mimeType: '',
      muted: true,
    }));
    expect(seen).toMatchObject({ people: [0, 1].map((index) => ({ identity: `p-${index}`, tracks })) });
  });

  test('of a server with ten thousand rooms the list is read, and whether it answers takes none of it', async () => {
    const rooms = Array.from({ length: 10_000 }, (_, index) => ({ name: `r-${index}`, enabledCodecs: [{}, {}] }));
    const { media, bodies } = await startAnswering(json(200, { rooms }));
    const listed = await media.rooms();
    expect(listed.outcome === 'DONE' ? listed.names.length : listed).toBe(10_000);
    expect(await media.greet()).toEqual({ outcome: 'DONE' });
    expect(JSON.parse((await bodies.at(-1)) ?? '')).toEqual({ names: ['-'] });
  });
});

test('a room that is said to be missing is an empty one to who looks, and gone to who acts', async () => {
  const { media } = await startAnswering(json(404, { code: 'not_found', msg: 'requested room does not exist' }));
  expect(await media.look('room')).toEqual({ outcome: 'DONE', people: [] });
  for (const name of ['allow', 'remove', 'closeRoom', 'startStream', 'stopStream'] as const) {
    expect(await calls[name](media), name).toEqual({ outcome: 'GONE' });
  }
});

test.each([
  ['in milliseconds', { joined_at: '1764000000', joined_at_ms: '1764000000123' }, new Date(1_764_000_000_123)],
  ['in seconds', { joined_at: '1764000000' }, new Date(1_764_000_000_000)],
  ['not', {}, null],
])('since when somebody is there is said %s', async (_how, said, joinedAt) => {
  const { media } = await startAnswering(json(200, { participants: [{ identity: 'ada', ...said }] }));
  expect(await media.look('room')).toMatchObject({ people: [{ identity: 'ada', joinedAt }] });
});

test('a stream is sent to each address by the protocol that the address names', async () => {
  const { media, bodies } = await startAnswering(json(200, { egress_id: 'EG_1', room_name: 'room' }));
  const [rtmp, rtmps] = ['rtmp://a.example/live/key', 'rtmps://b.example/live/key'];
  const [srt, SRT] = ['srt://c.example:9000?streamid=key', 'SRT://d.example:9000?streamid=key'];
  for (const destinations of [[rtmp, srt, rtmps, SRT], [rtmp], [srt]]) await media.startStream('room', destinations);
  const outputs = (await Promise.all(bodies)).map((body) => JSON.parse(body).stream_outputs);
  expect(outputs).toEqual([
    [
      { protocol: 'RTMP', urls: [rtmp, rtmps] },
      { protocol: 'SRT', urls: [srt, SRT] },
    ],
    [{ protocol: 'RTMP', urls: [rtmp] }],
    [{ protocol: 'SRT', urls: [srt] }],
  ]);
});

test('without an egress service a server says so, and is not away', async () => {
  const { media } = await startAnswering(json(500, { code: 'internal', msg: 'egress not connected (redis required)' }));
  expect(await media.streams('room')).toEqual({ outcome: 'DONE', isAble: false, streams: [] });
});

test('why a stream failed is told without the destination', async () => {
  const failed = {
    egress_id: 'EG_1',
    room_name: 'room',
    status: 'EGRESS_FAILED',
    error: 'could not connect to rtmp://a.example/live/stream-key: refused',
    started_at: '1764000000123456789',
  };
  const { media } = await startAnswering(json(200, { items: [failed] }));
  expect(await media.streams('room')).toEqual({
    outcome: 'DONE',
    isAble: true,
    streams: [
      {
        ...{ id: 'EG_1', room: 'room', isOfRoom: false, state: 'FAILED', error: 'could not connect to … refused' },
        startedAt: new Date(1_764_000_000_123),
      },
    ],
  });
});

test.each(['EGRESS_FAILED', 'EGRESS_ABORTED', 'EGRESS_LIMIT_REACHED'])(
  'a stream that ended as %s without a word has a sentence all the same',
  async (status) => {
    const ended = ['', ' \n'].map((error) => ({ egress_id: 'EG_1', room_name: 'room', status, error }));
    const { media } = await startAnswering(json(200, { items: ended }));
    const failed = { state: 'FAILED', error: 'The media server says that the live stream failed.' };
    expect(await media.streams('room')).toMatchObject({ streams: [failed, failed] });
  },
);

test('since when a stream is sent is not said before it is', async () => {
  const { media } = await startAnswering(json(200, { items: [{ egress_id: 'EG_1', room_name: 'room' }] }));
  expect(await media.streams('room')).toMatchObject({ streams: [{ state: 'STARTING', startedAt: null }] });
});
