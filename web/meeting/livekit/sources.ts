import { Track } from 'livekit-client';
import type { OwnMediumName } from '../call.ts';

export const sources = {
  microphone: Track.Source.Microphone,
  camera: Track.Source.Camera,
  screen: Track.Source.ScreenShare,
} as const satisfies Record<OwnMediumName, Track.Source>;
