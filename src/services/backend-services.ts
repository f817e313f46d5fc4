import type { Caller } from '../rules/caller.ts';
import type { ApiKey, ApiKeyScope, Domain, SelfSigningKey } from '../rules/domain.ts';
import type { ApiKeyId, MeetingTokenId, SelfSigningKeyId, WebhookDeliveryId, WebhookId } from '../rules/ids.ts';
import type { CreateMeetingTokenInput, MeetingToken } from '../rules/meeting-token.ts';
import type { PermissionsInput } from '../rules/permissions.ts';
import type { EntryRefused, Forbidden, InvalidInput, NotFound, Refusal, Unavailable } from '../rules/refusal.ts';
import type { Webhook, WebhookDelivery, WebhookEventType } from '../rules/webhook.ts';
import type { Page, PageArgs } from './page.ts';

// What only the domain's backend does. See `services.ts` for what all of these have in common.

type Maybe<T> = T | null | undefined;
type Answer<T> = Promise<T | Unavailable>;

export interface MeetingTokenService {
  create(
    caller: Caller,
    input: CreateMeetingTokenInput,
  ): Answer<
    | { readonly meetingToken: MeetingToken; readonly jwt: string; readonly joinUrl: string | null }
    | InvalidInput
    | Forbidden
    | NotFound
  >;
  revoke(
    caller: Caller,
    input: {
      readonly jtis?: Maybe<readonly string[]>;
      readonly roomName?: Maybe<string>;
      readonly userId?: Maybe<string>;
      readonly eject?: Maybe<boolean>;
    },
  ): Answer<{ readonly count: number } | InvalidInput | Forbidden | NotFound>;
  validate(
    caller: Caller,
    jwt: string,
    options: { readonly ignoreNbf: boolean },
  ): Answer<MeetingToken | EntryRefused | Forbidden>;
  findById(caller: Caller, id: MeetingTokenId): Answer<MeetingToken | null | Forbidden>;
}

export interface WebhookService {
  create(
    caller: Caller,
    input: { readonly url: string; readonly events: readonly WebhookEventType[]; readonly roomName?: Maybe<string> },
  ): Answer<{ readonly webhook: Webhook; readonly secret: string } | InvalidInput | Forbidden | NotFound>;
  update(
    caller: Caller,
    input: {
      readonly webhookId: WebhookId | null;
      readonly url?: Maybe<string>;
      readonly events?: Maybe<readonly WebhookEventType[]>;
      readonly isActive?: Maybe<boolean>;
    },
  ): Answer<Webhook | InvalidInput | Forbidden | NotFound>;
  delete(caller: Caller, webhookId: WebhookId | null): Answer<Webhook | Forbidden | NotFound>;
  rotateSecret(
    caller: Caller,
    webhookId: WebhookId | null,
  ): Answer<{ readonly webhook: Webhook; readonly secret: string } | Forbidden | NotFound>;
  redeliver(caller: Caller, deliveryId: WebhookDeliveryId | null): Answer<WebhookDelivery | Forbidden | NotFound>;
  list(caller: Caller): Answer<readonly Webhook[] | Forbidden>;
  deliveries(caller: Caller, webhook: Webhook, args: PageArgs): Answer<Page<WebhookDelivery> | Refusal>;
  findById(caller: Caller, id: WebhookId): Answer<Webhook | null | Forbidden>;
  findDelivery(caller: Caller, id: WebhookDeliveryId): Answer<WebhookDelivery | null | Forbidden>;
}

export interface DomainService {
  own(caller: Caller): Answer<Domain | Forbidden>;
  update(
    caller: Caller,
    input: {
      readonly permissions?: Maybe<PermissionsInput>;
      readonly enforceUniqueUserIds?: Maybe<boolean>;
      readonly lang?: Maybe<string>;
      readonly meetingTokenLifetimeSeconds?: Maybe<number>;
    },
  ): Answer<Domain | InvalidInput | Forbidden>;
  apiKeys(caller: Caller, args: PageArgs): Answer<Page<ApiKey> | Refusal>;
  createApiKey(
    caller: Caller,
    input: { readonly name: string; readonly scopes: readonly ApiKeyScope[]; readonly exp?: Maybe<Date> },
  ): Answer<{ readonly apiKey: ApiKey; readonly secret: string } | InvalidInput | Forbidden>;
  revokeApiKey(caller: Caller, apiKeyId: ApiKeyId | null): Answer<ApiKey | Forbidden | NotFound>;
  findApiKey(caller: Caller, id: ApiKeyId): Answer<ApiKey | null | Forbidden>;
  selfSigningKeys(caller: Caller): Answer<readonly SelfSigningKey[] | Forbidden>;
  findSelfSigningKey(caller: Caller, id: SelfSigningKeyId): Answer<SelfSigningKey | null | Forbidden>;
  addSelfSigningKey(
    caller: Caller,
    input: { readonly algorithm: SelfSigningKey['algorithm']; readonly publicJwk?: Maybe<string> },
  ): Answer<{ readonly selfSigningKey: SelfSigningKey; readonly secret: string | null } | InvalidInput | Forbidden>;
  revokeSelfSigningKey(caller: Caller, id: SelfSigningKeyId | null): Answer<SelfSigningKey | Forbidden | NotFound>;
  meetingTokens(
    caller: Caller,
    args: PageArgs & { readonly roomName?: Maybe<string>; readonly userId?: Maybe<string> },
  ): Answer<Page<MeetingToken> | Refusal>;
}
