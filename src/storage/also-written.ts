import type { EventPayload } from '../rules/room-event.ts';
import type { RoomWrite } from './room-store.ts';

/** Ids of rows, by what they are. Lists that would be empty are left out. */
export interface AlsoWritten {
  readonly knocks?: readonly string[];
  readonly participants?: readonly string[];
  readonly bans?: readonly string[];
  readonly returns?: readonly string[];
  readonly jtis?: readonly string[];
}

/** The rows of a write that none of its events names; null: there are none. */
export function alsoWritten({ rows, events }: RoomWrite): AlsoWritten | null {
  const named = new Set(events.flatMap(({ payload }) => namedBy(payload)));
  const unnamed = (ids: readonly string[]) => ids.filter((id) => !named.has(id));
  const lists = {
    knocks: unnamed(rows.knocks.map(({ id }) => id)),
    participants: unnamed(rows.participants.map(({ id }) => id)),
    bans: rows.bans.map(({ id }) => id),
    returns: rows.returns.map(({ id }) => id),
    jtis: rows.tokenUses.map(({ jti }) => jti),
  };
  const filled = Object.entries(lists).filter(([, ids]) => ids.length > 0);
  return filled.length === 0 ? null : Object.fromEntries(filled);
}

function namedBy({ knock, participant }: EventPayload): readonly string[] {
  return [knock?.id, participant?.id].filter((id) => id !== undefined);
}
