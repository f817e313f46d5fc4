export {
  type Backend,
  createBackend,
  type Decision,
  type DecisionForMany,
  type EntryExplanation,
  type IssuedMeetingToken,
  type KnockRequest,
  type KnocksDecided,
  type MediaServer,
  type MeetingTokensRevoked,
  type ParticipantsEjected,
} from './backend.ts';
export { type SetupProblem, VestibuleSetupError, VestibuleUnavailableError } from './errors.ts';
export type {
  CreateMeetingTokenInput,
  EjectParticipantsInput,
  ExplainEntryQueryVariables as EntryToExplain,
  RefusalCode,
  RevokeMeetingTokensInput,
  RoomSettingsInput,
  SetMediaServerInput,
  TypedDocument,
} from './generated/graphql.ts';
export { type SignedMeetingToken, signMeetingToken } from './meeting-token.ts';
export { type InvalidInput, isRefusal, type Refusal } from './refusal.ts';
export type { NewRoom, Room } from './room.ts';
export type { BackendOptions } from './settings.ts';
export type { PrivateJwk, SigningKey } from './signing-key.ts';
export { verifyWebhook, type WebhookHeaders, type WebhookRefused } from './webhook.ts';
export type {
  KnockData,
  LiveStreamData,
  ParticipantData,
  RoomData,
  WebhookEvent,
  WebhookEventOf,
  WebhookEventType,
  WebhookSubjects,
} from './webhook-event.ts';
