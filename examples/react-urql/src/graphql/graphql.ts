/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Which room to enter, and with what. */
export type JoinRoomInput = {
  /** Name of the domain. Needed only by a caller without credential on a service with several domains. */
  domain?: string | null | undefined;
  /** In the room as an owner, but not counted or shown: for an owner console. Owners only. */
  hidden?: boolean | null | undefined;
  /** A retry with the same key, and the same token or knock token, finds the first session: nothing is used up twice. With another one it is refused. 22 random characters or more; kept only as a hash, good for one room. */
  idempotencyKey?: string | null | undefined;
  /** What `knock` returned, once admitted. The knock token as bearer does the same. */
  knockToken?: string | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** A meeting token: what stood behind `?t=` in the URL. Not together with knockToken. Empty: none. Beside a bearer that was let in already it must be of the same person, and not `knocking`: else INVALID_INPUT. */
  token?: string | null | undefined;
  /** The name to be shown to others: at most 128 characters. A name in the token, and the name that was admitted, win. */
  userName?: string | null | undefined;
};

/** Which knock to decide. */
export type KnockDecisionInput = {
  /** `id` of the KnockRequest. */
  knockId: string;
  /** A word to the knocker: at most 500 characters. Left out: what was written before stays. */
  reply?: string | null | undefined;
};

/** Who asks to come in where. */
export type KnockInput = {
  /** Name of the domain. Needed only by a caller without credential on a service with several domains. */
  domain?: string | null | undefined;
  /** A retry with the same key, and the same token, finds the first knock. With another one it is refused. 22 random characters or more, made anew for each room; kept only as a hash. */
  idempotencyKey?: string | null | undefined;
  /** A word to the owners: at most 500 characters, line breaks allowed. */
  message?: string | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** A meeting token with knocking: true; it vouches for who knocks. Empty: none. */
  token?: string | null | undefined;
  /** The name to be shown to the owners: not empty, at most 128 characters. A name in the token wins. */
  userName: string;
};

/** Where a knock stands. PENDING moves to one of the others exactly once; ADMITTED may still become EXPIRED. */
export type KnockStatus =
  /** Was let in: `joinRoom` with the knock token, until `exp`. */
  | 'ADMITTED'
  /** The knocker took it back, or went away. */
  | 'CANCELLED'
  /** An owner, an admin or the backend said no. */
  | 'DENIED'
  /** Ran out unanswered, or its admission has ended; `reason` says which. */
  | 'EXPIRED'
  /** Waits for an answer. */
  | 'PENDING';

/** Why something was refused. Codes are stable: they are added to, never renamed. Show texts of your own for those you know, and `message` for others. */
export type RefusalCode =
  /** This person was banned from the room, and can neither join nor knock until the ban is lifted. */
  | 'BANNED'
  /** Another change came first, or what stands now does not allow this. Read again, then decide. */
  | 'CONFLICT'
  /** The room is closed to this caller: it needs a meeting token, or does not exist. The two are told apart only to the domain's own backend. */
  | 'ENTRY_NOT_ALLOWED'
  /** The credential is good, but may not do this: another scope, role or room is needed. */
  | 'FORBIDDEN'
  /** The input is malformed or contradicts itself. `issues` names each field; nothing was changed. */
  | 'INVALID_INPUT'
  /** The room takes no knocks: it is public (join at once), or knocking is switched off. */
  | 'KNOCKING_DISABLED'
  /** Somebody decided this knock before; `knockRequest` shows how. */
  | 'KNOCK_ALREADY_DECIDED'
  /** The knock was withdrawn, timed out, or its admission has ended. Knock anew. */
  | 'KNOCK_CLOSED'
  /** An owner said no. `knockAgainAt` of the knock says when it may be tried again. */
  | 'KNOCK_DENIED'
  /** The knock has not been answered yet: wait with `myKnock`. */
  | 'KNOCK_PENDING'
  /** A room of this name lives in the domain. Choose another, or leave the name out. */
  | 'NAME_TAKEN'
  /** There is no such thing, or the caller may not know of it. A malformed id gives this too. */
  | 'NOT_FOUND'
  /** Only an owner or admin who is in the room at this moment, or the domain's backend, may do this. Join again, then repeat. */
  | 'OWNER_NOT_IN_ROOM'
  /** Too many attempts from here. `retryAfterSeconds` tells when to try again. */
  | 'RATE_LIMITED'
  /** The room's exp has passed. It will not open again. */
  | 'ROOM_EXPIRED'
  /** The room holds maxParticipants people. An admission stays good: try again when somebody has left. */
  | 'ROOM_FULL'
  /** The room's nbf lies ahead; `opensAt` says from when on it lets in. */
  | 'ROOM_NOT_OPEN'
  /** The meeting token's exp has passed. A new one is needed. */
  | 'TOKEN_EXPIRED'
  /** The meeting token names another room, or an earlier room of this name. */
  | 'TOKEN_FOR_OTHER_ROOM'
  /** The meeting token is malformed, forged, or not of this domain. A new one is needed. */
  | 'TOKEN_INVALID'
  /** The meeting token's nbf, or the iat of a self-signed one, lies more than 5 seconds ahead; `opensAt` says from when on it lets in. */
  | 'TOKEN_NOT_YET_VALID'
  /** The meeting token was revoked by its makers. A new one is needed. */
  | 'TOKEN_REVOKED'
  /** The meeting token was used maxUses times. A new one is needed; coming back to a session takes no use. */
  | 'TOKEN_USED_UP'
  /** No credential was sent, or it is unknown, expired or revoked. Get a new one; asking again is no use. */
  | 'UNAUTHENTICATED'
  /** The service cannot answer now. A mutation may have been done: ask again with the same idempotencyKey, or read. */
  | 'UNAVAILABLE';

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


export const KnockDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Knock"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"KnockInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"knock"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Knocked"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"knockToken"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Refusal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<KnockMutation, KnockMutationVariables>;
export const MyKnockDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"MyKnock"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"myKnock"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"position"}},{"kind":"Field","name":{"kind":"Name","value":"reply"}}]}}]}}]} as unknown as DocumentNode<MyKnockSubscription, MyKnockSubscriptionVariables>;
export const JoinDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Join"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"JoinRoomInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"joinRoom"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Joined"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessionToken"}},{"kind":"Field","name":{"kind":"Name","value":"participant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userName"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MustKnock"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"lobbyMessage"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Refusal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<JoinMutation, JoinMutationVariables>;
export const WhoWaitsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WhoWaits"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"knockRequested"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"userName"}},{"kind":"Field","name":{"kind":"Name","value":"verified"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"requestedAt"}}]}}]}}]} as unknown as DocumentNode<WhoWaitsSubscription, WhoWaitsSubscriptionVariables>;
export const AdmitDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Admit"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"KnockDecisionInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"admitKnock"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"KnockRequest"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Refusal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]}}]}}]} as unknown as DocumentNode<AdmitMutation, AdmitMutationVariables>;