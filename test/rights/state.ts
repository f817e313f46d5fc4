/**
 * What the contract says of one person's rights in one room, as plain facts. Endings change the facts, ways ask `mayEnter`: between them
 * they say what each cell of the tables must hold, so that no expectation is written by hand.
 */
export type State = {
  readonly room: 'PUBLIC' | 'PRIVATE' | 'EXPIRED' | 'DELETED';
  /** What the meeting token of somebody else is worth. */
  readonly otherToken: 'GOOD' | 'TOKEN_REVOKED';
  /** What the person's meeting token is worth; null: there is none. */
  readonly token: 'GOOD' | 'TOKEN_REVOKED' | 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | null;
  /** The token only vouches for who knocks. */
  readonly isKnocking: boolean;
  /** The knock rests on the token: it vouched for who knocked. */
  readonly isVouched: boolean;
  readonly session: 'INSIDE' | 'LOST' | 'OVER' | null;
  readonly knock: 'PENDING' | 'ADMITTED' | 'DENIED' | 'TURNED_AWAY' | 'CANCELLED' | 'EXPIRED' | null;
  /** A ban names the token, the userId or the knock. */
  readonly isBanned: boolean;
  /** Who decides knocks while inside. */
  readonly decides: 'OWNER' | 'ADMIN' | null;
};

/** Somebody who holds nothing, before a private room that takes knocks. */
export const nobody: State = {
  room: 'PRIVATE',
  token: null,
  otherToken: 'GOOD',
  isKnocking: false,
  isVouched: false,
  session: null,
  knock: null,
  isBanned: false,
  decides: null,
};

/** What somebody shows of what they hold. */
export type Shown = { readonly token?: boolean; readonly knock?: boolean };

/** The rules in their order: token, room, ban, hours, way in. */
export function mayEnter(state: State, shown: Shown): string {
  const { token, room, knock } = state;
  if (shown.token && token !== 'GOOD' && token !== null) return token;
  if (shown.knock && isWithdrawn(state)) return token ?? '';
  if (room === 'DELETED') return 'ENTRY_NOT_ALLOWED';
  if (state.isBanned && (shown.token || shown.knock)) return 'BANNED';
  if (room === 'EXPIRED') return 'ROOM_EXPIRED';
  if (room === 'PUBLIC') return 'Joined';
  if (shown.token && token === 'GOOD' && !state.isKnocking) return 'Joined';
  return shown.knock && knock !== null ? wayOfKnock[knock] : 'MustKnock';
}

const wayOfKnock = {
  PENDING: 'KNOCK_PENDING',
  ADMITTED: 'Joined',
  DENIED: 'KNOCK_DENIED',
  // Denied by a ban: once it is lifted, no cool-down is left.
  TURNED_AWAY: 'KNOCK_DENIED',
  CANCELLED: 'KNOCK_CLOSED',
  EXPIRED: 'KNOCK_CLOSED',
} as const;

/** The token that vouched for who knocked was taken back. That it ran out ends nothing: an admission has a time of its own. */
function isWithdrawn({ token, isVouched }: State): boolean {
  return isVouched && isTakenBack(token);
}

/** Taken back, and not only run out: that counts for who is inside too, when they resume. */
export function isTakenBack(token: State['token']): boolean {
  return token === 'TOKEN_REVOKED' || token === 'TOKEN_INVALID';
}

/** What a session came in with is what brings it back. */
export function cameWith({ knock, token }: State): Shown {
  return knock === null ? { token: token !== null } : { knock: true };
}

/** May they knock, and would it be the knock that they have? */
export function mayKnock(state: State, shown: Shown): string {
  if (shown.token && state.token !== 'GOOD' && state.token !== null) return state.token;
  if (shown.knock && isWithdrawn(state)) return state.token ?? '';
  if (state.room === 'DELETED') return 'ENTRY_NOT_ALLOWED';
  if (state.isBanned && (shown.token || shown.knock)) return 'BANNED';
  if (state.room === 'EXPIRED') return 'ROOM_EXPIRED';
  if (state.room === 'PUBLIC') return 'KNOCKING_DISABLED';
  if (state.knock === 'DENIED') return 'RATE_LIMITED';
  const isOpen = state.knock === 'PENDING' || (state.knock === 'ADMITTED' && shown.knock);
  return isOpen && (shown.knock || shown.token) ? 'Knocked as before' : 'Knocked anew';
}
