import type { Client } from './client.ts';
import type { EntryWithin } from './entry.ts';
import type { LeaveReason } from './generated/graphql.ts';
import type { Keeper } from './keeper.ts';
import type { MediaAccess } from './meeting.ts';
import type { Refusal, VestibuleError } from './refusal.ts';
import type { Session } from './session.ts';
import type { Source } from './store.ts';

/** Where somebody stands who wants to be in the room. */
export interface JoinView {
  /**
   * MUST_KNOCK: the room takes knocks, so knock first; once somebody says yes, it goes on to JOINED by itself. REFUSED: `refusal`
   * says why; a full room, and one that opens later, are tried again by themselves. LEFT: `leaveReason` says why.
   */
  readonly phase: 'IDLE' | 'JOINING' | 'JOINED' | 'MUST_KNOCK' | 'REFUSED' | 'LEFT';
  readonly session: Session | null;
  /**
   * With JOINED: how to connect to the domain's media server, as it was read last; null: none is connected. It opens connections for
   * a minute: call `readMedia` before each new one. Where another media server takes the place it is read again by itself.
   */
  readonly media: MediaAccess | null;
  /** With JOINED: where the meeting takes place; `fillCredentials(session)` is the address to go to. Null: nowhere else. */
  readonly meetingUrl: string | null;
  /** With MUST_KNOCK: was somebody there who could answer, when it was asked? `useAccess` follows it. */
  readonly ownerPresent: boolean;
  readonly lobbyMessage: string | null;
  readonly refusal: Refusal | null;
  readonly leaveReason: LeaveReason | null;
  /** Why the service could not be asked. */
  readonly error: VestibuleError | null;
}

/** How one joins, beside the token. */
export interface JoinWords {
  /** Used where neither the token nor an admission says the name. */
  readonly userName?: string;
  /** For owners: in the room without being shown or counted. */
  readonly hidden?: boolean;
}

/** How one holds on to a stay. */
export interface HoldOptions extends JoinWords {
  /** False: nothing is joined before `join` is called; a session of before a refresh goes on all the same. Left out: true. */
  readonly auto?: boolean;
  /** False: when all have let go, nobody leaves; the place is kept by whoever else follows the session. Left out: true. */
  readonly leaves?: boolean;
}

export interface JoinerParts {
  readonly client: Client;
  readonly place: { readonly roomName: string; readonly domain?: string };
  readonly token: string | undefined;
  /** A session that another page has handed over, to go on with where this tab has none. */
  readonly sessionToken: string | undefined;
  /** Does the page say that nobody is signed in? */
  readonly isNobody: boolean;
  readonly keeper: Keeper;
  readonly entry: EntryWithin;
  /** Where the session is shown to whoever follows the room. */
  readonly session: Source<Session | null>;
}

export const idleJoin: JoinView = {
  phase: 'IDLE',
  session: null,
  media: null,
  meetingUrl: null,
  ownerPresent: false,
  lobbyMessage: null,
  refusal: null,
  leaveReason: null,
  error: null,
};
