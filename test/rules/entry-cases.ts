import type { EntryAsk } from '../../src/rules/entry.ts';
import type { RoomFacts } from '../../src/rules/facts.ts';
import type { LobbyReturn } from '../../src/rules/lobby-return.ts';
import {
  admittedOf,
  at,
  banOf,
  claimsOf,
  factsOf,
  goodToken,
  knockIn,
  knockOf,
  now,
  roomOf,
  waitingRoomOf,
} from './facts-kit.ts';

/** Who asks to come in where, which rule speaks, and what it says. */
export type EntryCase = {
  readonly title: string;
  readonly facts: RoomFacts | null;
  readonly ask?: Partial<EntryAsk>;
  /** Which of the rules speaks: all before it were looked at and passed, none after it was asked. */
  readonly speaks: string;
  readonly says: string;
};

const used = (uses: number) => new Map([['jti-1', { jti: 'jti-1', uses }]]);
const publicRoom = factsOf({ room: roomOf() });
const closedRoom = factsOf({ room: roomOf({ privacy: 'PRIVATE' }) });
const waitingRoom = factsOf();
export const badToken = {
  ok: false,
  code: 'TOKEN_INVALID',
  opensAt: null,
  detail: 'its signature is not good',
} as const;
const admitted = admittedOf({ letsInUntil: at(600) });
const admittedUntil = (exp: Date) => admittedOf({ token: claimsOf({ ejectAtTokenExp: true, exp }) });
const full = (more: Parameters<typeof roomOf>[0] = {}) =>
  factsOf({ room: roomOf({ maxParticipants: 2, ...more }), placesTaken: 2 });

const returnOf = (who: Partial<LobbyReturn>): LobbyReturn => ({
  id: knockOf().id,
  roomId: roomOf().id,
  domainId: roomOf().domainId,
  userId: null,
  jti: null,
  returnedAt: at(-60),
  admittedAt: null,
  ...who,
});

export const entryCases: readonly EntryCase[] = [
  // 1. The token by itself.
  {
    title: 'a bad token, public room',
    facts: publicRoom,
    ask: { token: badToken },
    speaks: 'meeting token',
    says: 'TOKEN_INVALID',
  },
  {
    title: 'a bad token, missing room',
    facts: null,
    ask: { token: badToken },
    speaks: 'meeting token',
    says: 'TOKEN_INVALID',
  },
  {
    title: 'a bad token, though an admission was shown too',
    facts: waitingRoom,
    ask: { token: badToken, knock: admitted },
    speaks: 'meeting token',
    says: 'TOKEN_INVALID',
  },
  {
    title: 'a revoked token',
    facts: factsOf({ room: roomOf(), revokedJtis: new Set(['jti-1']) }),
    ask: { token: goodToken() },
    speaks: 'meeting token',
    says: 'TOKEN_REVOKED',
  },
  // 2. The room.
  { title: 'a missing room', facts: null, speaks: 'room', says: 'ENTRY_NOT_ALLOWED' },
  {
    title: 'a missing room, good token',
    facts: null,
    ask: { token: goodToken() },
    speaks: 'room',
    says: 'ENTRY_NOT_ALLOWED',
  },
  {
    title: 'a deleted room',
    facts: factsOf({ room: roomOf({ closedAt: at(-1), closedBy: 'DELETED' }) }),
    ask: { token: goodToken({ isOwner: true }) },
    speaks: 'room',
    says: 'ENTRY_NOT_ALLOWED',
  },
  {
    title: 'a token for another room, even where there is none',
    facts: null,
    ask: { token: goodToken({ roomName: 'elsewhere' }) },
    speaks: 'room',
    says: 'TOKEN_FOR_OTHER_ROOM',
  },
  {
    title: 'a token for another room, public room',
    facts: publicRoom,
    ask: { token: goodToken({ roomName: 'elsewhere' }) },
    speaks: 'room',
    says: 'TOKEN_FOR_OTHER_ROOM',
  },
  {
    title: 'a token for an earlier room of the same name',
    facts: waitingRoom,
    ask: { token: goodToken({ roomId: 'an-earlier-room' }) },
    speaks: 'room',
    says: 'TOKEN_FOR_OTHER_ROOM',
  },
  {
    title: 'a self-signed token from before this room was created, by more than clocks differ',
    facts: waitingRoom,
    ask: { token: goodToken({ selfSigned: true, roomId: null, iat: at(-3606) }) },
    speaks: 'room',
    says: 'TOKEN_FOR_OTHER_ROOM',
  },
  {
    title: 'a self-signed token from just before this room was created, the first of its name',
    facts: waitingRoom,
    ask: { token: goodToken({ selfSigned: true, roomId: null, iat: at(-3605) }) },
    speaks: 'uses and places',
    says: 'IN by TOKEN',
  },
  {
    title: 'a self-signed token from just before this room was created, where an earlier one had its name',
    facts: factsOf({ room: waitingRoomOf({ reusesName: true }) }),
    ask: { token: goodToken({ selfSigned: true, roomId: null, iat: at(-3601) }) },
    speaks: 'room',
    says: 'TOKEN_FOR_OTHER_ROOM',
  },
  {
    title: 'a self-signed token from the very second of creation',
    facts: waitingRoom,
    ask: { token: goodToken({ selfSigned: true, roomId: null, iat: at(-3600) }) },
    speaks: 'uses and places',
    says: 'IN by TOKEN',
  },
  // 3. Some right.
  { title: 'a closed room, nothing shown', facts: closedRoom, speaks: 'right', says: 'ENTRY_NOT_ALLOWED' },
  {
    title: 'an expired closed room, nothing shown: no more is told than of a missing one',
    facts: factsOf({ room: roomOf({ privacy: 'PRIVATE', exp: at(-1) }) }),
    speaks: 'right',
    says: 'ENTRY_NOT_ALLOWED',
  },
  {
    title: 'knocking at a closed room',
    facts: closedRoom,
    ask: { purpose: 'KNOCK' },
    speaks: 'right',
    says: 'ENTRY_NOT_ALLOWED',
  },
  // 4. Bans.
  {
    title: 'banned by userId, with a good token for a public room',
    facts: factsOf({ room: roomOf(), bans: [banOf({ userId: 'u1' })] }),
    ask: { token: goodToken({ userId: 'u1' }) },
    speaks: 'ban',
    says: 'BANNED',
  },
  {
    title: 'banned by the token',
    facts: factsOf({ bans: [banOf({ jti: 'jti-1' })] }),
    ask: { token: goodToken() },
    speaks: 'ban',
    says: 'BANNED',
  },
  {
    title: 'banned by the admission',
    facts: factsOf({ bans: [banOf({ knockId: admitted.id })] }),
    ask: { knock: admitted },
    speaks: 'ban',
    says: 'BANNED',
  },
  {
    title: 'banned, and the room is not open either: the ban speaks first',
    facts: factsOf({ room: roomOf({ nbf: at(60) }), bans: [banOf({ userId: 'u1' })] }),
    ask: { token: goodToken({ userId: 'u1' }) },
    speaks: 'ban',
    says: 'BANNED',
  },
  {
    title: 'a lifted ban',
    facts: factsOf({ bans: [banOf({ jti: 'jti-1', liftedAt: at(-1) })] }),
    ask: { token: goodToken() },
    speaks: 'uses and places',
    says: 'IN by TOKEN',
  },
  {
    title: 'a ban that has run out',
    facts: factsOf({ bans: [banOf({ jti: 'jti-1', exp: now })] }),
    ask: { token: goodToken() },
    speaks: 'uses and places',
    says: 'IN by TOKEN',
  },
  // 5. Opening hours: they bind owners too.
  {
    title: 'an owner before nbf',
    facts: factsOf({ room: roomOf({ nbf: at(1) }) }),
    ask: { token: goodToken({ isOwner: true }) },
    speaks: 'opening hours',
    says: 'ROOM_NOT_OPEN',
  },
  { title: 'at nbf', facts: factsOf({ room: roomOf({ nbf: now }) }), speaks: 'uses and places', says: 'IN by PUBLIC' },
  {
    title: 'before exp',
    facts: factsOf({ room: roomOf({ exp: at(0.001) }) }),
    speaks: 'uses and places',
    says: 'IN by PUBLIC',
  },
  {
    title: 'an owner at exp',
    facts: factsOf({ room: roomOf({ exp: now }) }),
    ask: { token: goodToken({ isOwner: true }) },
    speaks: 'opening hours',
    says: 'ROOM_EXPIRED',
  },
  {
    title: 'a room that the sweep has closed',
    facts: factsOf({ room: roomOf({ exp: at(60), closedAt: at(-1), closedBy: 'EXPIRED' }) }),
    speaks: 'opening hours',
    says: 'ROOM_EXPIRED',
  },
  {
    title: 'knocking before nbf',
    facts: factsOf({ room: waitingRoomOf({ nbf: at(60) }) }),
    ask: { purpose: 'KNOCK' },
    speaks: 'opening hours',
    says: 'ROOM_NOT_OPEN',
  },
  // 6. The way in.
  { title: 'a public room', facts: publicRoom, speaks: 'uses and places', says: 'IN by PUBLIC' },
  {
    title: 'a private room, good token',
    facts: closedRoom,
    ask: { token: goodToken() },
    speaks: 'uses and places',
    says: 'IN by TOKEN',
  },
  { title: 'a private room with knocking, nothing shown', facts: waitingRoom, speaks: 'way in', says: 'MUST_KNOCK' },
  {
    title: 'a knocking token',
    facts: waitingRoom,
    ask: { token: goodToken({ knocking: true }) },
    speaks: 'way in',
    says: 'MUST_KNOCK',
  },
  {
    title: 'a knocking token where nobody may knock',
    facts: closedRoom,
    ask: { token: goodToken({ knocking: true }) },
    speaks: 'way in',
    says: 'KNOCKING_DISABLED',
  },
  {
    title: 'a knocking token, public room',
    facts: publicRoom,
    ask: { token: goodToken({ knocking: true }) },
    speaks: 'uses and places',
    says: 'IN by PUBLIC',
  },
  {
    title: 'a token whose holder was sent back to the lobby',
    facts: factsOf({ returns: [returnOf({ jti: 'jti-1' })] }),
    ask: { token: goodToken() },
    speaks: 'way in',
    says: 'MUST_KNOCK',
  },
  {
    title: 'an admitted knock',
    facts: waitingRoom,
    ask: { knock: admitted },
    speaks: 'uses and places',
    says: 'IN by KNOCK',
  },
  {
    title: 'an admitted knock where nobody may knock any more',
    facts: closedRoom,
    ask: { knock: admitted },
    speaks: 'uses and places',
    says: 'IN by KNOCK',
  },
  {
    title: 'an admitted knock with the token that vouched for it',
    facts: waitingRoom,
    ask: { knock: admitted, token: goodToken({ knocking: true }) },
    speaks: 'uses and places',
    says: 'IN by KNOCK',
  },
  {
    title: 'a knock that waits',
    facts: waitingRoom,
    ask: { knock: knockOf() },
    speaks: 'way in',
    says: 'KNOCK_PENDING',
  },
  {
    title: 'a denied knock',
    facts: waitingRoom,
    ask: { knock: knockIn('DENIED') },
    speaks: 'way in',
    says: 'KNOCK_DENIED',
  },
  {
    title: 'a withdrawn knock',
    facts: waitingRoom,
    ask: { knock: knockIn('CANCELLED') },
    speaks: 'way in',
    says: 'KNOCK_CLOSED',
  },
  {
    title: 'an admission at its end',
    facts: waitingRoom,
    ask: { knock: admittedOf({ letsInUntil: now }) },
    speaks: 'way in',
    says: 'KNOCK_CLOSED',
  },
  {
    title: 'admitted, and ejected at that exp',
    facts: waitingRoom,
    ask: { knock: admittedUntil(now) },
    speaks: 'meeting token',
    says: 'TOKEN_EXPIRED',
  },
  {
    title: 'the same, in a public room',
    facts: publicRoom,
    ask: { knock: admittedUntil(now) },
    speaks: 'meeting token',
    says: 'TOKEN_EXPIRED',
  },
  {
    title: 'the same, a moment before that exp',
    facts: waitingRoom,
    ask: { knock: admittedUntil(at(0.001)) },
    speaks: 'uses and places',
    says: 'IN by KNOCK',
  },
  {
    title: 'the same, beside a token that is good',
    facts: waitingRoom,
    ask: { knock: admittedUntil(now), token: goodToken({ ejectAtTokenExp: true }) },
    speaks: 'uses and places',
    says: 'IN by TOKEN',
  },
  {
    title: 'a knock that waits beyond such an exp',
    facts: waitingRoom,
    ask: { knock: knockOf({ token: claimsOf({ ejectAtTokenExp: true, exp: now }) }) },
    speaks: 'way in',
    says: 'KNOCK_PENDING',
  },
  {
    title: 'a denied knock, but the room is public now',
    facts: publicRoom,
    ask: { knock: knockIn('DENIED') },
    speaks: 'uses and places',
    says: 'IN by PUBLIC',
  },
  {
    title: 'knocking at a waiting room',
    facts: waitingRoom,
    ask: { purpose: 'KNOCK' },
    speaks: 'way in',
    says: 'MUST_KNOCK',
  },
  {
    title: 'knocking at a public room',
    facts: publicRoom,
    ask: { purpose: 'KNOCK' },
    speaks: 'way in',
    says: 'KNOCKING_DISABLED',
  },
  {
    title: 'knocking with a token where nobody may knock',
    facts: closedRoom,
    ask: { purpose: 'KNOCK', token: goodToken({ knocking: true }) },
    speaks: 'way in',
    says: 'KNOCKING_DISABLED',
  },
  // 7. Uses and places.
  {
    title: 'a token used up',
    facts: factsOf({ tokenUses: used(3) }),
    ask: { token: goodToken({ maxUses: 3 }) },
    speaks: 'uses and places',
    says: 'TOKEN_USED_UP',
  },
  {
    title: 'a token used up, by who comes back',
    facts: factsOf({ tokenUses: used(3) }),
    ask: { token: goodToken({ maxUses: 3 }), takesUse: false },
    speaks: 'uses and places',
    says: 'IN by TOKEN',
  },
  {
    title: 'the last use of a token',
    facts: factsOf({ tokenUses: used(2) }),
    ask: { token: goodToken({ maxUses: 3 }) },
    speaks: 'uses and places',
    says: 'IN by TOKEN',
  },
  { title: 'a full room', facts: full(), speaks: 'uses and places', says: 'ROOM_FULL' },
  {
    title: 'a full room, an owner',
    facts: full(),
    ask: { token: goodToken({ isOwner: true }) },
    speaks: 'uses and places',
    says: 'ROOM_FULL',
  },
  {
    title: 'a full room, hidden',
    facts: full(),
    ask: { token: goodToken({ isOwner: true }), takesPlace: false },
    speaks: 'uses and places',
    says: 'IN by TOKEN',
  },
  {
    title: 'a full room, an admitted knock',
    facts: full({ privacy: 'PRIVATE', enableKnocking: true }),
    ask: { knock: admitted },
    speaks: 'uses and places',
    says: 'ROOM_FULL',
  },
  {
    title: 'a full room may be knocked at',
    facts: full({ privacy: 'PRIVATE', enableKnocking: true }),
    ask: { purpose: 'KNOCK' },
    speaks: 'way in',
    says: 'MUST_KNOCK',
  },
  {
    title: 'the last place',
    facts: factsOf({ room: roomOf({ maxParticipants: 2 }), placesTaken: 1 }),
    speaks: 'uses and places',
    says: 'IN by PUBLIC',
  },
];
