import {
  LocalVideoTrack,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoFrame,
  VideoSource,
} from '@livekit/rtc-node';
import { z } from 'zod';
import { connect } from './humming.ts';

// A process in which people with small cameras send until it is ended: `node bench/publisher-process.ts [{url, token}, …]`.

const [width, height, framesPerSecond] = [320, 180, 15] as const;
const pixels = width * height;

const publishers = z.array(z.object({ url: z.string(), token: z.string() })).parse(JSON.parse(process.argv[2] ?? '[]'));
const sources = await Promise.all(publishers.map(publish));
let count = 0;
setInterval(() => {
  count += 1;
  const picture = draw(count);
  for (const source of sources) source.captureFrame(new VideoFrame(picture, width, height, VideoBufferType.I420));
}, 1000 / framesPerSecond);
console.log('they send');

async function publish({ url, token }: { readonly url: string; readonly token: string }): Promise<VideoSource> {
  const room = await connect(url, token, { autoSubscribe: false });
  const source = new VideoSource(width, height);
  const track = LocalVideoTrack.createVideoTrack('camera', source);
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA, simulcast: false });
  await room.localParticipant?.publishTrack(track, options);
  return source;
}

/** Stripes that wander: a picture of which every part changes with each frame. */
function draw(frame: number): Uint8Array {
  const picture = new Uint8Array((pixels * 3) / 2).fill(128);
  for (let place = 0; place < pixels; place += 1) picture[place] = ((place % width) + 4 * frame + place / width) & 0xff;
  return picture;
}
