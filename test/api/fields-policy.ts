import type { CallerName } from './callers-policy.ts';
import { callerNames } from './callers-policy.ts';

/**
 * Who reads what, of each thing that has an id and of each of its fields. `+` reads it, `-` is answered null, `F` and `U` are errors
 * (FORBIDDEN, UNAUTHENTICATED). One row an audience: nobody, unknown, knocker, guest, admin, owner, owner of another room, owner who
 * left; the keys ADMIN ROOMS TOKENS ADMISSION WEBHOOKS READ; another domain's key.
 */
const audiences = {
  anyKey: 'U U - - - - - U  + + + + + +  -',
  admin: 'U U - - - - - U  + - - - - -  -',
  tokens: 'U U - - - - - U  + - + - - -  -',
  webhooks: 'U U - - - - - U  + - - - + -  -',
  /** The room and whoever is in it, for those inside and every key. */
  inside: 'U U - + + + - U  + + + + + +  -',
  /** Who waits, and who is kept out: for those who decide. */
  decides: 'U U - - + + - U  + - - + - -  -',
  roomTokens: 'U U - - + + - U  + - + - - -  -',
  ownKnock: 'U U + - + + - U  + - - + - -  -',
  /** Fields that only one of those reads who see the thing. */
  theKnocker: 'U U + - - - - U  - - - - - -  -',
  theGuest: 'U U - + - - - U  - - - - - -  -',
  /** Lists that answer an error where they are not for the reader. */
  adminList: 'U U - - - - - U  + F F F F F  -',
  tokenList: 'U U - - - - - U  + F + F F F  -',
  webhookList: 'U U - - - - - U  + F F F + F  -',
  recordList: 'U U - F + + - U  + + + + + +  -',
  decisionList: 'U U - F + + - U  + F F + F F  -',
  roomTokenList: 'U U - F + + - U  + F + F F F  -',
} as const;
export type Audience = keyof typeof audiences;

/** What each caller is answered. */
export function readersOf(audience: Audience): Readonly<Record<CallerName, string>> {
  const cells = audiences[audience].split(/ +/);
  // Each row has as many cells as there are callers; the test of the table sees to it.
  return Object.fromEntries(callerNames.map((name, index) => [name, cells[index]])) as Record<CallerName, string>;
}

export const audienceNames = Object.keys(audiences) as readonly Audience[];

/** Each thing that stands in the scene: its type, and for whom it is there. */
export const things = {
  domain: ['Domain', 'anyKey'],
  revokedKey: ['ApiKey', 'admin'],
  signingKey: ['SelfSigningKey', 'tokens'],
  roomA: ['Room', 'inside'],
  meetingToken: ['MeetingToken', 'roomTokens'],
  tokenForAnyRoom: ['MeetingToken', 'tokens'],
  ownKnock: ['KnockRequest', 'ownKnock'],
  decidedKnock: ['KnockRequest', 'decides'],
  guest: ['Participant', 'inside'],
  whoLeft: ['Participant', 'inside'],
  whoKnocked: ['Participant', 'inside'],
  ban: ['Ban', 'decides'],
  liveStream: ['LiveStream', 'inside'],
  webhook: ['Webhook', 'webhooks'],
  delivery: ['WebhookDelivery', 'webhooks'],
  mediaServer: ['MediaServer', 'admin'],
} as const satisfies Readonly<Record<string, readonly [string, Audience]>>;
export type ThingName = keyof typeof things;

/** Fields for all who see the thing. */
const plain = {
  Domain: 'id name createdAt permissions enforceUniqueUserIds lang meetingTokenLifetimeSeconds doorPage',
  ApiKey: 'id name prefix scopes createdAt lastUsedAt exp revokedAt',
  SelfSigningKey: 'id kid algorithm createdAt revokedAt',
  Room: `id name title url privacy createdAt updatedAt nbf exp maxParticipants enableKnocking knockTimeoutSeconds knockCooldownSeconds
    lobbyMessage ownerOnlyBroadcast enforceUniqueUserIds ejectAtRoomExp ejectAfterElapsedSeconds startVideoOff startAudioOff
    enableScreenshare lang permissions ownerPresent participantCount cursor participants liveStream`,
  MeetingToken: `id jti roomName isOwner userName userId nbf exp knocking ejectAtTokenExp ejectAfterElapsedSeconds startVideoOff
    startAudioOff enableScreenshare lang permissions maxUses uses status selfSigned createdAt revokedAt`,
  KnockRequest: `id roomName userName userId verified message status reason connection ownerPresent reply lobbyMessage requestedAt
    decidedAt exp knockAgainAt`,
  Participant: `id roomName userName userId isOwner joinedAt leftAt connection permissions audio video screenShare willEjectAt
    leaveReason verified mediaConnection knockId`,
  Ban: 'id roomName userId userName network createdAt exp',
  LiveStream: 'id roomName status destinations startedAt startedBy endedAt error',
  Webhook: 'id url events roomName isActive createdAt deliveries',
  WebhookDelivery: 'id event status attempts responseStatus nextAttemptAt createdAt',
  MediaServer: 'id kind url apiKey state lastError checkedAt webhookUrl gateUrl gate gateHolds',
} as const;
export type NodeType = keyof typeof plain;

/** Fields with rights of their own. */
const guarded: Partial<Record<NodeType, Readonly<Record<string, Audience>>>> = {
  Domain: {
    apiKeys: 'adminList',
    selfSigningKeys: 'tokenList',
    meetingTokens: 'tokenList',
    webhooks: 'webhookList',
    mediaServer: 'adminList',
  },
  Room: {
    meetingUrl: 'anyKey',
    knockRequests: 'decisionList',
    bans: 'decisionList',
    events: 'recordList',
    meetingTokens: 'roomTokenList',
  },
  KnockRequest: { position: 'theKnocker', decidedBy: 'decides', sameNetwork: 'decides' },
  Participant: { mediaGrant: 'theGuest', media: 'theGuest', meetingUrl: 'theGuest' },
};

/** Each field of a type that has ids, and its audience; null: whoever sees the thing. */
export function fieldsOf(type: NodeType): ReadonlyMap<string, Audience | null> {
  const listed = plain[type].split(/\s+/).map((name) => [name, null] as const);
  return new Map<string, Audience | null>([...listed, ...Object.entries(guarded[type] ?? {})]);
}

export const nodeTypes = Object.keys(plain) as readonly NodeType[];

/** What a thing of a scene cannot show, since no test waits for it: the answer of an endpoint, or of a gate, that was never reached. */
export const neverSet: ReadonlySet<string> = new Set(['WebhookDelivery.responseStatus', 'MediaServer.gateHolds']);

/** Types without ids: parts of those above, which are seen where these are. */
export const parts = [
  'Permissions',
  'ReceivePermissions',
  'ReceiveOverride',
  'Actor',
  'PageInfo',
  'MediaAccess',
  'DoorPage',
  'PageLink',
] as const;

/** Types that are the answer of one operation, and seen by whoever may ask it: who that is says the callers' table. */
export const answers = {
  access: ['Access'],
  explainEntry: ['EntryExplanation', 'EntryStep'],
  joinRoom: ['Joined', 'MustKnock'],
  knock: ['Knocked'],
  admitKnocks: ['KnocksDecided'],
  denyKnocks: ['KnocksDecided'],
  updateParticipants: ['ParticipantsUpdated'],
  ejectParticipants: ['ParticipantsEjected'],
  deleteRoom: ['DeletedRoom'],
  createMeetingToken: ['IssuedMeetingToken'],
  revokeMeetingTokens: ['MeetingTokensRevoked'],
  createApiKey: ['CreatedApiKey'],
  addSelfSigningKey: ['AddedSelfSigningKey'],
  createWebhook: ['CreatedWebhook'],
  rotateWebhookSecret: ['CreatedWebhook'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
