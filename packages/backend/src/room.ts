import {
  CreateRoomDocument,
  type CreateRoomInput,
  FindRoomDocument,
  type RoomFieldsFragment,
} from './generated/graphql.ts';
import { patiently } from './patience.ts';
import { invalidInput, type Refusal } from './refusal.ts';
import type { Send } from './transport.ts';
import { findUnsendable } from './unsendable.ts';

/** A room as it is now. */
export type Room = RoomFieldsFragment;

/** A room to make. */
export interface NewRoom extends CreateRoomInput {
  /**
   * 22 random characters or more, kept with what the room is for: the call can be made again at any time, and finds the room that it made.
   * The room's name is made of it. Cannot be combined with `name`.
   */
  readonly idempotencyKey?: string;
}

/** Sends until it is answered. The name is chosen here, so that a call whose answer got lost makes no second room. */
export async function createRoom(
  given: NewRoom,
  { send, attempts }: { readonly send: Send; readonly attempts: number },
): Promise<Room | Refusal> {
  const { idempotencyKey, ...room } = given;
  // Looked for here, since a key or a name that is undefined is not seen any more in what is sent.
  const unsendable = findUnsendable({ ...('idempotencyKey' in given ? { idempotencyKey } : {}), input: room });
  if (unsendable !== null) return unsendable;
  const hasName = room.name !== undefined && room.name !== null;
  if (idempotencyKey !== undefined && hasName) return invalidInput(['idempotencyKey'], 'cannot be combined with name');
  if (idempotencyKey !== undefined && !/^.{22,}$/su.test(idempotencyKey)) {
    return invalidInput(['idempotencyKey'], 'must have 22 random characters or more');
  }
  const name = room.name ?? (await nameFrom(idempotencyKey));
  // Within this call its name is the same at each attempt; another call would choose another, and make a second room.
  const isSafeToRetry = hasName || idempotencyKey !== undefined;
  const repeated = { attempts, isRepeatable: () => true };
  return patiently(repeated, async (attempt) => {
    const asked = await send(CreateRoomDocument, { input: { ...room, name } }, isSafeToRetry);
    const made = asked.isAnswered ? asked.data.createRoom : asked.refusal;
    // Nobody else can have chosen the name: it is this call's own room, or that of an earlier call with the same key.
    const mayBeOurs = !hasName && (attempt > 1 || idempotencyKey !== undefined);
    if (made.__typename !== 'Conflict' || !mayBeOurs) return made;
    const found = await send(FindRoomDocument, { name }, isSafeToRetry);
    return found.isAnswered ? (found.data.room ?? made) : found.refusal;
  });
}

/** 192 bits, as a room's name may be written: random, or always the same for the same key. */
async function nameFrom(key: string | undefined): Promise<string> {
  const bytes =
    key === undefined
      ? crypto.getRandomValues(new Uint8Array(24))
      : new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`room ${key}`))).slice(0, 24);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
