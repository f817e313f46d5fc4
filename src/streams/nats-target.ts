import { type ConnectionOptions, errors, type TlsOptions } from '@nats-io/transport-node';

/** Why no wake-ups come through NATS. */
export type WakeupsAwayReason = 'NOT_REACHED' | 'SILENT' | 'REFUSED' | 'NOT_TRUSTED' | 'LOST';

const words: Readonly<Record<WakeupsAwayReason, string>> = {
  NOT_REACHED: 'its server cannot be reached',
  SILENT: 'its server accepts connections, but does not answer',
  REFUSED: 'its server rejects the user, password or token in the URL',
  NOT_TRUSTED: 'its server offers no TLS, or this machine does not trust its certificate for that name',
  LOST: 'the connection was lost',
};

/** EVENTS_URL delivers no wake-ups at the moment. The service keeps trying; meanwhile the poll replaces them. */
export class WakeupsAway extends Error {
  override readonly name = 'WakeupsAway';
  readonly reason: WakeupsAwayReason;

  constructor(reason: WakeupsAwayReason) {
    super(`EVENTS_URL delivers no wake-ups, and the service keeps trying: ${words[reason]}`);
    this.reason = reason;
  }
}

type Credentials = Pick<ConnectionOptions, 'user' | 'pass' | 'token'>;
type Target = Credentials & { readonly servers: string; readonly tls?: TlsOptions };

/**
 * What the client is told of a URL. It would not use the user and password in one, and take digits of the password for the port. `tls:`
 * insists on TLS and a good certificate; with `nats:` the server decides.
 */
export function natsTarget(text: string): Target {
  const { protocol, hostname, port, username, password } = new URL(text);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  // Of an address, the client would check the certificate against no name at all.
  const tls: TlsOptions & { readonly host: string } = { host };
  return {
    servers: `${hostname}:${port === '' ? 4222 : port}`,
    ...credentialsOf(decodeURIComponent(username), password === '' ? null : decodeURIComponent(password)),
    ...(protocol === 'tls:' ? { tls } : {}),
  };
}

/** A user without a password is a token, as for NATS' own tools. */
function credentialsOf(user: string, pass: string | null): Credentials {
  if (user === '') return {};
  return pass === null ? { token: user } : { user, pass };
}

/** What the client's error means to the operator who set the URL. The error's own text may quote what a stranger has sent. */
export function reasonOf(error: unknown): WakeupsAwayReason {
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError)
    return 'REFUSED';
  if (error instanceof errors.TimeoutError) return 'SILENT';
  if (!(error instanceof Error)) return 'NOT_REACHED';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isAboutTls =
    /^(?:ERR_(?:TLS|SSL)|CERT_|DEPTH_|UNABLE_|SELF_SIGNED)/.test(code) || error.message.includes('tls');
  return isAboutTls ? 'NOT_TRUSTED' : 'NOT_REACHED';
}
