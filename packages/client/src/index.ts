export {
  type Access,
  type Client,
  type ClientOptions,
  createClient,
  type Joining,
  newIdempotencyKey,
  type Standing,
} from './client.ts';
export { createEntry, type Entry, type EntryOptions, type EntryView, type TokenStorage } from './entry.ts';
export type { LeaveReason, RefusalCode } from './generated/graphql.ts';
export type { Knock, KnockView } from './knock.ts';
export type { DenyOptions } from './knock-actions.ts';
export type { Ban } from './participant-actions.ts';
export { type Patience, patiently } from './patience.ts';
export { type Outcome, type Refusal, VestibuleError } from './refusal.ts';
export type { RecordPage } from './room-actions.ts';
export type { EventListener } from './room-feed.ts';
export {
  type Actor,
  answersKnocks,
  type KnockRequest,
  type LiveStream,
  type Participant,
  type Room,
  type RoomEvent,
  type RoomView,
} from './room-view.ts';
export type { Session } from './session.ts';
export { createStore, type Source, type Store } from './store.ts';
export type { StreamState } from './stream.ts';
export type { WaitingList } from './waiting-list.ts';
