import { unavailable } from '../rules/refusal.ts';
import { findDatabaseError } from '../storage/database-error.ts';

/**
 * A service whose methods answer UNAVAILABLE where the database cannot: it may have been done, a retry finds out. Everything
 * else that is thrown is a mistake of ours, and stays one.
 */
export function guarded<Service extends object>(service: Service, onError: (error: unknown) => void): Service {
  const entries = Object.entries(service).map(([name, method]: [string, unknown]) => {
    if (typeof method !== 'function') return [name, method] as const;
    const safely = async (...args: readonly unknown[]): Promise<unknown> => {
      try {
        return await method.apply(service, args);
      } catch (error) {
        const failure = findDatabaseError(error);
        if (failure === null) throw error;
        onError(failure);
        return unavailable();
      }
    };
    return [name, safely] as const;
  });
  // The same methods under the same names; what each may answer includes Unavailable already.
  return Object.fromEntries(entries) as Service;
}
