/*
 * The gate before LiveKit. LiveKit lets in whoever shows a token, and gives everybody who is in a new one: who was put out keeps a key that
 * renews itself. So a reverse proxy asks here before each connection, and a token opens only what holds at this moment:
 *
 * 1. The request is one that every parser reads in the same way, and shows one token (gate-request.ts).
 * 2. The token is one that this service or LiveKit signs for a participant, and its signature is good: by keys that are at hand, so that
 *    nobody without a good token has the database asked who is where.
 * 3. The domain still has that media server, and the participant is in that room, as the database says now.
 * 4. The token grants nothing that does not hold now. A narrower one passes; what is missing is granted after that.
 *
 * Whoever is refused is not told at which step.
 */
import { areWithin, mediaRightsOf } from '../rules/media-rights.ts';
import { isInside, willEject } from '../rules/participant.ts';
import type { MediaGateStorage } from '../storage/media-gate.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import type { GateOutcome, GateReports } from './gate-reports.ts';
import { type RawHeaders, readGateToken } from './gate-request.ts';
import { readShownToken, type ShownToken } from './gate-token.ts';
import type { ServerKey, ServerKeys } from './server-keys.ts';

export interface MediaGateDeps {
  readonly keys: ServerKeys;
  readonly findParticipant: ParticipantStorage['findById'];
  readonly noteAsked: MediaGateStorage['noteAsked'];
  readonly now: () => Date;
  readonly reports: GateReports;
}

/** May whoever sent this connect to LiveKit, at this moment? @throws DatabaseError: nobody knows, so nobody may */
export type MediaGate = (headers: RawHeaders) => Promise<boolean>;

export function createMediaGate({ keys, findParticipant, noteAsked, now, reports }: MediaGateDeps): MediaGate {
  const opens = async (token: ShownToken, { id, domainId }: ServerKey) => {
    if (token.kind === 'LOOK') {
      if (token.serverId === id) await noteAsked(domainId, id, token.look);
      return false;
    }
    const found = await findParticipant(domainId, token.participantId);
    if (found === null || found.domain.mediaServer?.id !== id) return false;
    const { participant, room, domain } = found;
    if (!isInside(participant) || participant.roomId !== token.roomId) return false;
    const end = willEject(participant, room);
    return (end === null || now() < end.at) && areWithin(token.rights, mediaRightsOf(participant, room, domain));
  };
  // Domains may share a LiveKit server: all that it could be are read together.
  const opensAny = async (token: ShownToken, signers: readonly ServerKey[]) =>
    (await Promise.all(signers.map((server) => opens(token, server)))).includes(true);
  const decide = async (headers: RawHeaders): Promise<GateOutcome> => {
    const since = performance.now();
    const shown = readGateToken(headers);
    const token = shown === null ? null : readShownToken(shown);
    if (token === null || !token.isCurrent(now())) return 'CLOSED';
    const known = await keys.known(token.apiKey);
    const signers = signersAmong(known, token);
    if (await opensAny(token, signers)) return 'OPEN';
    const newer = await keys.newer(token.apiKey, { known, isHolder: signers.length > 0, since });
    if (newer !== null && (await opensAny(token, signersAmong(newer, token)))) return 'OPEN';
    if (known.length > 0 || newer !== null) return 'CLOSED';
    reports.unknownKey(token.apiKey);
    return 'UNKNOWN_KEY';
  };
  return async (headers) => {
    const outcome = await decide(headers).catch((error: unknown) => {
      reports.answered('AWAY');
      throw error;
    });
    reports.answered(outcome);
    return outcome === 'OPEN';
  };
}

/** Domains that share a LiveKit server mostly share its secret: each is tried once. */
function signersAmong(servers: readonly ServerKey[], token: ShownToken): readonly ServerKey[] {
  const good = new Set([...new Set(servers.map(({ secret }) => secret))].filter(token.isSignedWith));
  return servers.filter(({ secret }) => good.has(secret));
}
