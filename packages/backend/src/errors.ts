/** Why nothing can be asked as things are set up. The message says what arrived, what is needed, and what to do. */
export type SetupProblem =
  /** `url` is missing or no http(s) URL, or the service says that it lives elsewhere. */
  | 'BAD_URL'
  /** `apiKey` is missing, or not of the form `vk_…`. Whether the service knows it, its answers say. */
  | 'BAD_KEY'
  /** The webhook's secret is missing, or not of the form `whsec_…`. */
  | 'BAD_SECRET'
  /** The key to sign meeting tokens with is missing, or not of its algorithm. */
  | 'BAD_SIGNING_KEY'
  /** The service's certificate is not accepted here. */
  | 'UNTRUSTED'
  /** What answers at `url` is not this service. */
  | 'NOT_VESTIBULE'
  /** The service does not know a field that was asked for: it is older than this package, or the document is wrong. */
  | 'NOT_UNDERSTOOD';

/** Somebody must change a setting or a version: asking again changes nothing, and nothing was done. */
export class VestibuleSetupError extends Error {
  override readonly name = 'VestibuleSetupError';
  readonly code: SetupProblem;

  constructor(code: SetupProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

interface Unavailability {
  readonly retryAfterSeconds?: number | null;
  readonly correlationId?: string | null;
  readonly isSafeToRetry: boolean;
  readonly cause?: unknown;
}

/** No answer came, or none that says what became of the call: it may have been done. */
export class VestibuleUnavailableError extends Error {
  override readonly name = 'VestibuleUnavailableError';
  /** NETWORK: not reached; TIMEOUT: silent for too long; else the service's code, such as UNAVAILABLE. */
  readonly code: string;
  /**
   * True: the same call again does nothing twice. False: a mutation by `ask`, or `createRoom` without a name and an idempotencyKey; read first
   * what became of it.
   */
  readonly isSafeToRetry: boolean;
  /** When to ask again, where the service says so. */
  readonly retryAfterSeconds: number | null;
  /** Under this id the service's log has the reason. */
  readonly correlationId: string | null;

  constructor(code: string, message: string, about: Unavailability) {
    super(message, { cause: about.cause });
    this.code = code;
    this.isSafeToRetry = about.isSafeToRetry;
    this.retryAfterSeconds = about.retryAfterSeconds ?? null;
    this.correlationId = about.correlationId ?? null;
  }
}
