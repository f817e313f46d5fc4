import type { Caller } from '../rules/caller.ts';
import type { FactKeys } from '../rules/fact-keys.ts';
import type { Decision, RoomFacts } from '../rules/facts.ts';
import type { ApiKeyId, DomainId } from '../rules/ids.ts';
import type { RoomRef, RoomStore } from '../storage/room-store.ts';
import type { Clock } from './clock.ts';
import type { PublishedEvent, WebhookOf } from './group-draft.ts';
import type { ReportTrouble } from './trouble.ts';
import type { Uptime } from './uptime.ts';
import type { RoomView } from './views.ts';

/** One thing that somebody wants to happen in a room, decided by rules on its facts. */
export interface RoomCommand<Answer> {
  /** The caller, whose credential must still be valid when the command is decided and written. Null: the service itself. */
  readonly by: Caller | null;
  readonly keys?: FactKeys;
  readonly decide: (facts: RoomFacts, now: Date) => Decision<Answer>;
}

export interface Written<Answer> {
  readonly answer: Answer;
  /**
   * The room right after this was decided. Whatever the same group decided later has happened after `version`: whoever goes on from there
   * is told of it.
   */
  readonly room: RoomView;
}

export interface RoomWriterDeps {
  readonly store: RoomStore;
  /** Which of these API keys have ended. */
  readonly findEndedKeys: (domainId: DomainId, ids: readonly ApiKeyId[]) => Promise<ReadonlySet<ApiKeyId>>;
  readonly clock: Clock;
  readonly uptime: Uptime;
  /** Called after the commit with the events in their order. */
  readonly publish: (ref: RoomRef, events: readonly PublishedEvent[]) => void;
  /** Called after the commit of something that webhooks may have to be told. */
  readonly tellWebhooks: (domainId: DomainId) => void;
  /** Called after the commit of something that a media server has to follow. */
  readonly carryOut: (domainId: DomainId) => void;
  /** The data that webhooks get for an event; null: they do not get it. */
  readonly webhookOf: WebhookOf;
  /** Gets errors that should not happen: a rule that threw. */
  readonly onError: ReportTrouble;
  readonly random?: () => number;
}

/** Lets rules settle what is due, including the room's own end. */
export const settleCommand = { by: null, keys: { admissions: true }, decide: () => ({ answer: null }) } as const;
