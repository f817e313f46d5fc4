import type { Clock } from '../../room/clock.ts';
import type { RoomFinder } from '../../room/finder.ts';
import type { ParticipantView } from '../../room/views.ts';
import type { RoomWriter } from '../../room/writer.ts';
import type { Domain } from '../../rules/domain.ts';
import type { TokenVerdict } from '../../rules/entry.ts';
import type { Unavailable } from '../../rules/refusal.ts';
import type { CredentialStorage } from '../../storage/credential.ts';
import type { KnockStorage } from '../../storage/knock-request.ts';
import type { ParticipantStorage } from '../../storage/participant.ts';
import type { RoomStore } from '../../storage/room-store.ts';
import type { KnockQueues } from '../../streams/knock-queue.ts';
import type { Budgets } from '../budgets.ts';
import type { DomainDirectory } from '../domain-directory.ts';
import type { Secrets } from '../secrets.ts';

/** Looks at a meeting token by itself. @throws where keys cannot be read */
export interface TokenVerifier {
  readonly verify: (
    domain: Domain,
    jwt: string,
    now: Date,
    options?: { readonly ignoreNbf?: boolean; readonly ignoreTimes?: boolean },
  ) => Promise<TokenVerdict>;
}

/** What entering and knocking need. */
export interface EntryDeps {
  readonly store: RoomStore;
  readonly writer: RoomWriter;
  readonly domains: DomainDirectory;
  readonly credentials: CredentialStorage;
  readonly knocks: KnockStorage;
  readonly participants: ParticipantStorage;
  readonly verifier: TokenVerifier;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly budgets: Budgets;
  /** Puts a self-signed token that is seen for the first time on record, so that it can be listed and revoked. */
  readonly recordToken: (domain: Domain, token: TokenVerdict | null) => Promise<Unavailable | null>;
  /** A fresh media grant. */
  readonly grantFor: (domain: Domain, view: ParticipantView) => Promise<string>;
}

export interface KnockDeps extends EntryDeps {
  readonly rooms: RoomFinder;
  readonly queues: KnockQueues;
}
