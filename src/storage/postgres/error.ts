/**
 * What a failed statement means to who sent it:
 * BAD: the statement or its values are at fault; nothing was written. RETRY: it lost a race; nothing was written.
 * REFUSED: the database would not do it now (no connection, full, read-only, too slow); nothing was written.
 * LOST: no answer came; it may have been done.
 */
export type DatabaseFailure = 'BAD' | 'RETRY' | 'REFUSED' | 'LOST';

export class DatabaseError extends Error {
  readonly failure: DatabaseFailure;
  /** SQLSTATE, or the driver's code. */
  readonly code: string;

  constructor(failure: DatabaseFailure, code: string, cause?: unknown) {
    super(`database: ${failure.toLowerCase()} (${code})`, { cause });
    this.name = 'DatabaseError';
    this.failure = failure;
    this.code = code;
  }
}

const neverSent = new Set(['CONNECT_TIMEOUT', 'ECONNREFUSED', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'CONNECTION_ENDED']);
/** What Node.js says of a certificate, before anything is sent. */
const certificateTrouble = /^(CERT_|ERR_TLS_CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA)/;
const sqlState = /^(?=.*[0-9])[0-9A-Z]{5}$/;

/** Brings whatever the driver threw to a DatabaseError. */
export function classify(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const code = codeOf(error);
  return new DatabaseError(failureOf(code), code, error);
}

function failureOf(code: string): DatabaseFailure {
  if (neverSent.has(code) || certificateTrouble.test(code)) return 'REFUSED';
  // The driver's own complaints, and what the system says of a connection: nobody knows how far the statement came.
  if (!sqlState.test(code)) return 'LOST';
  if (/^(22|23|42|54)/.test(code)) return 'BAD';
  if (code === '40P01' || code === '40001' || code === '55P03') return 'RETRY';
  if (code === '57014' || code === '57P03') return 'REFUSED';
  if (/^(57P|08)/.test(code)) return 'LOST';
  // Any other error ended the statement, and with it all that it had done: full, read-only, too many.
  return 'REFUSED';
}

/**
 * Does a server that answers tell of a connection of its own, as a coordinator does of one to a worker? The connection to this server is good. A
 * pooler tells of the one that it was asked by, as a violation of the protocol.
 */
export function isOfServer({ code }: DatabaseError): boolean {
  return /^08(?!P01)[0-9A-Z]{3}$/.test(code);
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return 'UNKNOWN';
}

/** The database's own failure in what was thrown; the query builder wraps it in an error of its own. Null: there is none. */
export function findDatabaseError(error: unknown): DatabaseError | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof DatabaseError) return cause;
  return null;
}

/** The code of a connection that could not be made, or of the database's own failure: the system's, the driver's or PostgreSQL's. */
export function findDatabaseCode(error: unknown): string | null {
  const failure = findDatabaseError(error);
  if (failure !== null) return failure.code;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = codeOf(cause);
    if (ofTheWay.test(code) || sqlState.test(code)) return code;
  }
  return null;
}

/** What the system and the driver say of a connection that could not be made. */
const ofTheWay = /^(?:ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|CONNECT|SASL_|NOT_OUR_SERVER)/;

/** Is this an error of that code, be it the system's (ENOENT) or PostgreSQL's (42P04)? */
export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
