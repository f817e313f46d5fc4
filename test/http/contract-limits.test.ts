import { getIntrospectionQuery, getOperationAST, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { checkDocumentSize } from '../../src/http/document-size.ts';
import { defaultLimits } from '../../src/http/limits.ts';
import { createCostOf } from '../../src/http/operation-cost.ts';

const costOf = createCostOf(schema, defaultLimits);
const knock =
  'id roomName userName userId verified message status reason connection position ownerPresent reply lobbyMessage requestedAt decidedAt decidedBy { kind name userId } exp knockAgainAt';
const permissions =
  'permissions { hasPresence canSend canReceive { base overrides { userId participantId kinds } } canAdmin }';
const participant = `id roomName userName userId isOwner joinedAt leftAt connection audio video screenShare willEjectAt leaveReason verified ${permissions}`;
const k = `fragment K on KnockRequest { ${knock} }`;
const p = `fragment P on Participant { ${participant} }`;

/** What an owner console, a room page and a backend ask for, at its largest. */
const operations: Readonly<Record<string, string>> = {
  'the whole of a room': `query ($name: String!) { room(name: $name) { id cursor name ${permissions} ownerPresent
    participants(first: 100) { totalCount pageInfo { endCursor hasNextPage } nodes { ...P } }
    knockRequests(first: 100) { totalCount edges { cursor node { ...K } } }
    bans(first: 100) { nodes { id userName } } events(first: 100) { nodes { cursor at by { kind name } ... on KnockRequested { knockRequest { ...K } }
      ... on KnockChanged { status knockRequest { ...K } } ... on ParticipantJoined { participant { ...P } } ... on ParticipantLeft { participant { ...P } } } } } } ${k} ${p}`,
  'all rooms with who waits, by default sizes': `{ rooms { totalCount nodes { name knockRequests { nodes { ...K } } participants { nodes { id userName connection } } } } } ${k}`,
  'a hundred rooms with a hundred who wait': `{ rooms(first: 100) { nodes { name knockRequests(first: 100) { nodes { id userName status requestedAt } } } } }`,
  'every event with all it shows': `subscription { roomEvents { cursor at roomId roomName by { kind name userId }
    ... on KnockRequested { knockRequest { ...K } } ... on KnockChanged { knockRequest { ...K } status reason } ... on ParticipantJoined { participant { ...P } }
    ... on ParticipantUpdated { participant { ...P } } ... on ParticipantLeft { participant { ...P } leaveReason: reason } ... on MediaRequested { audio video screenShare }
    ... on RoomUpdated { room { id name privacy } } ... on LiveStreamChanged { liveStream { id state: status } streamStatus: status } } } ${k} ${p}`,
  'joining with all that comes of it': `mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { __typename ... on Joined { sessionToken mediaGrant participant { ...P }
    room { id name cursor participants(first: 100) { nodes { ...P } } } } ... on MustKnock { roomName ownerPresent lobbyMessage }
    ... on Refusal { code message } ... on EntryRefused { opensAt } } } ${p}`,
  'twenty rooms by alias': `{ ${Array.from({ length: 20 }, (_, index) => `r${index}: room(name: "r${index}") { id name }`).join(' ')} }`,
  introspection: getIntrospectionQuery({
    descriptions: true,
    inputValueDeprecation: true,
    specifiedByUrl: true,
    oneOf: true,
  }),
};

test.each(Object.entries(operations))('the limits leave room for %s', (_what, text) => {
  const document = parse(text, { maxTokens: defaultLimits.documentTokens });
  expect(text.length).toBeLessThan(defaultLimits.documentCharacters);
  expect(validate(schema, document)).toEqual([]);
  expect(checkDocumentSize(document, defaultLimits)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  expect(costOf(document, operation, {})).toBeLessThanOrEqual(defaultLimits.cost);
});

test.each([
  '{ rooms(first: 99999999) { nodes { name } } }',
  '{ rooms(first: 100) { nodes { participants(first: 100) { nodes { id } } knockRequests(first: 100) { nodes { id } } } } }',
  '{ rooms(last: 100) { nodes { events(first: 100) { nodes { ... on ParticipantJoined { participant { id } } ... on KnockRequested { knockRequest { id } } } } } } }',
])('and none for %s', (text) => {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  expect(costOf(document, operation, {})).toBeGreaterThan(defaultLimits.cost);
});
