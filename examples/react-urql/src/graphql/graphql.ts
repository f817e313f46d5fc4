/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** The room to join, and the credentials to join with. */
export type JoinRoomInput = {
  /** Name of the domain. Only callers without a credential need it, and only if the service has several domains. */
  domain?: string | null | undefined;
  /** True: join as an owner without being shown or counted, for example for an owner console. Owners only. Default: false. */
  hidden?: boolean | null | undefined;
  /** Makes retries safe: a retry with the same key and the same token or knock token returns the first session, and uses nothing up again. With another token it is refused. At least 22 random characters; use a new key for each room. The service stores only a hash. */
  idempotencyKey?: string | null | undefined;
  /** The knock token from `knock`, after the knock was admitted. You can send it as the bearer credential instead. */
  knockToken?: string | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** A meeting token: the text after `?t=` in the URL. Empty text counts as none. Cannot be combined with knockToken. If the bearer credential was already admitted, the token must belong to the same person and must not have `knocking`, otherwise the answer is INVALID_INPUT. */
  token?: string | null | undefined;
  /** The name to show to others, at most 128 characters. A name in the token, or the name that was admitted, takes precedence. */
  userName?: string | null | undefined;
};

/** The knock to decide. */
export type KnockDecisionInput = {
  /** `id` of the KnockRequest. */
  knockId: string;
  /** A message to the knocker, at most 500 characters. If left out, an earlier reply stays. */
  reply?: string | null | undefined;
};

/** The room to knock at, and who knocks. */
export type KnockInput = {
  /** Name of the domain. Only callers without a credential need it, and only if the service has several domains. */
  domain?: string | null | undefined;
  /** Makes retries safe: a retry with the same key and the same token returns the first knock. With another token it is refused. At least 22 random characters; use a new key for each room. The service stores only a hash. */
  idempotencyKey?: string | null | undefined;
  /** A message to the owners: at most 500 characters, line breaks allowed. */
  message?: string | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** A meeting token with `knocking: true`, which confirms who knocks. Empty text counts as none. */
  token?: string | null | undefined;
  /** The name to show to the owners: 1 to 128 characters. A name in the token takes precedence. */
  userName: string;
};

/** The status of a knock. PENDING changes to one of the others exactly once. ADMITTED can still become EXPIRED. */
export type KnockStatus =
  /** The knock was admitted: call `joinRoom` with the knock token before `exp`. */
  | 'ADMITTED'
  /** The knocker withdrew the knock, or left. */
  | 'CANCELLED'
  /** An owner, an admin or the backend denied the knock. */
  | 'DENIED'
  /** Nobody answered in time, or the admission has ended; `reason` says which. */
  | 'EXPIRED'
  /** The knock is waiting for an answer. */
  | 'PENDING';

/** Why something was refused. Codes are stable: new codes may be added, but none is ever renamed. Show your own text for codes that you know, and `message` for all others. */
export type RefusalCode =
  /** This person is banned from the room, and cannot join or knock until the ban ends. */
  | 'BANNED'
  /** Another change came first, or the current state does not allow this. Read the state again, then decide. */
  | 'CONFLICT'
  /** The room does not exist, or the caller needs a meeting token. Only the domain's own backend can find out which. */
  | 'ENTRY_NOT_ALLOWED'
  /** The credential is valid, but does not allow this. It needs another scope, role or room. */
  | 'FORBIDDEN'
  /** The input is invalid or contradicts itself. `issues` names each field. Nothing was changed. */
  | 'INVALID_INPUT'
  /** The room does not accept knocks: it is public (call `joinRoom`), or knocking is switched off. */
  | 'KNOCKING_DISABLED'
  /** Somebody else decided this knock first. `knockRequest` shows the decision. */
  | 'KNOCK_ALREADY_DECIDED'
  /** The knock was withdrawn, it timed out, or its admission has ended. Knock again. */
  | 'KNOCK_CLOSED'
  /** The knock was denied. `knockAgainAt` of the knock says when the person can knock again. */
  | 'KNOCK_DENIED'
  /** The knock has not been answered yet: wait with `myKnock`. */
  | 'KNOCK_PENDING'
  /** A room with this name already exists in the domain. Choose another name, or leave the name out. */
  | 'NAME_TAKEN'
  /** The object does not exist, or the caller has no access to it. A malformed id gives this code too. */
  | 'NOT_FOUND'
  /** Only owners and admins who are in the room now, and the domain's backend, may do this. Join the room again, then repeat the call. */
  | 'OWNER_NOT_IN_ROOM'
  /** Too many attempts from this address. `retryAfterSeconds` says when to try again. */
  | 'RATE_LIMITED'
  /** The room's exp has passed. The room will not open again. */
  | 'ROOM_EXPIRED'
  /** The room has reached maxParticipants. An admission stays valid: try again after somebody has left. */
  | 'ROOM_FULL'
  /** The room's nbf is in the future. `opensAt` says when the room opens. */
  | 'ROOM_NOT_OPEN'
  /** The meeting token's exp has passed. The caller needs a new one. */
  | 'TOKEN_EXPIRED'
  /** The meeting token is for another room, or for an earlier room with this name. */
  | 'TOKEN_FOR_OTHER_ROOM'
  /** The meeting token is malformed, forged, or from another domain. The caller needs a new one. */
  | 'TOKEN_INVALID'
  /** The meeting token's nbf, or the iat of a self-signed token, is more than 5 seconds in the future. `opensAt` says when the token becomes valid. */
  | 'TOKEN_NOT_YET_VALID'
  /** The meeting token was revoked. The caller needs a new one. */
  | 'TOKEN_REVOKED'
  /** The meeting token has already opened maxUses sessions. The caller needs a new one. Coming back to a session does not count. */
  | 'TOKEN_USED_UP'
  /** No credential was sent, or it is unknown, expired or revoked. Get a new one; a retry does not help. */
  | 'UNAUTHENTICATED'
  /** The service is unavailable right now. A mutation may still have taken effect: try again with the same idempotencyKey, or read the current state. */
  | 'UNAVAILABLE';

export type ComeInMutationVariables = Exact<{
  input: JoinRoomInput;
}>;


export type ComeInMutation = { joinRoom:
    | { code: RefusalCode, message: string }
    | { code: RefusalCode, message: string }
    | { sessionToken: string }
    | { code: RefusalCode, message: string }
    | Record<PropertyKey, never>
   };

export type WhatHappensSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type WhatHappensSubscription = { roomEvents:
    | { cursor: string }
    | { cursor: string }
    | { cursor: string }
    | { cursor: string }
    | { cursor: string }
    | { cursor: string }
    | { cursor: string }
    | { cursor: string }
    | { cursor: string }
    | { cursor: string }
    | { cursor: string }
   };

export type KnockMutationVariables = Exact<{
  input: KnockInput;
}>;


export type KnockMutation = { knock:
    | { code: RefusalCode, message: string }
    | { code: RefusalCode, message: string }
    | { knockToken: string }
    | { code: RefusalCode, message: string }
   };

export type MyKnockSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type MyKnockSubscription = { myKnock: { status: KnockStatus, position: number | null, reply: string | null } };

export type JoinMutationVariables = Exact<{
  input: JoinRoomInput;
}>;


export type JoinMutation = { joinRoom:
    | { code: RefusalCode, message: string }
    | { code: RefusalCode, message: string }
    | { sessionToken: string, participant: { userName: string } }
    | { lobbyMessage: string | null }
    | { code: RefusalCode, message: string }
   };

export type WhoWaitsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type WhoWaitsSubscription = { knockRequested: { id: string, userName: string, verified: boolean, message: string, status: KnockStatus, requestedAt: string } };

export type AdmitMutationVariables = Exact<{
  input: KnockDecisionInput;
}>;


export type AdmitMutation = { admitKnock:
    | { __typename: 'Forbidden', code: RefusalCode }
    | { __typename: 'InvalidInput', code: RefusalCode }
    | { __typename: 'KnockAlreadyDecided', code: RefusalCode }
    | { __typename: 'KnockRequest', id: string, status: KnockStatus }
    | { __typename: 'NotFound', code: RefusalCode }
   };


export const ComeInDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ComeIn"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"JoinRoomInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"joinRoom"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Joined"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessionToken"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Refusal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<ComeInMutation, ComeInMutationVariables>;
export const WhatHappensDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WhatHappens"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"roomEvents"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}}]}}]}}]} as unknown as DocumentNode<WhatHappensSubscription, WhatHappensSubscriptionVariables>;
export const KnockDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Knock"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"KnockInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"knock"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Knocked"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"knockToken"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Refusal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<KnockMutation, KnockMutationVariables>;
export const MyKnockDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"MyKnock"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"myKnock"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"position"}},{"kind":"Field","name":{"kind":"Name","value":"reply"}}]}}]}}]} as unknown as DocumentNode<MyKnockSubscription, MyKnockSubscriptionVariables>;
export const JoinDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Join"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"JoinRoomInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"joinRoom"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Joined"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessionToken"}},{"kind":"Field","name":{"kind":"Name","value":"participant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userName"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MustKnock"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"lobbyMessage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Refusal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<JoinMutation, JoinMutationVariables>;
export const WhoWaitsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WhoWaits"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"knockRequested"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"userName"}},{"kind":"Field","name":{"kind":"Name","value":"verified"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"requestedAt"}}]}}]}}]} as unknown as DocumentNode<WhoWaitsSubscription, WhoWaitsSubscriptionVariables>;
export const AdmitDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Admit"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"KnockDecisionInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"admitKnock"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"KnockRequest"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Refusal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]}}]}}]} as unknown as DocumentNode<AdmitMutation, AdmitMutationVariables>;