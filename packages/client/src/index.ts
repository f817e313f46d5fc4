export type { DoorView } from './access-watch.ts';
export {
  type Access,
  type Client,
  createClient,
  type DoorPage,
  type Joining,
  newIdempotencyKey,
  type Standing,
} from './client.ts';
export type { ServiceClock } from './clock.ts';
export type { ConnectionPhase, ServiceConnection } from './connection.ts';
export { createEntry } from './entry.ts';
export type { Entry, EntryOptions, EntryView, KnockWords } from './entry-view.ts';
export type { LeaveReason, RefusalCode } from './generated/graphql.ts';
export { fillCredentials, type Handover, takeHandover } from './handover.ts';
export type { HoldOptions, JoinView, JoinWords } from './join-view.ts';
export type { TokenStorage } from './keeper.ts';
export type { Knock, KnockChange, KnockView } from './knock.ts';
export type { DenyOptions } from './knock-actions.ts';
export type { MediaWish } from './media-wish.ts';
export type { MediaAccess, Meeting } from './meeting.ts';
export type { Ban } from './participant-actions.ts';
export { type Patience, patiently } from './patience.ts';
export { type ErrorCode, type Outcome, type Refusal, VestibuleError } from './refusal.ts';
export type { RecordPage } from './room-actions.ts';
export type { EventListener } from './room-feed.ts';
export {
  type Actor,
  answersKnocks,
  byArrival,
  type KnockRequest,
  type LiveStream,
  type Participant,
  type Room,
  type RoomEvent,
  type RoomView,
} from './room-view.ts';
export type { ClientOptions } from './service.ts';
export type { Session } from './session.ts';
export { createStore, type Source, type Store } from './store.ts';
export {
  createVisit,
  type Noun,
  type PeopleView,
  type PermissionsView,
  type RoomNowView,
  type Visit,
  type VisitOptions,
  type WaitingListView,
  type WishView,
} from './visit.ts';
export type { PeopleActions, RoomControls, WaitingListActions } from './visit-actions.ts';
export type { WaitingList } from './waiting-list.ts';
export type { Way } from './ways.ts';
