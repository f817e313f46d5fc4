declare const noun: unique symbol;

/** A UUID that knows what it names, so that a room's id cannot stand where a knock's is meant. */
export type Id<Noun extends string> = string & { readonly [noun]: Noun };

export type DomainId = Id<'Domain'>;
export type ApiKeyId = Id<'ApiKey'>;
export type SelfSigningKeyId = Id<'SelfSigningKey'>;
export type RoomId = Id<'Room'>;
export type MeetingTokenId = Id<'MeetingToken'>;
export type KnockId = Id<'KnockRequest'>;
export type ParticipantId = Id<'Participant'>;
export type BanId = Id<'Ban'>;
export type LiveStreamId = Id<'LiveStream'>;
export type WebhookId = Id<'Webhook'>;
export type WebhookDeliveryId = Id<'WebhookDelivery'>;
export type ProcessId = Id<'Process'>;
