import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { decodeId, encodeId, type MediaServerId, type ParticipantId, type RoomId } from '../rules/ids.ts';
import { type MediaRights, mediaSources } from '../rules/media-rights.ts';
import { type CompactJws, splitCompactJws } from '../tokens/compact-jws.ts';

/** A LiveKit token, its signature not yet checked. */
export type ShownToken = {
  /** The `iss`: which key signed it, as it says itself. */
  readonly apiKey: string;
  readonly isSignedWith: (secret: string) => boolean;
  /** Would LiveKit take it at this moment? */
  readonly isCurrent: (now: Date) => boolean;
} & TokenSubject;

type TokenSubject =
  | {
      readonly kind: 'PERSON';
      readonly participantId: ParticipantId;
      readonly roomId: RoomId;
      /** All that LiveKit would grant for it. */
      readonly rights: MediaRights;
    }
  /** Nobody: somebody looks whether the gate stands. */
  | ({ readonly kind: 'LOOK' } & LookName);

/** Domains may share a LiveKit server and its key: a look at the gate of one is none at another's. */
export interface LookName {
  readonly serverId: MediaServerId;
  readonly look: string;
}

const no = z.literal(false).optional();

// Nobody who connects here is given any of what has `no`; a member that is not known is one that later versions give.
const video = z.strictObject({
  room: z.string(),
  roomJoin: z.literal(true),
  canPublish: z.boolean().default(true),
  canPublishSources: z.array(z.string()).default([]),
  canSubscribe: z.boolean().default(true),
  canPublishData: z.boolean().optional(),
  canUpdateOwnMetadata: z.boolean().default(false),
  hidden: z.boolean().default(false),
  ...{ roomAdmin: no, roomCreate: no, roomList: no, roomRecord: no, ingressAdmin: no, recorder: no, agent: no },
  ...{ canSubscribeMetrics: no, canManageAgentSession: no, destinationRoom: z.literal('').optional() },
});

const claims = z.strictObject({
  iss: z.string().min(1).max(256),
  sub: z.string().min(1),
  exp: z.number(),
  nbf: z.number().default(0),
  iat: z.number().optional(),
  identity: z.string().optional(),
  name: z.string().optional(),
  metadata: z.string().optional(),
  attributes: z.record(z.string(), z.string()).optional(),
  // Every other kind is left alone on the media server.
  kind: z.enum(['', 'standard']).optional(),
  kindDetails: z.tuple([]).optional(),
  roomPreset: z.literal('').optional(),
  video,
});

/** As LiveKit allows for clocks that differ. Seconds. */
const leewaySeconds = 60;

/** Null for what is not a LiveKit token, names nobody of this service, or grants what nobody is ever given here. */
export function readShownToken(text: string): ShownToken | null {
  const split = splitCompactJws(text);
  if (!split.ok || split.jws.alg !== 'HS256') return null;
  const read = claims.safeParse(split.jws.payload);
  const subject = read.success ? subjectOf(read.data) : null;
  if (!read.success || subject === null) return null;
  const { iss, nbf, exp } = read.data;
  return {
    ...subject,
    apiKey: iss,
    isSignedWith: (secret) => isSignedWith(split.jws, secret),
    isCurrent: (now) => {
      const seconds = now.getTime() / 1000;
      return seconds >= nbf - leewaySeconds && seconds < exp + leewaySeconds;
    },
  };
}

function subjectOf({ sub, video: grant }: z.infer<typeof claims>): TokenSubject | null {
  const look = lookName.exec(sub)?.[1];
  if (look !== undefined) {
    const serverId = decodeId('MediaServer', grant.room);
    return serverId === null ? null : { kind: 'LOOK', serverId, look };
  }
  const [participantId, roomId] = [decodeId('Participant', sub), decodeId('Room', grant.room)];
  if (participantId === null || roomId === null) return null;
  return { kind: 'PERSON', participantId, roomId, rights: rightsOf(grant) };
}

/** How the one who looks at the gate from outside is called: nobody else has such a name. */
const lookName = /^gate-look_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A token that LiveKit would take, and for nobody: even where nothing is in its way it lets nobody be seen, heard or told anything. */
export function signLookToken(apiKey: string, secret: string, { serverId, look }: LookName, now: Date): string {
  const nbf = Math.floor(now.getTime() / 1000);
  const room = encodeId('MediaServer', serverId);
  const grant = { room, roomJoin: true, canPublish: false, canSubscribe: false, canPublishData: false };
  const payload = {
    iss: apiKey,
    sub: `gate-look_${look}`,
    nbf,
    exp: nbf + leewaySeconds,
    video: { ...grant, hidden: true },
  };
  const parts = [{ alg: 'HS256', typ: 'JWT' }, payload].map((part) => Buffer.from(JSON.stringify(part)));
  const text = parts.map((part) => part.toString('base64url')).join('.');
  return `${text}.${signatureOf(text, secret).toString('base64url')}`;
}

/** What is left out is granted, and an empty list of sources is every one: also those of versions to come, as UNKNOWN is here. */
function rightsOf({ canPublish, canPublishSources, ...grant }: z.infer<typeof video>): MediaRights {
  const known = new Map(mediaSources.map((source) => [source.toLowerCase(), source]));
  const listed = new Set(canPublishSources.map((source) => known.get(source.toLowerCase()) ?? 'UNKNOWN'));
  const sources = listed.size === 0 ? mediaSources : mediaSources.filter((source) => listed.has(source));
  return {
    canPublish,
    sources: canPublish ? sources : [],
    canSubscribe: grant.canSubscribe,
    canPublishData: grant.canPublishData ?? canPublish,
    hidden: grant.hidden,
    canUpdateMetadata: grant.canUpdateOwnMetadata,
  };
}

function isSignedWith({ text }: CompactJws, secret: string): boolean {
  const at = text.lastIndexOf('.');
  const [expected, shown] = [signatureOf(text.slice(0, at), secret), Buffer.from(text.slice(at + 1), 'base64url')];
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}

function signatureOf(text: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}
