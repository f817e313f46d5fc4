import { type Caller, requireBackend } from '../rules/caller.ts';
import type { DomainId, WebhookDeliveryId, WebhookId } from '../rules/ids.ts';
import {
  type Forbidden,
  forbidden,
  type InputIssue,
  type InvalidInput,
  invalidInput,
  isRefusal,
  notFound,
} from '../rules/refusal.ts';
import { isRoomName } from '../rules/text.ts';
import { checkWebhookUrl, type Webhook, type WebhookEventType, webhookEventTypes } from '../rules/webhook.ts';
import { joinReplaced } from '../rules/webhook-secrets.ts';
import type { ActingKey } from '../storage/acting-key.ts';
import type { WebhookStore } from '../storage/webhook.ts';
import type { WebhookOutbox } from '../storage/webhook-outbox.ts';
import type { Maybe } from './input.ts';
import { type PageArgs, pageOf } from './page.ts';
import type { Secrets } from './secrets.ts';

/** Where webhooks may not go, as far as the URL alone can tell. The rest is checked when the URL is called. */
export interface EgressPolicy {
  /** Half a sentence for people. Null: the URL is allowed. */
  readonly findProblem: (url: URL) => string | null;
}

interface WebhookSecretPlace {
  readonly purpose: 'webhook-secret';
  readonly domainId: string;
  readonly keyId: string;
}

/** Encrypts signing secrets for the database, and opens them again. */
export interface WebhookSecretBox {
  readonly seal: (secret: Uint8Array, place: WebhookSecretPlace) => Buffer;
  readonly open: (sealed: Uint8Array, place: WebhookSecretPlace) => Uint8Array;
}

export interface WebhookServiceOptions {
  readonly storage: WebhookStore & Pick<WebhookOutbox, 'endAbandoned'>;
  readonly secretBox: WebhookSecretBox;
  readonly egressPolicy: EgressPolicy;
  readonly secrets: Pick<Secrets, 'newId' | 'newWebhookSecret'>;
  /** Something is due now. */
  readonly poke: (domainId: DomainId) => void;
}

/** How many webhooks a domain may have: each change of a room may have to tell all of them. */
const maxWebhooks = 20;
/** For how long deliveries are also signed with the secrets before, since the last rotation: a day. */
const overlapSeconds = 24 * 3600;
const sweepSize = 1000;

export type WebhookService = ReturnType<typeof createWebhookService>;

interface CreateWebhookInput {
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  readonly roomName?: Maybe<string>;
}

interface UpdateWebhookInput {
  readonly webhookId: WebhookId | null;
  readonly url?: Maybe<string>;
  readonly events?: Maybe<readonly WebhookEventType[]>;
  readonly isActive?: Maybe<boolean>;
}

/** Webhooks of the caller's domain, for its backend with the scope WEBHOOKS. */
export function createWebhookService(options: WebhookServiceOptions) {
  return { ...createChanges(options), ...createReads(options) };
}

function createCreate(options: WebhookServiceOptions) {
  const { storage, egressPolicy, secrets } = options;
  return (caller: Caller, input: CreateWebhookInput) =>
    within(caller, async (domainId, key) => {
      const checked = checkInput(egressPolicy, input);
      if (isRefusal(checked)) return checked;
      const roomName = input.roomName ?? null;
      if (roomName !== null && !isRoomName(roomName)) return notFound();
      const id = secrets.newId<'Webhook'>();
      const { sealed, secret } = makeSecret(options, domainId, id);
      const { url, events } = checked;
      const made = { id, domainId, url: url ?? input.url, events: events ?? [], roomName, secretSealed: sealed };
      const webhook = await storage.create(made, maxWebhooks, key);
      if (webhook === 'NO_SUCH_ROOM') return notFound();
      if (webhook === 'TOO_MANY') {
        return invalidInput([
          {
            path: ['input'],
            message: `cannot be added: a domain has at most ${maxWebhooks} webhooks. Delete one first`,
          },
        ]);
      }
      return { webhook, secret };
    });
}

const placeOf = (domainId: DomainId, webhookId: WebhookId): WebhookSecretPlace => ({
  purpose: 'webhook-secret',
  domainId,
  keyId: webhookId,
});

function makeSecret({ secretBox, secrets }: WebhookServiceOptions, domainId: DomainId, webhookId: WebhookId) {
  const secret = secrets.newWebhookSecret();
  const sealed = secretBox.seal(secret, placeOf(domainId, webhookId));
  return { sealed, secret: `whsec_${secret.toString('base64')}` };
}

/**
 * The secrets before go on to sign for their time, all of them: whoever rotates again because the answer was lost, and the receiver with it,
 * would otherwise end the one that the receiver knows.
 */
async function rotateSecret(options: WebhookServiceOptions, domainId: DomainId, webhookId: WebhookId, key: ActingKey) {
  const { storage, secretBox } = options;
  const place = placeOf(domainId, webhookId);
  for (;;) {
    const { sealed, secret } = makeSecret(options, domainId, webhookId);
    const kept = await storage.findSecrets(domainId, webhookId);
    if (kept === null) return notFound();
    const before = kept.previousSecretSealed === null ? null : secretBox.open(kept.previousSecretSealed, place);
    const replaced = secretBox.seal(joinReplaced(secretBox.open(kept.secretSealed, place), before), place);
    const next = { secretSealed: sealed, previousSecretSealed: replaced };
    const webhook = await storage.rotate(domainId, webhookId, next, kept.secretSealed, overlapSeconds, key);
    // Somebody else rotated it in between, or sealed it anew: their secret is one of those before.
    if (webhook !== null) return { webhook, secret };
  }
}

function createChanges(options: WebhookServiceOptions) {
  const { storage, egressPolicy, poke } = options;
  const endAbandoned = async (domainId: DomainId) => {
    while ((await storage.endAbandoned(sweepSize, domainId)) === sweepSize);
  };
  return {
    create: createCreate(options),
    update: (caller: Caller, { webhookId, ...input }: UpdateWebhookInput) =>
      within(caller, async (domainId, key) => {
        const checked = checkInput(egressPolicy, input);
        if (isRefusal(checked)) return checked;
        if (webhookId === null) return notFound();
        const patch = { ...checked, isActive: input.isActive ?? null };
        const webhook = await storage.update(domainId, webhookId, patch, key);
        if (webhook?.isActive === false) await endAbandoned(domainId);
        return webhook ?? notFound();
      }),
    delete: (caller: Caller, webhookId: WebhookId | null) =>
      within(caller, async (domainId, key) => {
        const webhook = webhookId === null ? null : await storage.delete(domainId, webhookId, key);
        if (webhook !== null) await endAbandoned(domainId);
        return webhook ?? notFound();
      }),
    rotateSecret: (caller: Caller, webhookId: WebhookId | null) =>
      within(caller, async (domainId, key) =>
        webhookId === null ? notFound() : rotateSecret(options, domainId, webhookId, key),
      ),
    redeliver: (caller: Caller, deliveryId: WebhookDeliveryId | null) =>
      within(caller, async (domainId, key) => {
        const delivery = deliveryId === null ? null : await storage.redeliver(domainId, deliveryId, key);
        if (delivery === null) return notFound();
        if (delivery === 'SWITCHED_OFF')
          return forbidden('FORBIDDEN', 'This webhook is switched off. Set isActive to true with updateWebhook first.');
        poke(domainId);
        return delivery;
      }),
  };
}

function createReads({ storage }: WebhookServiceOptions) {
  return {
    list: (caller: Caller) => within(caller, (domainId) => storage.list(domainId)),
    findById: (caller: Caller, id: WebhookId) => within(caller, (domainId) => storage.find(domainId, id)),
    findDelivery: (caller: Caller, id: WebhookDeliveryId) =>
      within(caller, (domainId) => storage.findDelivery(domainId, id)),
    deliveries: (caller: Caller, webhook: Webhook, args: PageArgs) =>
      within(caller, async (domainId) => {
        if (webhook.domainId !== domainId) return notFound();
        return pageOf(
          args,
          (request) => storage.deliveries(webhook, request),
          () => storage.countDeliveries(webhook),
          (item) => ({ item, position: { at: item.createdAt, id: item.id } }),
        );
      }),
  };
}

/** Authorises first. */
async function within<Answer>(
  caller: Caller,
  run: (domainId: DomainId, key: ActingKey) => Promise<Answer>,
): Promise<Answer | Forbidden> {
  const backend = requireBackend(caller, 'WEBHOOKS');
  return isRefusal(backend) ? backend : run(backend.domainId, backend.key);
}

interface CheckedInput {
  readonly url: string | null;
  readonly events: readonly WebhookEventType[] | null;
}

function checkInput(
  policy: EgressPolicy,
  { url, events }: Pick<UpdateWebhookInput, 'url' | 'events'>,
): CheckedInput | InvalidInput {
  const issues: InputIssue[] = [];
  const checked = url == null ? null : checkWebhookUrl(url);
  const problem = checked === null ? null : checked.ok ? policy.findProblem(checked.url) : checked.problem;
  if (problem !== null) issues.push({ path: ['input', 'url'], message: problem });
  if (events != null && events.length === 0)
    issues.push({ path: ['input', 'events'], message: 'must contain at least one event' });
  if (issues.length > 0) return invalidInput(issues);
  return {
    url: checked?.ok ? checked.url.href : null,
    // In the contract's order, each once.
    events: events == null ? null : webhookEventTypes.filter((type) => events.includes(type)),
  };
}
