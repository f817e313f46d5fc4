import {
  type ClientOptions,
  createClient,
  type Session,
  type Store,
  type TokenStorage,
} from '../../packages/client/src/index.ts';
import { closeAfterwards } from '../support/closers.ts';
import type { Caller, RoomSeed } from '../support/seed.ts';
import { Deadline } from '../support/timing.ts';

/** Follows a store until the file's tests are over, and waits for what it is to say. */
export function follow<Value>(store: Store<Value>) {
  const waiting = new Set<() => void>();
  const stop = store.subscribe(() => {
    for (const look of waiting) look();
  });
  closeAfterwards(stop);
  return {
    stop,
    shown: (): Value => store.get(),
    /** The first value, from now on, of which this is true. */
    until: (isWanted: (value: Value) => boolean, withinMs = 20_000): Promise<Value> =>
      new Promise((resolve, reject) => {
        const deadline = new Deadline(withinMs);
        const giveUp = () => {
          if (deadline.isOver()) reject(new Error(`not so in time: ${JSON.stringify(store.get())}`));
          else timer = setTimeout(giveUp, deadline.leftMs);
        };
        let timer = setTimeout(giveUp, deadline.leftMs);
        const look = () => {
          if (!isWanted(store.get())) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(store.get());
        };
        waiting.add(look);
        look();
      }),
  };
}

/** What happens in a room from here on, whenever the stream has begun. */
export async function followLeaving(caller: Pick<Caller, 'ask' | 'ws'>, { name }: Pick<RoomSeed, 'name'>) {
  type Answer = { readonly room: { readonly cursor: string } };
  const { body } = await caller.ask<Answer>('query ($name: String!) { room(name: $name) { cursor } }', { name });
  return caller
    .ws()
    .subscribe<{ readonly roomEvents: { readonly leaveReason?: string } }>(
      'subscription ($name: String, $after: String) { roomEvents(roomName: $name, after: $after) { ... on ParticipantLeft { leaveReason } } }',
      { name, after: body.data?.room.cursor },
    );
}

/** Joins by the client package, with a token of these claims. */
export async function joinAs(
  url: string,
  room: RoomSeed,
  claims: Readonly<Record<string, unknown>>,
  options: Partial<ClientOptions> = {},
): Promise<Session> {
  const { jwt } = await room.token(claims);
  const joining = await createClient({ url, ...options }).join({ roomName: room.name, token: jwt });
  if (joining.kind !== 'JOINED') throw new Error(`not joined: ${JSON.stringify(joining)}`);
  return joining.session;
}

/** What a browser's sessionStorage does. */
export function createStorage(): TokenStorage & { readonly size: () => number } {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    size: () => kept.size,
  };
}
