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
import { startFakeLiveKit } from './fake-livekit.ts';
import { findLiveKit, liveKitKey, startLiveKit } from './livekit-server.ts';

/** Somebody who is connected to a media server. */
export type Connected = {
  readonly identity: string;
  /** A microphone that sends. */
  speak(): Promise<void>;
  leave(): Promise<void>;
  /** Settles when the server has ended the connection. */
  readonly thrownOut: Promise<void>;
};

/** A media server with people who connect to it: the fake, or the real one with real clients. */
export type World = {
  readonly apiUrl: string;
  connect(room: string, identity: string, grant?: VideoGrant): Promise<Connected>;
};

const program = await findLiveKit();

/** Each world by its name. Where the machine has no livekit-server, there is the fake alone. */
export const worlds: readonly (readonly [string, () => Promise<World>])[] = [
  ['the fake', startFakeWorld],
  ...(program === null ? [] : [['livekit-server', () => startRealWorld(program)] as const]),
];

async function startFakeWorld(): Promise<World> {
  const { fake, url } = await startFakeLiveKit();
  return {
    apiUrl: url,
    connect: async (room, identity, grant) => {
      const person = fake.connect(room, identity, grant);
      return {
        identity,
        speak: async () => void fake.publish(person, 'MICROPHONE', 'AUDIO', 'audio/opus'),
        leave: async () => void fake.rooms.get(room)?.delete(identity),
        thrownOut: (async () => {
          while (fake.has(room, identity)) await new Promise((resolve) => setTimeout(resolve, 5));
        })(),
      };
    },
  };
}

async function startRealWorld(path: string): Promise<World> {
  const server = await startLiveKit(path);
  return {
    apiUrl: server.apiUrl,
    connect: async (room, identity, grant) => {
      const { client, thrownOut } = await connectClient(server.url, await tokenOf(room, identity, grant));
      return { identity, thrownOut, leave: () => client.disconnect(), speak: () => speak(client) };
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
  closeAfterwards(() => client.disconnect());
  return { client, thrownOut: out.promise };
}

const sampleRate = 48_000;
const samplesPerFrame = sampleRate / 100;

/** A microphone that hums until its connection ends. */
export async function speak(client: Room): Promise<void> {
  const source = new AudioSource(sampleRate, 1);
  const track = LocalAudioTrack.createAudioTrack('microphone', source);
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE });
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
