/** Where the doors write: one line an event, never a token, a key or a name. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type DoorKind = 'http' | 'sse' | 'ws';

/** Who asks and how, as far as a door knows. */
export interface CallerRequest {
  /** The credential as it was given. One of another form comes as it is, so that it is refused and not taken for none. */
  readonly bearer: string | null;
  /** The client's address as budgets count it: an IPv4 address, or the /64 of an IPv6 one. */
  readonly clientAddress: string;
  readonly isGet: boolean;
  readonly transport: DoorKind;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/**
 * Makes the context of one operation; the doors do not look into it. A GraphQLError with `extensions.code` is shown to the
 * client, any other error is masked.
 */
export type CreateContext = (request: CallerRequest) => Promise<object>;
