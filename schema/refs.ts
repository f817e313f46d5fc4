import type {
  BanView,
  EventView,
  KnockView,
  LiveStreamView,
  ParticipantView,
  ResyncView,
  RoomView,
} from '../src/room/views.ts';
import type { ShownActor } from '../src/rules/actor.ts';
import type {
  ApiKey as ApiKeyShape,
  Domain as DomainShape,
  SelfSigningKey as SelfSigningKeyShape,
} from '../src/rules/domain.ts';
import type { MediaServerRecord as MediaServerShape } from '../src/rules/media-server.ts';
import type { MeetingToken as MeetingTokenShape } from '../src/rules/meeting-token.ts';
import type { Permissions as PermissionsShape } from '../src/rules/permissions.ts';
import type { WebhookDelivery as WebhookDeliveryShape, Webhook as WebhookShape } from '../src/rules/webhook.ts';
import { builder } from './builder.ts';

// Types point at each other in circles, and files must not: each type is named here, and described in the file of its noun.

export const Domain = builder.objectRef<DomainShape>('Domain');
export const ApiKey = builder.objectRef<ApiKeyShape>('ApiKey');
export const SelfSigningKey = builder.objectRef<SelfSigningKeyShape>('SelfSigningKey');
export const Room = builder.objectRef<RoomView>('Room');
export const MeetingToken = builder.objectRef<MeetingTokenShape>('MeetingToken');
export const KnockRequest = builder.objectRef<KnockView>('KnockRequest');
export const Participant = builder.objectRef<ParticipantView>('Participant');
export const Ban = builder.objectRef<BanView>('Ban');
export const LiveStream = builder.objectRef<LiveStreamView>('LiveStream');
export const Webhook = builder.objectRef<WebhookShape>('Webhook');
export const WebhookDelivery = builder.objectRef<WebhookDeliveryShape>('WebhookDelivery');
export const MediaServer = builder.objectRef<MediaServerShape>('MediaServer');
export const RoomEvent = builder.interfaceRef<EventView | ResyncView>('RoomEvent');
export const Permissions = builder.objectRef<PermissionsShape>('Permissions');
export const Actor = builder.objectRef<ShownActor>('Actor');
