import { knockerActor } from './actor.ts';
import { findLetIn, handOut, isSamePerson, refuseTogether, tokensOfKnock } from './credentials.ts';
import { askOf, decideEntry, type EntryAsk, entryValidUntil, refuseToken } from './entry.ts';
import { type Decision, denied, type RoomFacts } from './facts.ts';
import type { KnockId, ParticipantId } from './ids.ts';
import {
  closeKnock,
  coolsDownUntil,
  isAdmitted,
  isOpen,
  isPending,
  type Knock,
  makeKnock,
  type PendingKnock,
  voucherEnd,
  waitEnd,
} from './knock-request.ts';
import { isSameToken, type TokenVerdict } from './meeting-token-claims.ts';
import { beat } from './presence.ts';
import { type EntryRefused, type InvalidInput, invalidInput, type RateLimited, rateLimited } from './refusal.ts';

/** Somebody asks to come in. Ids and tokens are made by the caller: chance is a parameter. */
export interface KnockCommand {
  readonly roomName: string;
  readonly newId: KnockId;
  readonly userName: string;
  readonly message: string | null;
  readonly token: TokenVerdict | null;
  /** The knock whose token came as bearer. */
  readonly bearerKnockId: KnockId | null;
  /** The session whose token came as bearer. */
  readonly bearerSessionId: ParticipantId | null;
  readonly tokenHash: string;
  readonly idempotencyHash: string | null;
  readonly addressHash: string;
}

export type KnockAnswer =
  | {
      readonly kind: 'KNOCKED';
      readonly knock: Knock;
      /** Which token opens it: a new one, the one that came as bearer, or the one that was made under the same key. */
      readonly credential: 'NEW' | 'BEARER' | 'REPEATED';
    }
  | EntryRefused
  | InvalidInput
  | RateLimited;

/** Knocks, or finds the same person's open knock. One open knock a person; the same address is never the same person. */
export function knock(facts: RoomFacts, given: KnockCommand, now: Date): Decision<KnockAnswer> {
  const bearer = findBearer(facts, given);
  const bad = refuseToken(facts, given.token, now) ?? refusePair(facts, given, bearer, now);
  if (bad !== null) return { answer: bad };
  const repeated = findByKey(facts, given.idempotencyHash);
  const isBearers =
    repeated !== null && isPending(repeated) && bearer?.id === repeated.id && mayRename(repeated, given);
  if (repeated !== null && !isBearers && isMadeWith(repeated, given, bearer, now))
    return repeat(facts, repeated, given, now);
  if (repeated !== null && !isBearers && !isOfSamePerson(repeated, given)) return refuseKey(facts, given, now);
  // Their open knock is found by its own token, or by the same person's userId, and the key stays with what it was used for.
  return knockAnew(facts, repeated === null ? given : { ...given, idempotencyHash: null }, now);
}

/** A key that was used with another credential finds no knock, and makes no second one. What is shown is judged by itself. */
function refuseKey(facts: RoomFacts, command: KnockCommand, now: Date): Decision<KnockAnswer> {
  const { decision } = decideEntry(facts, askToKnock(facts, command), now);
  if (decision.kind === 'REFUSED') return { answer: decision.refusal };
  const path = ['input', 'idempotencyKey'];
  const message =
    'was already used with another credential: create a new key, or send the credential that it was first used with';
  return { answer: invalidInput([{ path, message }]) };
}

function findBearer(facts: RoomFacts, { bearerKnockId }: KnockCommand): Knock | null {
  return bearerKnockId === null ? null : (facts.knocks.get(bearerKnockId) ?? null);
}

function askToKnock(facts: RoomFacts, command: KnockCommand): EntryAsk {
  const { roomName, token, addressHash } = command;
  return askOf({ purpose: 'KNOCK', roomName, token, knock: findBearer(facts, command), addressHash });
}

function knockAnew(facts: RoomFacts, command: KnockCommand, now: Date): Decision<KnockAnswer> {
  const ask = askToKnock(facts, command);
  const validUntil = entryValidUntil(facts, ask, now);
  const { decision } = decideEntry(facts, ask, now);
  if (decision.kind === 'REFUSED') return { answer: decision.refusal, validUntil };
  const restsOnDomain = command.token !== null;
  const open = findOpenKnock(facts, command, findBearer(facts, command), now);
  if (open) return { ...knockAgain(facts, open, command, now), validUntil, restsOnDomain };
  const refusal = findObstacle(facts, command, now);
  if (refusal) return { answer: refusal, validUntil };
  const fresh = newKnock(facts, command, now);
  return {
    answer: { kind: 'KNOCKED', knock: fresh, credential: 'NEW' },
    changes: { knocks: [fresh], events: [{ type: 'KnockRequested', by: knockerActor(fresh), knock: fresh }] },
    validUntil,
    restsOnDomain,
  };
}

/**
 * An answer that got lost is given again, however the knock was decided meanwhile, unless its person may not come here any more. Who
 * still waits may say another name or message by it.
 */
function repeat(facts: RoomFacts, repeated: Knock, command: KnockCommand, now: Date): Decision<KnockAnswer> {
  const { roomName, token, addressHash } = command;
  const ask = askOf({ purpose: 'FOLLOW', roomName, token, knock: repeated, addressHash });
  const { decision } = decideEntry(facts, ask, now);
  if (decision.kind === 'REFUSED') return { answer: decision.refusal };
  const found = { knock: repeated, credential: 'REPEATED', withdrawn: null } as const;
  if (!mayRename(repeated, command)) return { answer: { kind: 'KNOCKED', knock: repeated, credential: 'REPEATED' } };
  const validUntil = entryValidUntil(facts, ask, now);
  return { ...knockAgain(facts, found, command, now), validUntil, restsOnDomain: token !== null };
}

/** Who was let in already does not knock as somebody else. */
function refusePair(facts: RoomFacts, command: KnockCommand, bearer: Knock | null, now: Date): InvalidInput | null {
  const { bearerSessionId, token } = command;
  const session = bearerSessionId === null ? null : (facts.participants.get(bearerSessionId) ?? null);
  return refuseTogether(findLetIn(session, bearer, now), token?.ok ? token.claims : null, ['input', 'token']);
}

function findByKey(facts: RoomFacts, idempotencyHash: string | null): Knock | null {
  if (idempotencyHash === null) return null;
  return facts.keyed.knocksOfKey(idempotencyHash)[0] ?? null;
}

/** Was this knock made with what is shown now: its own token, the same meeting token, or as much as none? One that has ended is none. */
function isMadeWith(knock: Knock, { token }: KnockCommand, bearer: Knock | null, now: Date): boolean {
  const claims = token?.ok ? token.claims : null;
  if (bearer?.id === knock.id) return true;
  if (claims === null && bearer !== null && isOpen(bearer, now)) return false;
  return claims === null || knock.token === null ? claims === knock.token : isSameToken(claims, knock.token);
}

function isOfSamePerson(knock: Knock, command: KnockCommand): boolean {
  return knock.verified && knock.userId !== null && knock.userId === verifiedUserId(command);
}

function verifiedUserId(command: KnockCommand): string | null {
  return command.token?.ok ? command.token.claims.userId : null;
}

interface OpenKnock {
  readonly knock: Knock;
  readonly credential: 'BEARER' | 'NEW' | 'REPEATED';
  /** The unnamed knock of somebody who, by the token beside it, waits already. */
  readonly withdrawn: PendingKnock | null;
}

function findOpenKnock(facts: RoomFacts, command: KnockCommand, bearer: Knock | null, now: Date): OpenKnock | null {
  if (bearer && isAdmitted(bearer, now)) return { knock: bearer, credential: 'BEARER', withdrawn: null };
  const own = bearer && isPending(bearer) && mayRename(bearer, command) ? bearer : null;
  const waiting = own?.verified ? null : findWaiting(facts, verifiedUserId(command));
  if (waiting) return { knock: waiting, credential: 'NEW', withdrawn: own };
  return own && { knock: own, credential: 'BEARER', withdrawn: null };
}

function findWaiting(facts: RoomFacts, userId: string | null): PendingKnock | null {
  if (userId === null) return null;
  for (const knock of facts.knocks.values()) {
    if (isPending(knock) && knock.verified && knock.userId === userId) return knock;
  }
  return null;
}

/** A knock keeps its place whatever name is given, but not for another person than the one whom a token vouched for. */
function mayRename(own: Knock, { token }: KnockCommand): boolean {
  return !own.verified || !token?.ok || isSamePerson(own, token.claims);
}

const shownFields = ['userName', 'userId', 'verified', 'message', 'connection', 'exp'] as const;

/** The same person again: name and message are brought up to date, the place is kept. */
function knockAgain(
  facts: RoomFacts,
  { knock, credential: found, withdrawn }: OpenKnock,
  command: KnockCommand,
  now: Date,
): Decision<KnockAnswer> {
  if (!isPending(knock)) return { answer: { kind: 'KNOCKED', knock, credential: found } };
  const isTakenOver = hasLostVoucher(facts, knock, command);
  const credential = isTakenOver ? 'NEW' : found;
  const identity = identityOf(command, knock);
  const next: PendingKnock = {
    ...beat('knocker', knock, now),
    ...identity,
    exp: waitsOn(facts, knock, identity.token),
    message: command.message ?? knock.message,
    ...(isTakenOver
      ? onlyToken(command.tokenHash)
      : credential === 'NEW'
        ? handOutToken(knock, command.tokenHash)
        : {}),
  };
  // Told as news where others' tokens end, so that streams which they opened end too.
  const isNews = isTakenOver || shownFields.some((field) => next[field] !== knock[field]);
  // What is only asked for once more is answered as it is.
  if (!isNews && credential === 'REPEATED') return { answer: { kind: 'KNOCKED', knock, credential } };
  const answer = { kind: 'KNOCKED', knock: next, credential } as const;
  const saysNothing = !isNews && credential === 'BEARER' && command.token === null && withdrawn === null;
  if (saysNothing && next.seenUntil === knock.seenUntil) return { answer };
  const ended = withdrawn && closeKnock(withdrawn, 'WITHDRAWN', knockerActor(withdrawn), now);
  return {
    answer,
    changes: {
      knocks: ended ? [ended, next] : [next],
      events: [
        ...(ended ? [{ type: 'KnockChanged', by: knockerActor(ended), knock: ended } as const] : []),
        isNews ? { type: 'KnockChanged', by: knockerActor(next), knock: next } : { type: 'Internal', by: null },
      ],
    },
  };
}

/** Another token may end the wait at another time. Else it ends when it did, whatever the room says meanwhile. */
function waitsOn({ room }: RoomFacts, { exp, requestedAt, token: before }: PendingKnock, token: Knock['token']): Date {
  if (voucherEnd(token)?.getTime() === voucherEnd(before)?.getTime()) return exp;
  return waitEnd(room, requestedAt, token);
}

/**
 * The token that vouched for who waits was taken back, and they show another. The place is kept, but whatever was handed out on the word
 * of the first opens it no more: it may be somebody else who holds that. Where its key was revoked the knock says nothing of the token
 * any more, but that there are several knock tokens does: one that nobody vouched for has one.
 */
function hasLostVoucher({ tokens }: RoomFacts, knock: Knock, command: KnockCommand): boolean {
  if (command.token === null) return false;
  return knock.token === null ? knock.previousTokenHash !== null : tokens.get(knock.token).ended !== null;
}

/** The knock is opened by this token, and by no other nor by any key. */
function onlyToken(
  tokenHash: string,
): Pick<Knock, 'tokenHash' | 'previousTokenHash' | 'spareTokenHashes' | 'idempotencyHash'> {
  return { tokenHash, previousTokenHash: null, spareTokenHashes: [], idempotencyHash: null };
}

/** Every token of the knock goes on working: nobody knows which of the answers has arrived. */
function handOutToken(
  knock: Knock,
  tokenHash: string,
): Pick<Knock, 'tokenHash' | 'previousTokenHash' | 'spareTokenHashes'> {
  const { next, previous, spare } = handOut(tokenHash, tokensOfKnock(knock));
  return { tokenHash: next, previousTokenHash: previous, spareTokenHashes: spare };
}

/** After a denial, a while must pass. Bans were looked at before. */
function findObstacle(facts: RoomFacts, command: KnockCommand, now: Date): RateLimited | null {
  const { bearerKnockId: knockId, addressHash } = command;
  const jti = command.token?.ok ? command.token.claims.jti : null;
  const who = { userId: verifiedUserId(command), jti, knockId, addressHash };
  const at = coolsDownUntil(denied(facts), facts.bans.values(), who, now);
  if (at === null) return null;
  return rateLimited(
    (at.getTime() - now.getTime()) / 1000,
    'An owner has just denied a knock from you, or from your network. Wait before you knock again.',
  );
}

function identityOf(
  command: KnockCommand,
  before: Knock | null,
): Pick<Knock, 'userName' | 'userId' | 'verified' | 'token'> {
  if (command.token?.ok) {
    const { claims } = command.token;
    return { userName: claims.userName ?? command.userName, userId: claims.userId, verified: true, token: claims };
  }
  if (before?.verified) {
    const { userId, token } = before;
    // A token that names nobody vouches for no name: they may say another.
    const userName = token === null ? before.userName : (token.userName ?? command.userName);
    return { userName, userId, verified: true, token };
  }
  return { userName: command.userName, userId: null, verified: false, token: null };
}

function newKnock({ room }: RoomFacts, command: KnockCommand, now: Date): PendingKnock {
  const { newId: id, message, idempotencyHash, addressHash } = command;
  const who = { ...identityOf(command, null), addressHash };
  const opened = { ...onlyToken(command.tokenHash), idempotencyHash };
  return makeKnock(room, { id, ...who, ...opened, message, reply: null, isReturn: false }, now);
}
