import {
  AudioFrame,
  AudioSource,
  AudioStream,
  dispose,
  LocalAudioTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';

const sampleRate = 48_000;
const samplesPerFrame = sampleRate / 100;
const loudness = 500;

/** Ends what the clients' library does beside the connections: until then the process goes on. */
export const endHumming = dispose;

/** Somebody with a microphone, or with ears, on a media server. */
export async function connect(url: string, token: string, { autoSubscribe = true } = {}): Promise<Room> {
  const room = new Room();
  await room.connect(url, token, { autoSubscribe, dynacast: false });
  return room;
}

/** Hums until the connection ends. */
export async function hum(room: Room): Promise<void> {
  const source = new AudioSource(sampleRate, 1);
  const track = LocalAudioTrack.createAudioTrack('microphone', source);
  await room.localParticipant?.publishTrack(track, new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE }));
  const samples = Int16Array.from({ length: samplesPerFrame }, (_, index) => 8_000 * Math.sin(index / 8));
  const go = async () => {
    while (room.isConnected) await source.captureFrame(new AudioFrame(samples, sampleRate, 1, samplesPerFrame));
  };
  // It ends with the connection.
  go().catch(() => undefined);
}

/** When each person was last heard, by performance.now(). What a server fills gaps with is silent. */
export function listen(room: Room): ReadonlyMap<string, number> {
  const heard = new Map<string, number>();
  room.on(RoomEvent.TrackSubscribed, (track, _publication, { identity }) => {
    const follow = async () => {
      for await (const { data } of new AudioStream(track)) {
        if (data.some((sample) => Math.abs(sample) > loudness)) heard.set(identity, performance.now());
      }
    };
    follow().catch(() => undefined);
  });
  return heard;
}
