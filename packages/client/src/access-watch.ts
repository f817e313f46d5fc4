import type { Access, Client } from './client.ts';
import { VestibuleError } from './refusal.ts';
import type { RoomPlace } from './service.ts';
import { createStore, type Store } from './store.ts';

/** The door as it is, followed. */
export interface DoorView {
  /** Null: not known yet. */
  readonly level: Access['level'] | null;
  /** With NONE: why. */
  readonly refusal: Access['refusal'];
  readonly ownerPresent: boolean;
  readonly lobbyMessage: string | null;
  /** With LOBBY and FULL: what people call the meeting. Null: it has no title. */
  readonly roomTitle: string | null;
  /** With LOBBY, after a denial: when one may knock again, by the service's clock. Null: now. */
  readonly knockAgainAt: Date | null;
  /** With ROOM_NOT_OPEN and TOKEN_NOT_YET_VALID: when it opens, by the service's clock. */
  readonly opensAt: Date | null;
  /** Why the service could not be asked. */
  readonly error: VestibuleError | null;
}

export interface AccessWatch {
  readonly view: Store<DoorView>;
  /** Asks now. It never throws. */
  readonly refresh: () => Promise<void>;
}

/** A door is looked at so often while somebody follows it. Milliseconds. */
export const lookMs = 5_000;
/** An instant of the service's is met a little late, never early. Milliseconds. */
const lateMs = 200;

const unknown: DoorView = {
  level: null,
  refusal: null,
  ownerPresent: false,
  lobbyMessage: null,
  roomTitle: null,
  knockAgainAt: null,
  opensAt: null,
  error: null,
};

/** Asks again and again while somebody follows, and at the instant when the door changes by itself. */
export function createAccessWatch(client: Client, ask: RoomPlace & { readonly token?: string }): AccessWatch {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isFollowed = false;
  const view = createStore<DoorView>(unknown, () => {
    isFollowed = true;
    void refresh();
    return () => {
      isFollowed = false;
      clearTimeout(timer);
    };
  });
  const refresh = async (): Promise<void> => {
    clearTimeout(timer);
    const error = await look(client, ask, view.set, view.get).catch(asError);
    if (error) view.set({ ...view.get(), error });
    // What no asking mends is asked no more.
    if (!isFollowed || (error && !error.isPassing)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), pauseOf(client, view.get(), error));
  };
  return { view, refresh };
}

async function look(
  client: Client,
  { roomName, domain, token }: RoomPlace & { readonly token?: string },
  set: (view: DoorView) => void,
  get: () => DoorView,
): Promise<null> {
  const place = { roomName, ...(domain ? { domain } : {}) };
  const access = await client.access({ ...place, ...(token === undefined ? {} : { token }) });
  const { level, refusal, ownerPresent, lobbyMessage, roomTitle } = access;
  const next = {
    level,
    refusal,
    ownerPresent,
    lobbyMessage,
    roomTitle,
    knockAgainAt: access.knockAgainAt === null ? null : new Date(access.knockAgainAt),
    opensAt: refusal?.opensAt ? new Date(refusal.opensAt) : null,
    error: null,
  };
  // The same answer changes nothing, so that nobody renders for it.
  if (JSON.stringify(next) !== JSON.stringify(get())) set(next);
  return null;
}

function pauseOf({ clock }: Client, { opensAt, knockAgainAt }: DoorView, error: VestibuleError | null): number {
  if (error?.retryAfterSeconds) return error.retryAfterSeconds * 1000;
  const instants = [opensAt, knockAgainAt].filter((instant) => instant !== null);
  const ahead = instants.map((instant) => clock.until(instant)).filter((ms) => ms > 0);
  return Math.min(lookMs, ...ahead.map((ms) => ms + lateMs));
}

function asError(error: unknown): VestibuleError {
  if (error instanceof VestibuleError) return error;
  throw error;
}
