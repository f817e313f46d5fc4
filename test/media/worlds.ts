import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import {
  AudioFrame,
  AudioSource,
  LocalAudioTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';
import { AccessToken, type VideoGrant } from 'livekit-server-sdk';
import { closeAfterwards } from '../support/closers.ts';
import { type FakePerson, startFakeLiveKit } from './fake-livekit.ts';
import { findLiveKit, liveKitKey, startLiveKit } from './livekit-server.ts';

/** Somebody who is connected to a media server. */
export type Connected = {
  readonly identity: string;
  /** A microphone that sends. */
  speak(): Promise<void>;
  /** The last token that the server gave them, by which they come again. */
  token(): string;
  leave(): Promise<void>;
  /** Settles when the server has ended the connection. */
  readonly thrownOut: Promise<void>;
};

/** A media server with people who connect to it: the fake, or the real one with real clients. */
export type World = {
  readonly apiUrl: string;
  connect(room: string, identity: string, grant?: VideoGrant): Promise<Connected>;
  /** Rejects where the token does not let in. */
  enter(token: string): Promise<Connected>;
  /** A socket and nothing more: no sound, no picture, and no ear for either. */
  open(room: string, identity: string): Promise<Pick<Connected, 'thrownOut'>>;
};

type WorldOptions = { readonly webhookUrls?: readonly string[] };

const program = await findLiveKit();

/** Each world by its name. Where the machine has no livekit-server, there is the fake alone. */
export const worlds: readonly (readonly [string, (options?: WorldOptions) => Promise<World>])[] = [
  ['the fake', startFakeWorld],
  ...(program === null
    ? []
    : [['livekit-server', (options?: WorldOptions) => startRealWorld(program, options)] as const]),
];

async function startFakeWorld({ webhookUrls }: WorldOptions = {}): Promise<World> {
  const { fake, url } = await startFakeLiveKit(webhookUrls);
  const thrownOut = async (room: string, { identity, sid }: FakePerson) => {
    while (fake.rooms.get(room)?.get(identity)?.sid === sid) await pause(5);
  };
  const connected = (room: string, person: FakePerson): Connected => ({
    identity: person.identity,
    speak: async () => void fake.publish(person, 'MICROPHONE', 'AUDIO', 'audio/opus'),
    token: () => fake.tokenOf(room, person),
    leave: async () => void fake.leave(room, person.identity),
    thrownOut: thrownOut(room, person),
  });
  const enter = async (token: string) => {
    const entered = await fake.enter(token);
    if (entered === null) throw new Error('invalid token');
    return connected(entered.room, entered.person);
  };
  return {
    apiUrl: url,
    enter,
    connect: async (room, identity, grant) => enter(await tokenOf(room, identity, grant)),
    open: async (room, identity) => ({
      thrownOut: thrownOut(room, fake.connect(room, identity, {}, { state: 'JOINING' })),
    }),
  };
}

async function startRealWorld(path: string, options: WorldOptions = {}): Promise<World> {
  const server = await startLiveKit(path, options);
  const enter = async (token: string): Promise<Connected> => {
    const { client, thrownOut } = await connectClient(server.url, token);
    const { identity = '' } = client.localParticipant ?? {};
    const last = () => client.token ?? token;
    return { identity, thrownOut, token: last, leave: () => leave(client), speak: () => speak(client) };
  };
  return {
    apiUrl: server.apiUrl,
    enter,
    connect: async (room, identity, grant) => enter(await tokenOf(room, identity, grant)),
    open: async (room, identity) => {
      const token = await tokenOf(room, identity);
      const socket = new WebSocket(`${server.url}/rtc?access_token=${token}&protocol=15&auto_subscribe=0`);
      closeAfterwards(() => socket.close());
      const { promise: thrownOut, resolve } = Promise.withResolvers<void>();
      socket.addEventListener('close', () => resolve());
      await once(socket, 'open');
      return { thrownOut };
    },
  };
}

/** As a client has it: for a minute, left out means allowed. */
export async function tokenOf(room: string, identity: string, grant: VideoGrant = {}): Promise<string> {
  const token = new AccessToken(liveKitKey.apiKey, liveKitKey.apiSecret, { identity, ttl: 60 });
  token.addGrant({ ...grant, room, roomJoin: true });
  return token.toJwt();
}

export async function connectClient(url: string, token: string) {
  const client = new Room();
  const out = Promise.withResolvers<void>();
  client.on(RoomEvent.Disconnected, () => out.resolve());
  await client.connect(url, token, { autoSubscribe: true, dynacast: false });
  closeAfterwards(() => leave(client));
  return { client, thrownOut: out.promise };
}

/** How long a client waits for its farewell to be answered. Milliseconds. */
const farewellMs = 5_000;

/** A client whose server was killed may wait for its own end for ever. */
export async function leave(client: Room): Promise<void> {
  await Promise.race([client.disconnect(), pause(farewellMs, undefined, { ref: false })]);
}

const sampleRate = 48_000;
const samplesPerFrame = sampleRate / 100;

/** A hum until its connection ends, which calls itself what the test says. */
export async function speak(client: Room, name = TrackSource.SOURCE_MICROPHONE): Promise<void> {
  const source = new AudioSource(sampleRate, 1);
  const track = LocalAudioTrack.createAudioTrack('microphone', source);
  const options = new TrackPublishOptions({ source: name });
  await client.localParticipant?.publishTrack(track, options);
  let isOver = false;
  client.on(RoomEvent.Disconnected, () => {
    isOver = true;
  });
  closeAfterwards(() => {
    isOver = true;
  });
  void (async () => {
    const samples = Int16Array.from({ length: samplesPerFrame }, (_, index) => 8_000 * Math.sin(index / 8));
    while (!isOver) {
      await source.captureFrame(new AudioFrame(samples, sampleRate, 1, samplesPerFrame)).catch(() => {
        isOver = true;
      });
    }
  })();
}
