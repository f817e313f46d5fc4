import { LogLevel, type ReconnectPolicy, Room, RoomEvent, setLogLevel } from 'livekit-client';
import { LineFailure, type OpenLine } from '../line.ts';
import { lossAtConnecting } from './losses.ts';
import { RoomLine } from './room-line.ts';

/** What this tab says of it is in what the page shows. */
setLogLevel(LogLevel.silent);

/** Connections that were cut are resumed for some seconds. After that the page asks for fresh access. Milliseconds. */
const pausesMs = [0, 300, 1_000, 2_000, 3_000] as const;

const reconnectPolicy: ReconnectPolicy = {
  nextRetryDelayInMs: ({ retryCount }) => {
    const pauseMs = pausesMs[retryCount];
    return pauseMs === undefined ? null : pauseMs + Math.random() * 300;
  },
};

/** How long the media server may take to answer, and sound and picture to get through. Milliseconds. */
const patienceMs = 10_000;

/** Connects to LiveKit with access that the service has given. */
export const openLine: OpenLine = async (access, { pictures, chosen, signal }) => {
  // Whoever connects in vain would throw the same person out elsewhere.
  if (signal.aborted) throw new LineFailure('away');
  const room = new Room({
    adaptiveStream: true,
    dynacast: true,
    // A microphone that is off is not listened to by anything.
    publishDefaults: { stopMicTrackOnMute: true },
    reconnectPolicy,
    // By `beforeunload` too: whoever is asked whether to leave the page, and stays, would have lost the line.
    disconnectOnPageLeave: false,
    ...(chosen.audioinput === undefined ? {} : { audioCaptureDefaults: { deviceId: chosen.audioinput } }),
    ...(chosen.videoinput === undefined ? {} : { videoCaptureDefaults: { deviceId: chosen.videoinput } }),
    ...(chosen.audiooutput === undefined ? {} : { audioOutput: { deviceId: chosen.audiooutput } }),
  });
  let hasAnswered = false;
  room.once(RoomEvent.SignalConnected, () => {
    hasAnswered = true;
  });
  const giveUp = () => void room.disconnect().catch(() => undefined);
  signal.addEventListener('abort', giveUp);
  try {
    await room.connect(access.url, access.token, {
      // Pictures that are not on screen are not sent here.
      autoSubscribe: false,
      maxRetries: 0,
      websocketTimeout: patienceMs,
      peerConnectionTimeout: patienceMs,
    });
    return new RoomLine(room, pictures);
  } catch (error) {
    throw new LineFailure(lossAtConnecting(error, hasAnswered), { cause: error });
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
};
