import type { Context } from '../../schema/context.ts';
import type { Asking } from '../../schema/guard.ts';
import { createSafely } from '../../src/room/trouble.ts';
import type { Caller } from '../../src/rules/caller.ts';
import type { DomainId, ParticipantId, RoomId } from '../../src/rules/ids.ts';
import type { Services, ToldDecision } from '../../src/services/services.ts';

/** Whoever asks it for anything fails. */
export const unreachable: Services = new Proxy({} as Services, {
  get: () => {
    throw new Error('a service was reached');
  },
});

/** Somebody in a room whose credential is good. */
export const participant: Caller = {
  kind: 'PARTICIPANT',
  id: 'p' as ParticipantId,
  roomId: 'r' as RoomId,
  domainId: 'd' as DomainId,
  roomName: 'standup',
  hasEnded: false,
  isOwner: true,
  knockId: null,
  token: null,
  credential: '',
};

/** What operators were told of. */
export interface Told {
  readonly troubles: { readonly error: unknown; readonly correlationId: string | undefined }[];
  readonly decisions: ToldDecision[];
}

/** A field's way to services that each do this, and what operators are told of it. */
export function contextOf(serve: () => Promise<unknown>): {
  readonly context: Context;
  readonly told: Told;
  readonly asked: () => number;
} {
  const told: Told = { troubles: [], decisions: [] };
  let asked = 0;
  const method = () => {
    asked += 1;
    return serve();
  };
  const service = new Proxy({}, { get: () => method });
  const own: Pick<Services, 'safely' | 'tell' | 'now' | 'pace' | 'roomUrl'> = {
    safely: createSafely((error, correlationId) => told.troubles.push({ error, correlationId })),
    tell: (decision) => told.decisions.push(decision),
    now: () => new Date(0),
    pace: async () => null,
    roomUrl: () => 'https://example.com/',
  };
  // Whatever noun is asked for, its every verb does the same.
  const services = new Proxy(own, { get: (target, name) => Reflect.get(target, name) ?? service }) as Services;
  const context = {
    caller: participant,
    bearer: null,
    client: { addressHash: '', networkHash: '' },
    services,
    isGet: false,
  };
  return { context, told, asked: () => asked };
}

/** A context in which calls are made as they are given. */
export function askingOf(): Asking {
  return contextOf(async () => null).context;
}
