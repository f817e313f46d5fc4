import type { OperationDefinitionNode } from 'graphql';
import type { Elsewhere } from '../rules/caller.ts';

/** The log of the doors: one line for each event, and never a token, a key or a name. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type DoorKind = 'http' | 'sse' | 'ws';

/** The caller and the request, as far as a door knows them. */
export interface CallerRequest {
  /** The credential as it was sent. A credential of an unknown form is kept too, so that it is refused, and does not count as none. */
  readonly bearer: string | null;
  /** Without one: where else something came that looks like a credential. */
  readonly sentElsewhere?: Elsewhere | null;
  /** The client's address as budgets count it: an IPv4 address, or the /64 of an IPv6 one. */
  readonly clientAddress: string;
  readonly isGet: boolean;
  readonly transport: DoorKind;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/**
 * Makes the context of one operation; the doors do not look into it. If it throws a GraphQLError with `extensions.code`, the client sees
 * that error. Any other error is masked.
 * @param asked the operation, where the door knows it already
 */
export type CreateContext = (request: CallerRequest, asked?: OperationDefinitionNode) => Promise<object>;
