import type { Caller, Client } from '../../rules/caller.ts';
import type { Domain } from '../../rules/domain.ts';
import type { TokenVerdict } from '../../rules/meeting-token-claims.ts';

/** What somebody shows at the door of a room that is good there. */
export interface Credential {
  /** A token is vouched for by the domain's backend; a knock or a session anybody may come by. */
  readonly kind: 'TOKEN' | 'KNOCK' | 'SESSION';
  readonly key: string;
  /** False: a token without userId, which many may have. */
  readonly isOnePersons: boolean;
}

/** Somebody at a door, as budgets count them. */
export interface CallerAtDoor {
  readonly client: Client;
  /** Null: nothing, or nothing good. */
  readonly shows: Credential | 'BACKEND' | null;
}

interface ShownKnock {
  readonly id: string;
  readonly roomName: string;
  readonly hasEnded: boolean;
}

/** What was found of what a caller gave. */
export interface Given {
  readonly caller: Caller;
  /** As it stands at this moment. */
  readonly token: TokenVerdict | null;
  readonly knock?: ShownKnock | null;
}

/** What a caller shows at this room: a good meeting token, a knock or a session of this room, or an API key. */
export function readCallerAtDoor(
  client: Client,
  domain: Domain | null,
  roomName: string,
  { caller, token, knock = null }: Given,
): CallerAtDoor {
  const shows = showsToken(domain, roomName, token) ?? showsKnock(roomName, knock) ?? showsItself(caller, roomName);
  return { client, shows };
}

function showsToken(domain: Domain | null, roomName: string, token: TokenVerdict | null): Credential | null {
  if (!token?.ok || (token.claims.roomName !== null && token.claims.roomName !== roomName)) return null;
  const { userId, jti, roomName: opens } = token.claims;
  const where = `${domain?.id} ${opens ?? '*'}`;
  const key = userId === null ? `token ${where} ${jti}` : `user ${where} ${userId}`;
  return { kind: 'TOKEN', key, isOnePersons: userId !== null };
}

function showsKnock(roomName: string, knock: ShownKnock | null): Credential | null {
  if (knock === null || knock.hasEnded || knock.roomName !== roomName) return null;
  return { kind: 'KNOCK', key: `knock ${knock.id}`, isOnePersons: true };
}

function showsItself(caller: Caller, roomName: string): Credential | 'BACKEND' | null {
  if (caller.kind === 'BACKEND') return 'BACKEND';
  if (caller.kind === 'KNOCKER') return showsKnock(roomName, caller);
  if (caller.kind !== 'PARTICIPANT' || caller.hasEnded || caller.roomName !== roomName) return null;
  return { kind: 'SESSION', key: `session ${caller.id}`, isOnePersons: true };
}
