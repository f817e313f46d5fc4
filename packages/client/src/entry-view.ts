import type { KnockFieldsFragment, KnockInput } from './generated/graphql.ts';
import type { TokenStorage } from './keeper.ts';
import type { Knock, KnockChange } from './knock.ts';
import type { Outcome, Refusal, VestibuleError } from './refusal.ts';
import type { Session } from './session.ts';
import type { Store } from './store.ts';

/** Which door, and what is kept of it. */
export interface EntryOptions {
  readonly roomName: string;
  /** Needed only on a service with several domains. */
  readonly domain?: string;
  /** Left out: the tab's sessionStorage, where there is one. Null: a refresh forgets the knock. */
  readonly storage?: TokenStorage | null;
  readonly onJoined?: (session: Session) => void;
}

/** Where somebody stands who wants to come in by knocking. */
export interface EntryView {
  /** ENDED: denied, withdrawn or expired, as `knockRequest` says. JOINING with the refusal ROOM_FULL: a place is waited for. */
  readonly phase: 'IDLE' | 'KNOCKING' | 'WAITING' | 'JOINING' | 'JOINED' | 'ENDED';
  readonly knockRequest: KnockFieldsFragment | null;
  readonly session: Session | null;
  /** May one knock now? False while one waits, and until `knockAgainAt`. */
  readonly canKnock: boolean;
  /** When one may knock again, by the service's clock; null: now, or never after a ban. */
  readonly knockAgainAt: Date | null;
  /** Why the last knock or attempt to join was refused. */
  readonly refusal: Refusal | null;
  /** Why the service could not be asked. */
  readonly error: VestibuleError | null;
}

/** What one says when knocking: `userName`, and a `message` if one likes. */
export type KnockWords = Omit<KnockInput, 'roomName' | 'domain'>;

/** Knocks, waits across lost connections and refreshes, and joins by itself once somebody said yes. */
export interface Entry {
  readonly view: Store<EntryView>;
  /** Knocks; while one waits already, under another name or with another message. It never throws: `view` tells what came of it. */
  readonly knock: (words: KnockWords) => Promise<void>;
  /** Changes the name or the message of the knock that waits: the place stays. It never throws. */
  readonly update: (change: KnockChange) => Promise<Outcome<KnockFieldsFragment>>;
  /** Takes the knock back; whoever was let in, and waits for a place, gives it up. It never throws. */
  readonly cancel: () => Promise<void>;
  /** Goes on with a knock that was found elsewhere. */
  readonly goOn: (knock: Knock) => void;
}

export const idleEntry: EntryView = {
  phase: 'IDLE',
  knockRequest: null,
  session: null,
  canKnock: true,
  knockAgainAt: null,
  refusal: null,
  error: null,
};
