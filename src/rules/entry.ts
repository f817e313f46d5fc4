/*
 * May somebody come in? One list of rules, looked at in its order; the first that speaks decides, and the last one always speaks.
 * The order is the policy, and it is also what a stranger may learn:
 *
 *  1. meeting token: a bad or revoked one refuses by itself, in any room, whether or not the room exists.
 *  2. room: a missing and a deleted one are one refusal, and a token for another room opens nothing.
 *  3. right: a good token, a knock, or a room that is public or takes knocks. Without any of these the refusal is that of a missing
 *     room, so nobody can find out which private rooms there are. These three need no more than the room's outline: most strangers are
 *     refused before its facts are read.
 *  4. ban, and 5. opening hours: only whoever has a right is told of them.
 *  6. way in: a token or an admission walks in, others must knock; a knock that is not admitted says where it stands.
 *  7. uses and places: looked at last, so that nobody is told "full" who could not come in anyway.
 *
 * `joinRoom`, `knock`, `access` and `explainEntry` all ask here, each with its purpose, so that they cannot contradict one another.
 */

import { type BannedBy, findBan, names } from './ban.ts';
import { endings } from './fact-keys.ts';
import type { EntryFacts, EntryOutline, NoRoom } from './facts.ts';
import { admissionIn, isAdmitted, isOpen, type Knock } from './knock-request.ts';
import { wasSentBack } from './lobby-return.ts';
import { hasExpired, wasIssuedBefore } from './meeting-token.ts';
import { type TokenClaims, type TokenVerdict, tokenAt } from './meeting-token-claims.ts';
import { type EntryCode, type EntryRefused, entryRefused } from './refusal.ts';
import { takesKnocks } from './room.ts';

/** Who asks to come in, and with what. */
export interface EntryAsk {
  /** To join, to knock, or to follow a knock that is there: uses and places bind entering only. */
  readonly purpose: 'JOIN' | 'KNOCK' | 'FOLLOW';
  readonly roomName: string;
  readonly token: TokenVerdict | null;
  /** The knock whose token was shown; null without one. */
  readonly knock: Knock | null;
  /** Where they come from, as a keyed hash; null: from anywhere, so that no ban of a network is looked at. */
  readonly addressHash: string | null;
  /** False for somebody who comes back to a session, which does not count as a use of the token. */
  readonly takesUse: boolean;
  /** False for somebody who comes back to their place, takes another session's place, or is hidden. */
  readonly takesPlace: boolean;
  /** True for a session that comes back. It was not sent to the lobby, even if another person with the same token was. */
  readonly comesBack: boolean;
}

export type EntryDecision =
  | { readonly kind: 'IN'; readonly via: 'PUBLIC' | 'TOKEN' | 'KNOCK' }
  | { readonly kind: 'MUST_KNOCK' }
  | { readonly kind: 'REFUSED'; readonly refusal: EntryRefused };

/** The answer of an entry decision to somebody who joins; null: they may enter. */
export function answerOf(decision: EntryDecision): EntryRefused | { readonly kind: 'MUST_KNOCK' } | null {
  if (decision.kind === 'REFUSED') return decision.refusal;
  return decision.kind === 'MUST_KNOCK' ? { kind: 'MUST_KNOCK' } : null;
}

/** One rule that was looked at, and what it said. `says`: it spoke, and no rule after it was asked. */
export interface EntryStep {
  readonly rule: string;
  readonly passed: boolean;
  readonly detail: string;
}

interface Look<Facts> {
  readonly ask: EntryAsk;
  readonly facts: Facts | NoRoom;
  readonly now: Date;
}

type Said = { readonly detail: string; readonly decision?: EntryDecision };
type EntryRule<Facts> = { readonly name: string; readonly look: (look: Look<Facts>) => Said };

const pass = (detail: string): Said => ({ detail });
const refuse = (code: EntryCode, detail: string, opensAt: Date | null = null): Said => ({
  detail,
  decision: { kind: 'REFUSED', refusal: entryRefused(code, opensAt) },
});

function lookAtToken({ ask, facts, now }: Look<EntryOutline>): Said {
  const token = tokenAt(ask.token, now);
  if (token === null) return lookAtKnockToken(ask.knock, facts, now);
  if (!token.ok) return refuse(token.code, token.detail, token.opensAt);
  const { jti, knocking } = token.claims;
  const { ended } = facts.tokens.get(token.claims);
  if (ended !== null) return refuse(ended, `the token ${jti} ${endings[ended]}`);
  return pass(`the token ${jti} is valid${knocking ? ', and only confirms who knocks' : ''}`);
}

/** An admission ends at the exp of a token that ejects at that. Those on record from before may be longer, and are refused here. */
function lookAtKnockToken(knock: Knock | null, facts: EntryOutline | NoRoom, now: Date): Said {
  const claims = knock?.token ?? null;
  const voucher = lookAtVoucher(claims, facts);
  if (voucher.decision || !claims?.ejectAtTokenExp || !hasExpired(claims, now) || !admissionIn(knock, now))
    return voucher;
  return refuse(
    'TOKEN_EXPIRED',
    `the token ${claims.jti}, which confirmed who knocked, ejects them at its exp, which has passed`,
  );
}

/** An admission outlives the exp of the token that vouched for who knocked, but not that it is revoked. */
function lookAtVoucher(claims: TokenClaims | null, { tokens }: EntryOutline | NoRoom): Said {
  if (claims === null) return pass('no meeting token was sent');
  const { ended } = tokens.get(claims);
  if (ended === null) return pass(`no meeting token was sent; ${claims.jti} confirmed who knocked`);
  return refuse(ended, `the token ${claims.jti}, which confirmed who knocked, ${endings[ended]}`);
}

function lookAtRoom({ ask, facts }: Look<EntryOutline>): Said {
  const claims = claimsShown(ask);
  if (claims?.roomName && claims.roomName !== ask.roomName)
    return refuse('TOKEN_FOR_OTHER_ROOM', 'the token is for another room');
  if (facts.room === null || facts.room.closedBy === 'DELETED')
    return refuse('ENTRY_NOT_ALLOWED', 'the domain has no room with this name');
  if (claims?.roomId && claims.roomId !== facts.room.id) {
    return refuse('TOKEN_FOR_OTHER_ROOM', 'the token was created for an earlier room with the same name');
  }
  if (claims?.selfSigned && claims.roomName && claims.iat && wasIssuedBefore(facts.room, claims.iat)) {
    return refuse('TOKEN_FOR_OTHER_ROOM', 'the token was issued before this room was created');
  }
  return pass(claims ? 'the room exists, and the token is for it' : 'the room exists');
}

function lookAtRight({ ask, facts, now }: Look<EntryOutline>): Said {
  if (facts.room === null) return refuse('ENTRY_NOT_ALLOWED', 'the room does not exist');
  if (ask.token?.ok) return pass('the token is valid for this room');
  if (ask.knock !== null) return lookAtKnock(ask.knock, now);
  if (facts.room.privacy === 'PUBLIC') return pass('the room is public');
  if (takesKnocks(facts.room)) return pass('the room is private and accepts knocks');
  return refuse('ENTRY_NOT_ALLOWED', 'the room is private and does not accept knocks, and no meeting token was sent');
}

function lookAtKnock(knock: Knock, now: Date): Said {
  if (isAdmitted(knock, now)) return pass('the knock was admitted');
  if (knock.status === 'PENDING') return pass('the knock is waiting for an answer');
  return pass(`the knock is ${knock.status}`);
}

function lookAtBan({ ask, facts, now }: Look<EntryFacts>): Said {
  if (facts.room === null) return pass('the room does not exist, so it has no bans');
  const claims = claimsShown(ask);
  const { knock } = ask;
  const isVouchedFor = claims !== null || (knock?.verified === true && isOpen(knock, now));
  const who: BannedBy = {
    userId: claims?.userId ?? knock?.userId,
    jti: claims?.jti ?? knock?.token?.jti,
    knockId: knock?.id,
    addressHash: isVouchedFor ? null : ask.addressHash,
    admittedAt: admissionIn(knock, now)?.decided.at ?? null,
    isOwner: claimsOf(ask, now)?.isOwner === true,
  };
  const ban = findBan(facts.bans.values(), who, now);
  if (ban === null) return pass('no ban applies to this person');
  return refuse('BANNED', `the ban ${ban.id} applies to ${names(ban, who) ? 'this person' : 'their network'}`);
}

function lookAtTime({ facts, now }: Look<EntryFacts>): Said {
  if (facts.room === null) return pass('the room does not exist, so it has no opening hours');
  const { nbf, exp, closedAt } = facts.room;
  if (closedAt !== null || (exp !== null && exp <= now)) return refuse('ROOM_EXPIRED', "the room's exp has passed");
  if (nbf !== null && now < nbf) return refuse('ROOM_NOT_OPEN', "the room's nbf is in the future", nbf);
  return pass('the room is open');
}

function lookAtWay({ ask, facts, now }: Look<EntryFacts>): Said {
  if (facts.room === null) return refuse('ENTRY_NOT_ALLOWED', 'the room does not exist');
  if (ask.purpose === 'FOLLOW') return { detail: 'the knock already exists', decision: { kind: 'MUST_KNOCK' } };
  if (ask.purpose === 'KNOCK') return wayToKnock(facts);
  if (facts.room.privacy === 'PUBLIC') return pass('they may enter: the room is public');
  const claims = claimsShown(ask);
  if (claims && mayWalkIn(ask, claims, facts))
    return pass('they may enter: the token is valid, and its holder does not have to knock');
  if (ask.knock !== null) return wayOfKnock(ask.knock, facts, now);
  if (takesKnocks(facts.room))
    return { detail: 'they must knock: they have no right to enter directly', decision: { kind: 'MUST_KNOCK' } };
  return refuse('KNOCKING_DISABLED', 'the holder of the token must knock, and the room does not accept knocks');
}

function wayToKnock(facts: EntryFacts): Said {
  if (takesKnocks(facts.room)) return { detail: 'they may knock', decision: { kind: 'MUST_KNOCK' } };
  return refuse(
    'KNOCKING_DISABLED',
    facts.room.privacy === 'PUBLIC' ? 'the room is public' : 'the room does not accept knocks',
  );
}

function mayWalkIn({ comesBack }: EntryAsk, claims: TokenClaims, facts: EntryFacts): boolean {
  return !claims.knocking && !wasSentBack(facts.returns.values(), comesBack ? { ...claims, jti: null } : claims);
}

function wayOfKnock(knock: Knock, facts: EntryFacts, now: Date): Said {
  if (isAdmitted(knock, now)) {
    const voucher = lookAtVoucher(knock.token, facts);
    return voucher.decision ? voucher : pass('they may enter: the knock was admitted');
  }
  if (knock.status === 'PENDING') return refuse('KNOCK_PENDING', 'nobody has answered the knock yet');
  if (knock.status === 'DENIED') return refuse('KNOCK_DENIED', 'the knock was denied');
  return refuse('KNOCK_CLOSED', 'the knock was withdrawn, it expired, or its admission has ended');
}

function lookAtPlace({ ask, facts, now }: Look<EntryFacts>): Said {
  if (facts.room === null) return refuse('ENTRY_NOT_ALLOWED', 'the room does not exist');
  const claims = claimsShown(ask);
  const used = claimsOf(ask, now);
  if (used !== null && used.maxUses !== null && ask.takesUse) {
    const { uses } = facts.tokens.get(used);
    if (uses >= used.maxUses) return refuse('TOKEN_USED_UP', `the token was used ${uses} of ${used.maxUses} times`);
  }
  const { maxParticipants } = facts.room;
  const taken = facts.placesTaken;
  if (maxParticipants !== null && ask.takesPlace && taken >= maxParticipants) {
    return refuse('ROOM_FULL', `${taken} of ${maxParticipants} places are taken`);
  }
  const via =
    claims && mayWalkIn(ask, claims, facts)
      ? 'TOKEN'
      : ask.knock !== null && facts.room.privacy === 'PRIVATE'
        ? 'KNOCK'
        : 'PUBLIC';
  return { detail: 'the room has a free place', decision: { kind: 'IN', via } };
}

/** The rules, in the order in which they are looked at: the first that speaks wins. The order is the policy. */
const firstRules: readonly EntryRule<EntryOutline>[] = [
  { name: 'meeting token', look: lookAtToken },
  { name: 'room', look: lookAtRoom },
  { name: 'right', look: lookAtRight },
];
const rules: readonly EntryRule<EntryFacts>[] = [
  ...firstRules,
  { name: 'ban', look: lookAtBan },
  { name: 'opening hours', look: lookAtTime },
  { name: 'way in', look: lookAtWay },
  { name: 'uses and places', look: lookAtPlace },
];

/** What the meeting token that was given says; of a bad one no rule after the first is asked. */
function claimsShown({ token }: EntryAsk): TokenClaims | null {
  return token?.ok ? token.claims : null;
}

/** As whom somebody comes in: as the token says that was given, or the one that vouched for whom was admitted. */
export function claimsOf({ token, knock }: Pick<EntryAsk, 'token' | 'knock'>, now: Date): TokenClaims | null {
  if (token?.ok) return token.claims;
  return admissionIn(knock, now)?.token ?? null;
}

/** Who asks to come in with no more than this. */
export function askOf(shown: Partial<EntryAsk>): EntryAsk {
  const nothing = { roomName: '', token: null, knock: null, addressHash: null };
  return { purpose: 'JOIN', ...nothing, takesUse: false, takesPlace: false, comesBack: false, ...shown };
}

/** What is wrong with the token by itself, in whatever room: it refuses whatever else is shown. */
export function refuseToken(facts: EntryOutline | NoRoom, token: TokenVerdict | null, now: Date): EntryRefused | null {
  const { decision } = lookAtToken({ ask: askOf({ token }), facts, now });
  return decision?.kind === 'REFUSED' ? decision.refusal : null;
}

/** What can be refused before the room's own facts are read: a bad token, no room, no right. Null: go on. */
export function refuseAtFirst(facts: EntryOutline | NoRoom, ask: EntryAsk, now: Date): EntryRefused | null {
  for (const rule of firstRules) {
    const { decision } = rule.look({ ask, facts, now });
    if (decision?.kind === 'REFUSED') return decision.refusal;
  }
  return null;
}

/**
 * May they come in? The only place that decides it.
 * @throws FactsMissing where it would have to judge on what nobody has looked up
 * @returns the decision, and each rule that was looked at; the last one spoke
 */
export function decideEntry(
  facts: EntryFacts | NoRoom,
  ask: EntryAsk,
  now: Date,
): { readonly decision: EntryDecision; readonly steps: readonly EntryStep[] } {
  const look = { ask, facts, now };
  const steps: EntryStep[] = [];
  for (const rule of rules) {
    const { detail, decision } = rule.look(look);
    steps.push({ rule: rule.name, passed: decision?.kind !== 'REFUSED', detail });
    if (decision) return { decision, steps };
  }
  throw new Error('the last entry rule always speaks');
}

/** The first instants at which this answer could change by itself: the room's and the token's hours, the admission's end. */
export function entryValidUntil(facts: EntryFacts, ask: EntryAsk, now: Date): Date | null {
  const claims = claimsOf(ask, now);
  const instants = [
    facts.room.nbf,
    facts.room.exp,
    ask.token?.ok || claims?.ejectAtTokenExp ? claims?.exp : null,
    ask.knock?.status === 'ADMITTED' ? ask.knock.letsInUntil : null,
  ];
  const ahead = instants.filter((at): at is Date => at instanceof Date && at > now);
  return ahead.length === 0 ? null : new Date(Math.min(...ahead.map((at) => at.getTime())));
}
