import { randomUUID } from 'node:crypto';
import { type Forbidden, forbidden, type Unavailable, unavailable } from '../rules/refusal.ts';
import { CredentialEnded } from '../storage/acting-key.ts';
import { findDatabaseError } from '../storage/postgres/error.ts';

/** Tells operators of what did not work; `correlationId` is what the caller was told, where somebody was. */
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

/** UNAVAILABLE, with the id under which the log has why. */
export function reportUnavailable(report: ReportTrouble, error: unknown): Unavailable {
  const correlationId = randomUUID();
  report(error, correlationId);
  return unavailable(correlationId);
}

/** A service each of whose methods is called safely. */
export function guarded<Service extends object>(service: Service, safely: Safely): Service {
  const entries = Object.entries(service).map(([name, method]: [string, unknown]) => {
    if (typeof method !== 'function') return [name, method] as const;
    const safe = (...args: readonly unknown[]): Promise<unknown> => safely(async () => method.apply(service, args));
    return [name, safe] as const;
  });
  // The same methods under the same names; what each may answer includes Unavailable already, and Forbidden where it takes a credential.
  return Object.fromEntries(entries) as Service;
}
