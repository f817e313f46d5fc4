import type { TestDatabase } from '../support/database.ts';
import { addDomain } from '../support/domain.ts';
import { type Caller, callerOf, type KnockerSeed, type ParticipantSeed, type RoomSeed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import type { CallerName } from './callers-policy.ts';

/** Everybody who may call, and those of them whom a test must know better. */
export type Everybody = {
  readonly callers: ReadonlyMap<CallerName, Caller>;
  readonly knocker: KnockerSeed;
  readonly guest: ParticipantSeed;
  readonly owner: ParticipantSeed;
  readonly left: ParticipantSeed;
};

const scopes = ['ADMIN', 'ROOMS', 'TOKENS', 'ADMISSION', 'WEBHOOKS', 'READ'] as const;

/** Lets everybody in who calls: at room A, at room B, with a key of each scope, and from another domain. */
export async function gatherCallers(
  { database, server }: { readonly database: TestDatabase; readonly server: TestServer },
  roomA: RoomSeed,
  roomB: RoomSeed,
): Promise<Everybody> {
  const [guest, knocker, owner] = [await roomA.guest(), await roomA.knocker(), await roomA.owner()];
  const left = await roomA.owner();
  await left.ask('mutation { leaveRoom { __typename } }');
  const keys = scopes.map(async (scope) => [`key ${scope}`, await roomA.backend.key([scope])] as const);
  const callers = new Map<CallerName, Caller>([
    ['nobody', callerOf(server)],
    ['unknown credential', callerOf(server, `vs_${'x'.repeat(43)}`)],
    ['knocker at A', knocker],
    ['guest in A', guest],
    ['admin in A', await roomA.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } })],
    ['owner in A', owner],
    ['owner in B', await roomB.owner()],
    ['owner who left A', left],
    ...(await Promise.all(keys)),
    ['key of another domain', (await addDomain(database, server, 'elsewhere')).backend],
  ]);
  return { callers, knocker, guest, owner, left };
}
