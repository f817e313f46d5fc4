import { forbidden, unavailable } from '../rules/refusal.ts';
import { CredentialEnded } from '../storage/acting-key.ts';
import { findDatabaseError } from '../storage/database-error.ts';

/**
 * A service whose methods answer UNAVAILABLE where the database cannot: it may have been done, a retry finds out. Whose credential
 * ended before the change that it was to make is UNAUTHENTICATED, as if it had asked a moment later. Everything else that is thrown is
 * a mistake of ours, and stays one.
 */
export function guarded<Service extends object>(service: Service, onError: (error: unknown) => void): Service {
  const entries = Object.entries(service).map(([name, method]: [string, unknown]) => {
    if (typeof method !== 'function') return [name, method] as const;
    const safely = async (...args: readonly unknown[]): Promise<unknown> => {
      try {
        return await method.apply(service, args);
      } catch (error) {
        if (error instanceof CredentialEnded) return forbidden('UNAUTHENTICATED');
        const failure = findDatabaseError(error);
        if (failure === null) throw error;
        onError(failure);
        return unavailable();
      }
    };
    return [name, safely] as const;
  });
  // The same methods under the same names; what each may answer includes Unavailable already, and Forbidden where it takes a credential.
  return Object.fromEntries(entries) as Service;
}
