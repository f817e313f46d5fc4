import type { DomainId, WebhookDeliveryId, WebhookId } from './ids.ts';

export const webhookEventTypes = [
  'KNOCK_REQUESTED',
  'KNOCK_DECIDED',
  'KNOCK_CLOSED',
  'PARTICIPANT_JOINED',
  'PARTICIPANT_LEFT',
  'ROOM_CREATED',
  'ROOM_UPDATED',
  'ROOM_DELETED',
  'LIVE_STREAM_CHANGED',
] as const;
export type WebhookEventType = (typeof webhookEventTypes)[number];

/** An endpoint that is told. */
export interface Webhook {
  readonly id: WebhookId;
  readonly domainId: DomainId;
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  /** Null: all rooms of the domain. */
  readonly roomName: string | null;
  readonly isActive: boolean;
  readonly createdAt: Date;
}

export type WebhookDeliveryStatus = 'PENDING' | 'DELIVERED' | 'FAILED';

/** One thing that is told to one endpoint, at least once. */
export interface WebhookDelivery {
  readonly id: WebhookDeliveryId;
  readonly domainId: DomainId;
  readonly webhookId: WebhookId;
  readonly event: WebhookEventType;
  readonly status: WebhookDeliveryStatus;
  readonly attempts: number;
  readonly responseStatus: number | null;
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
}
