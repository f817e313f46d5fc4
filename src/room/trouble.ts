import { randomUUID } from 'node:crypto';
import { type Forbidden, forbidden, type Unavailable, unavailable } from '../rules/refusal.ts';
import { CredentialEnded } from '../storage/acting-key.ts';
import { findDatabaseError } from '../storage/postgres/error.ts';

/** Reports a failure to operators. `correlationId` is the id that the caller got, if there is a caller. */
export type ReportTrouble = (error: unknown, correlationId?: string) => void;

/**
 * Calls a service. Where the database cannot answer it answers UNAVAILABLE: it may have been done, a retry finds out. Whose credential
 * ended before the change that it was to make is UNAUTHENTICATED, as if it had asked a moment later. Everything else that is thrown is
 * a mistake of ours, and stays one.
 */
export type Safely = <Answer>(call: () => Promise<Answer>) => Promise<Answer | Unavailable | Forbidden>;

/** The one way for errors of the database: no service, page or list catches them by itself. */
export function createSafely(report: ReportTrouble): Safely {
  return async (call) => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof CredentialEnded) return forbidden('UNAUTHENTICATED');
      const failure = findDatabaseError(error);
      if (failure === null) throw error;
      return reportUnavailable(report, failure);
    }
  };
}

/** UNAVAILABLE, with the id under which the log says why. */
export function reportUnavailable(report: ReportTrouble, error: unknown): Unavailable {
  const correlationId = randomUUID();
  report(error, correlationId);
  return unavailable(correlationId);
}
