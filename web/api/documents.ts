const refusal = '... on Refusal { __typename code }';

const room = /* GraphQL */ `fragment RoomParts on Room {
  __typename name url lang privacy enableKnocking ownerOnlyBroadcast lobbyMessage maxParticipants
}`;

const participant = /* GraphQL */ `fragment ParticipantParts on Participant {
  __typename id userName isOwner verified connection audio video screenShare willEjectAt leaveReason
  permissions { canSend canAdmin }
}`;

const knock = /* GraphQL */ `fragment KnockParts on KnockRequest {
  __typename id userName verified message status reason connection reply requestedAt decidedBy { kind name }
}`;

const ownKnock = /* GraphQL */ `fragment OwnKnockParts on KnockRequest {
  __typename id userName status reason position ownerPresent reply lobbyMessage requestedAt knockAgainAt
}`;

const liveStream = /* GraphQL */ `fragment LiveStreamParts on LiveStream {
  __typename id status destinations error startedBy { kind name }
}`;

const event = /* GraphQL */ `fragment EventParts on RoomEvent {
  __typename cursor at by { kind name }
  ... on RoomUpdated { room { ...RoomParts } }
  ... on KnockRequested { knockRequest { ...KnockParts } }
  ... on KnockChanged { knockStatus knockReason knockRequest { ...KnockParts } }
  ... on ParticipantJoined { participant { ...ParticipantParts } }
  ... on ParticipantUpdated { participant { ...ParticipantParts } }
  ... on ParticipantLeft { leaveReason participant { ...ParticipantParts } }
  ... on MediaRequested { audio video screenShare }
  ... on LiveStreamChanged { liveStreamStatus liveStream { ...LiveStreamParts } }
}
${room} ${knock} ${participant} ${liveStream}`;

// Arriving.

export const access = /* GraphQL */ `query Access($roomName: String!, $domain: String, $token: String) {
  access(roomName: $roomName, domain: $domain, token: $token) {
    level ownerPresent lobbyMessage lang knockAgainAt now refusal { __typename code opensAt }
  }
}`;

export const viewer = /* GraphQL */ `query Viewer {
  viewer { ... on Participant { ...ParticipantParts } ... on KnockRequest { ...OwnKnockParts } }
}
${participant} ${ownKnock}`;

export const joinRoom = /* GraphQL */ `mutation JoinRoom($input: JoinRoomInput!) {
  joinRoom(input: $input) {
    __typename
    ... on Joined { sessionToken }
    ... on EntryRefused { opensAt }
    ... on RateLimited { retryAfterSeconds }
    ${refusal}
  }
}`;

export const knockAtDoor = /* GraphQL */ `mutation Knock($input: KnockInput!) {
  knock(input: $input) {
    __typename
    ... on Knocked { knockToken knockRequest { ...OwnKnockParts } }
    ... on EntryRefused { opensAt }
    ... on RateLimited { retryAfterSeconds }
    ... on InvalidInput { issues { path message } }
    ${refusal}
  }
}
${ownKnock}`;

// Waiting.

export const myKnock = /* GraphQL */ `subscription MyKnock { myKnock { ...OwnKnockParts } } ${ownKnock}`;

export const cancelKnock = /* GraphQL */ `mutation CancelKnock {
  cancelKnock { __typename ${refusal} }
}`;

// Inside.

export const roomNow = /* GraphQL */ `query RoomNow($roomName: String!) {
  room(name: $roomName) {
    ...RoomParts cursor
    participants(first: 100) { nodes { ...ParticipantParts } pageInfo { hasNextPage endCursor } }
    liveStream { ...LiveStreamParts }
  }
  viewer { ... on Participant { ...ParticipantParts } }
}
${room} ${participant} ${liveStream}`;

export const moreParticipants = /* GraphQL */ `query MoreParticipants($roomName: String!, $after: String) {
  room(name: $roomName) {
    participants(first: 100, after: $after) { nodes { ...ParticipantParts } pageInfo { hasNextPage endCursor } }
  }
}
${participant}`;

export const waiting = /* GraphQL */ `query Waiting($roomName: String!, $after: String) {
  room(name: $roomName) {
    knockRequests(status: [PENDING], first: 100, after: $after) {
      nodes { ...KnockParts } pageInfo { hasNextPage endCursor }
    }
  }
}
${knock}`;

export const sameNetwork = /* GraphQL */ `query SameNetwork($knockId: ID!) {
  node(id: $knockId) { ... on KnockRequest { sameNetwork } }
}`;

export const roomRecord = /* GraphQL */ `query RoomRecord($roomName: String!, $after: String) {
  room(name: $roomName) {
    events(first: 100, after: $after) { nodes { ...EventParts } pageInfo { hasNextPage endCursor } }
  }
}
${event}`;

export const bans = /* GraphQL */ `query Bans($roomName: String!) {
  room(name: $roomName) { bans(first: 100) { nodes { id userName network createdAt } } }
}`;

export const roomEvents = /* GraphQL */ `subscription RoomEvents($after: String) {
  roomEvents(after: $after) { ...EventParts }
}
${event}`;

export const leaveRoom = /* GraphQL */ `mutation LeaveRoom { leaveRoom { __typename ${refusal} } }`;

export const updateMyMedia = /* GraphQL */ `mutation UpdateMyMedia($input: UpdateMyMediaInput!) {
  updateMyMedia(input: $input) { __typename ...ParticipantParts ${refusal} }
}
${participant}`;

// Owners.

const decided = /* GraphQL */ `__typename ...KnockParts
  ... on KnockAlreadyDecided { knockRequest { ...KnockParts } }
  ${refusal}`;

export const admitKnock = /* GraphQL */ `mutation AdmitKnock($input: KnockDecisionInput!) {
  admitKnock(input: $input) { ${decided} }
}
${knock}`;

export const denyKnock = /* GraphQL */ `mutation DenyKnock($input: DenyKnockInput!) {
  denyKnock(input: $input) { ${decided} }
}
${knock}`;

export const replyToKnock = /* GraphQL */ `mutation ReplyToKnock($input: ReplyToKnockInput!) {
  replyToKnock(input: $input) { ${decided} }
}
${knock}`;

export const admitKnocks = /* GraphQL */ `mutation AdmitKnocks($input: DecideKnocksInput!) {
  admitKnocks(input: $input) { __typename ... on KnocksDecided { knockRequests { id } } ${refusal} }
}`;

export const updateParticipant = /* GraphQL */ `mutation UpdateParticipant($input: UpdateParticipantInput!) {
  updateParticipant(input: $input) { __typename ...ParticipantParts ${refusal} }
}
${participant}`;

export const updateParticipants = /* GraphQL */ `mutation UpdateParticipants($input: UpdateParticipantsInput!) {
  updateParticipants(input: $input) { __typename ${refusal} }
}`;

export const ejectParticipants = /* GraphQL */ `mutation EjectParticipants($input: EjectParticipantsInput!) {
  ejectParticipants(input: $input) { __typename ${refusal} }
}`;

export const returnToLobby = /* GraphQL */ `mutation ReturnToLobby($input: ReturnToLobbyInput!) {
  returnToLobby(input: $input) { __typename ${refusal} }
}`;

export const liftBan = /* GraphQL */ `mutation LiftBan($banId: ID!) { liftBan(banId: $banId) { __typename ${refusal} } }`;

export const setRoomPrivacy = /* GraphQL */ `mutation SetRoomPrivacy($input: SetRoomPrivacyInput!) {
  setRoomPrivacy(input: $input) { __typename ...RoomParts ${refusal} }
}
${room}`;

export const updateRoom = /* GraphQL */ `mutation UpdateRoom($input: UpdateRoomInput!) {
  updateRoom(input: $input) { __typename ...RoomParts ${refusal} }
}
${room}`;

export const startLiveStream = /* GraphQL */ `mutation StartLiveStream($input: StartLiveStreamInput!) {
  startLiveStream(input: $input) { __typename ...LiveStreamParts ${refusal} ... on InvalidInput { issues { path message } } }
}
${liveStream}`;

export const stopLiveStream = /* GraphQL */ `mutation StopLiveStream($liveStreamId: ID!) {
  stopLiveStream(liveStreamId: $liveStreamId) { __typename ...LiveStreamParts ${refusal} }
}
${liveStream}`;
