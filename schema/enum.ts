import type { LeaveReason as LeaveReasonValue } from '../src/rules/participant.ts';
import type { ConnectionState as ConnectionStateValue } from '../src/rules/presence.ts';
import { builder } from './builder.ts';

/** Declares an enum: each of its values with a sentence on it. Name the rules' type, so that none is forgotten: `enumOf<KnockStatus>(…)`. */
export function enumOf<Value extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Value, string>>,
) {
  type Described = { readonly [Each in Value]: { readonly description: string } };
  const described = Object.entries<string>(values).map(([value, sentence]) => [value, { description: sentence }]);
  // A parsed border: fromEntries forgets the keys that it was given.
  return builder.enumType(name, { description, values: Object.fromEntries(described) as Described });
}

export const ConnectionState = enumOf<ConnectionStateValue>(
  'ConnectionState',
  'Whether somebody is connected now. An open subscription with their credential, or `heartbeat` every 15 seconds, keeps them CONNECTED.',
  {
    CONNECTED: 'A subscription is open, or the last heartbeat was in time.',
    RECONNECTING:
      'The connection is lost, and the service keeps the place: 30 seconds for a participant, 5 minutes for a knocker.',
    LEFT: 'They have left, or were removed.',
  },
);

export const LeaveReason = enumOf<LeaveReasonValue>('LeaveReason', 'Why somebody is no longer in the room.', {
  LEFT: 'They left with `leaveRoom`.',
  CONNECTION_LOST: 'Their connection was lost for more than 30 seconds. They can come back with their session token.',
  EJECTED: 'An owner, an admin or the backend ejected them. Their admission has ended too.',
  BANNED: 'They were banned, and cannot come back until the ban is lifted.',
  REPLACED: 'Another session of the same userId replaced this one (enforceUniqueUserIds).',
  TOKEN_EXPIRED: 'Their meeting token has expired, and has ejectAtTokenExp.',
  TIME_ELAPSED: 'Their time was over: ejectAfterElapsedSeconds after joining.',
  ROOM_EXPIRED: 'The room has expired, and has ejectAtRoomExp.',
  ROOM_DELETED: 'The room was deleted.',
  RETURNED_TO_LOBBY: 'They were sent back to the lobby. Their session token now follows their new knock (`myKnock`).',
});
