import { AudioStream, type RemoteTrack, type Room, RoomEvent, TrackKind } from '@livekit/rtc-node';

/** What somebody hears. */
export type Ears = {
  /** When they last heard this person, by performance.now(). */
  heardAt(identity: string): number | undefined;
};

/** A hum is far louder; what a server fills gaps with is silent. */
const loudness = 500;

/** Listens to everybody whose sound arrives, from now on. */
export function listen(client: Room): Ears {
  const heard = new Map<string, number>();
  const follow = async (track: RemoteTrack, identity: string) => {
    for await (const { data } of new AudioStream(track)) {
      if (data.some((sample) => Math.abs(sample) > loudness)) heard.set(identity, performance.now());
    }
  };
  client.on(RoomEvent.TrackSubscribed, (track, _publication, { identity }) => {
    if (track.kind === TrackKind.KIND_AUDIO) void follow(track, identity).catch(() => undefined);
  });
  return { heardAt: (identity) => heard.get(identity) };
}
