import { SignJWT } from 'jose';
import type { MediaRights, MediaSource } from '../rules/media-rights.ts';
import type { MediaAccess } from '../rules/media-server.ts';
import type { OpenLivekitServer } from './open-servers.ts';

/** Who connects, and to what. */
export interface MediaSeat {
  /** `Room.id`. */
  readonly room: string;
  /** `Participant.id`. */
  readonly identity: string;
  readonly name: string;
  readonly isOwner: boolean;
  readonly rights: MediaRights;
}

/** Long enough to connect. What LiveKit renews is never good for less than ten minutes, whatever is said here. */
export const accessSeconds = 60;

const sourceNames: Readonly<Record<MediaSource, string>> = {
  CAMERA: 'camera',
  MICROPHONE: 'microphone',
  SCREEN_SHARE: 'screen_share',
  SCREEN_SHARE_AUDIO: 'screen_share_audio',
  UNKNOWN: 'unknown',
};

/**
 * Signs what LiveKit lets in. Everything is spelled out, since what is left out of a grant is allowed, and a list of sources is there
 * only where it is not empty, since an empty one is every source. What a browser must never have (roomAdmin, roomCreate, roomRecord,
 * roomList) is not written at all. The official SDK signs the same, but cannot write the source UNKNOWN.
 */
export async function signLivekitToken(
  { url, apiKey, secret }: Pick<OpenLivekitServer, 'url' | 'apiKey' | 'secret'>,
  { room, identity, name, rights }: MediaSeat,
  now: Date,
): Promise<MediaAccess> {
  const nbf = Math.floor(now.getTime() / 1000);
  const exp = nbf + accessSeconds;
  const { canPublish, sources, canSubscribe, canPublishData, hidden } = rights;
  const video = {
    ...{ room, roomJoin: true, canPublish, canSubscribe, canPublishData, hidden, canUpdateOwnMetadata: false },
    ...(canPublish ? { canPublishSources: sources.map((source) => sourceNames[source]) } : {}),
  };
  const token = await new SignJWT({ name, video })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(apiKey)
    .setSubject(identity)
    .setNotBefore(nbf)
    .setExpirationTime(exp)
    .sign(new TextEncoder().encode(secret));
  return { kind: 'LIVEKIT', url, room, token, exp: new Date(exp * 1000) };
}
