import type { DomainId, MediaServerId } from '../rules/ids.ts';

/** UNKNOWN_KEY: no domain has a media server with the key that the token names. AWAY: the database did not answer. */
export type GateOutcome = 'OPEN' | 'CLOSED' | 'UNKNOWN_KEY' | 'AWAY';

/** HOLDS: it refuses. OPEN: something else than the gate answered. UNREACHABLE: it is not reached from here. */
export type GateLook = 'HOLDS' | 'OPEN' | 'UNREACHABLE';

/** Is told of what the gate does, and of what is seen of it from outside; never of a token. */
export interface GateReports {
  readonly answered: (outcome: GateOutcome) => void;
  /** LiveKit signs with any of its keys: one that is not known here keeps people out. Whoever asks may write what they like there. */
  readonly unknownKey: (apiKey: string) => void;
  readonly looked: (look: GateLook, server: { readonly id: MediaServerId; readonly domainId: DomainId }) => void;
}
