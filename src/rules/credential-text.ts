import type { ApiKeyScope } from './api-key.ts';

// What UNAUTHENTICATED and FORBIDDEN say: what arrived, and what is needed. Never the credential itself.

/** What a bearer looks like, whether or not it is known. A JWT is a meeting token, or a media grant: neither is ever a bearer. */
export type BearerForm = 'API_KEY' | 'SESSION_TOKEN' | 'KNOCK_TOKEN' | 'JWT' | 'OTHER';

const forms: readonly (readonly [RegExp, BearerForm])[] = [
  [/^vk_/, 'API_KEY'],
  [/^vs_/, 'SESSION_TOKEN'],
  [/^vq_/, 'KNOCK_TOKEN'],
  // Its beginning is enough: of a long one only that was kept.
  [/^eyJ[\w-]*\./, 'JWT'],
];

export function formOf(bearer: string): BearerForm {
  return forms.find(([form]) => form.test(bearer))?.[1] ?? 'OTHER';
}

export const unknownText: Readonly<Record<BearerForm, string>> = {
  API_KEY: 'The API key that arrived is unknown, has expired, or was revoked.',
  SESSION_TOKEN: 'The session token that arrived is unknown, or has ended.',
  KNOCK_TOKEN: 'The knock token that arrived is unknown, or has ended.',
  JWT: 'A JWT arrived as bearer. A meeting token belongs in `token` of `access` and in `input.token` of `joinRoom` and `knock`.',
  OTHER: 'What arrived as bearer is no credential of this service.',
};

/** What something needs, in the words that follow "This needs". */
export const needs = {
  apiKey: 'an API key',
  any: 'a credential that is known, or none at all',
  session: 'the session token that `joinRoom` gave to somebody who is in the room',
  knock: 'the knock token that `knock` gave',
  sessionOrKnock: 'the session token that `joinRoom` gave, or the knock token that `knock` gave',
  apiKeyOrSession: 'an API key, or the session token of an owner or admin who is in the room',
  scope: (scope: ApiKeyScope): string =>
    scope === 'READ' ? 'an API key, whatever its scopes' : `an API key with the scope ${scope}, or ADMIN`,
} as const;

export const howToSend =
  'Send it as `Authorization: Bearer …`, over WebSocket as `connectionParams: { authorization: "Bearer …" }`.';
