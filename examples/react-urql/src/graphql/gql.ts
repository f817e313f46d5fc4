/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation ComeIn($input: JoinRoomInput!) {\n    joinRoom(input: $input) {\n      ... on Joined { sessionToken }\n      ... on Refusal { code message }\n    }\n  }\n": typeof types.ComeInDocument,
    "\n  subscription WhatHappens {\n    roomEvents { cursor }\n  }\n": typeof types.WhatHappensDocument,
    "\n  mutation Knock($input: KnockInput!) {\n    knock(input: $input) {\n      ... on Knocked { knockToken }\n      ... on Refusal { code message }\n    }\n  }\n": typeof types.KnockDocument,
    "\n  subscription MyKnock {\n    myKnock { status position reply }\n  }\n": typeof types.MyKnockDocument,
    "\n  mutation Join($input: JoinRoomInput!) {\n    joinRoom(input: $input) {\n      ... on Joined { sessionToken participant { userName } }\n      ... on MustKnock { lobbyMessage }\n      ... on Refusal { code message }\n    }\n  }\n": typeof types.JoinDocument,
    "\n  subscription WhoWaits {\n    knockRequested { id userName verified message status requestedAt }\n  }\n": typeof types.WhoWaitsDocument,
    "\n  mutation Admit($input: KnockDecisionInput!) {\n    admitKnock(input: $input) {\n      __typename\n      ... on KnockRequest { id status }\n      ... on Refusal { code }\n    }\n  }\n": typeof types.AdmitDocument,
};
const documents: Documents = {
    "\n  mutation ComeIn($input: JoinRoomInput!) {\n    joinRoom(input: $input) {\n      ... on Joined { sessionToken }\n      ... on Refusal { code message }\n    }\n  }\n": types.ComeInDocument,
    "\n  subscription WhatHappens {\n    roomEvents { cursor }\n  }\n": types.WhatHappensDocument,
    "\n  mutation Knock($input: KnockInput!) {\n    knock(input: $input) {\n      ... on Knocked { knockToken }\n      ... on Refusal { code message }\n    }\n  }\n": types.KnockDocument,
    "\n  subscription MyKnock {\n    myKnock { status position reply }\n  }\n": types.MyKnockDocument,
    "\n  mutation Join($input: JoinRoomInput!) {\n    joinRoom(input: $input) {\n      ... on Joined { sessionToken participant { userName } }\n      ... on MustKnock { lobbyMessage }\n      ... on Refusal { code message }\n    }\n  }\n": types.JoinDocument,
    "\n  subscription WhoWaits {\n    knockRequested { id userName verified message status requestedAt }\n  }\n": types.WhoWaitsDocument,
    "\n  mutation Admit($input: KnockDecisionInput!) {\n    admitKnock(input: $input) {\n      __typename\n      ... on KnockRequest { id status }\n      ... on Refusal { code }\n    }\n  }\n": types.AdmitDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ComeIn($input: JoinRoomInput!) {\n    joinRoom(input: $input) {\n      ... on Joined { sessionToken }\n      ... on Refusal { code message }\n    }\n  }\n"): (typeof documents)["\n  mutation ComeIn($input: JoinRoomInput!) {\n    joinRoom(input: $input) {\n      ... on Joined { sessionToken }\n      ... on Refusal { code message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription WhatHappens {\n    roomEvents { cursor }\n  }\n"): (typeof documents)["\n  subscription WhatHappens {\n    roomEvents { cursor }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Knock($input: KnockInput!) {\n    knock(input: $input) {\n      ... on Knocked { knockToken }\n      ... on Refusal { code message }\n    }\n  }\n"): (typeof documents)["\n  mutation Knock($input: KnockInput!) {\n    knock(input: $input) {\n      ... on Knocked { knockToken }\n      ... on Refusal { code message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription MyKnock {\n    myKnock { status position reply }\n  }\n"): (typeof documents)["\n  subscription MyKnock {\n    myKnock { status position reply }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Join($input: JoinRoomInput!) {\n    joinRoom(input: $input) {\n      ... on Joined { sessionToken participant { userName } }\n      ... on MustKnock { lobbyMessage }\n      ... on Refusal { code message }\n    }\n  }\n"): (typeof documents)["\n  mutation Join($input: JoinRoomInput!) {\n    joinRoom(input: $input) {\n      ... on Joined { sessionToken participant { userName } }\n      ... on MustKnock { lobbyMessage }\n      ... on Refusal { code message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription WhoWaits {\n    knockRequested { id userName verified message status requestedAt }\n  }\n"): (typeof documents)["\n  subscription WhoWaits {\n    knockRequested { id userName verified message status requestedAt }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Admit($input: KnockDecisionInput!) {\n    admitKnock(input: $input) {\n      __typename\n      ... on KnockRequest { id status }\n      ... on Refusal { code }\n    }\n  }\n"): (typeof documents)["\n  mutation Admit($input: KnockDecisionInput!) {\n    admitKnock(input: $input) {\n      __typename\n      ... on KnockRequest { id status }\n      ... on Refusal { code }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;