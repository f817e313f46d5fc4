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
  'Is somebody there at this moment? Kept by an open subscription with their credential, or by `heartbeat` every 15 seconds.',
  {
    CONNECTED: 'A subscription is open, or a heartbeat came in time.',
    RECONNECTING:
      'The connection is lost and the place is kept: for 30 seconds in the room, for 5 minutes in front of it.',
    LEFT: 'Gone, on their own or not.',
  },
);

export const LeaveReason = enumOf<LeaveReasonValue>('LeaveReason', 'Why somebody is no longer in the room.', {
  LEFT: 'They left with `leaveRoom`.',
  CONNECTION_LOST: 'Their connection was lost for more than 30 seconds. They may come back with their session token.',
  EJECTED: 'An owner, an admin or the backend put them out. Their admission has ended too.',
  BANNED: 'They were banned, and cannot come back until the ban is lifted.',
  REPLACED: 'Another session of the same userId took the place (enforceUniqueUserIds).',
  TOKEN_EXPIRED: 'Their meeting token ran out, and says ejectAtTokenExp.',
  TIME_ELAPSED: 'Their ejectAfterElapsedSeconds, counted from joining, were over.',
  ROOM_EXPIRED: 'The room ran out, and says ejectAtRoomExp.',
  ROOM_DELETED: 'The room was deleted.',
  RETURNED_TO_LOBBY: 'They were sent back to wait: their session token follows their new knock (`myKnock`).',
});
