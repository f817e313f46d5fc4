import type { Clock } from '../room/clock.ts';
import type { ApiKey, Domain } from '../rules/domain.ts';
import type { DomainStorage } from '../storage/domain.ts';
import { newApiKey } from './domain.ts';
import type { Secrets } from './secrets.ts';

export interface BootstrapDeps {
  readonly storage: DomainStorage;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

const everything = { name: 'first key', scopes: ['ADMIN'], exp: null } as const satisfies Pick<
  ApiKey,
  'name' | 'scopes' | 'exp'
>;

/**
 * On the very first start, makes the domain `default` and a key that may do everything. A key from the settings exists after every
 * start. A key that the service made is returned once, by the process that made the domain.
 */
export async function bootstrap(
  deps: BootstrapDeps,
  ownKey: string | null,
): Promise<{ readonly firstApiKey: string | null }> {
  const made = await makeDomain(deps, 'default');
  const domain = made ?? (await deps.storage.findByName('default'));
  if (domain === null) return { firstApiKey: null };
  if (ownKey !== null) {
    await addKey(deps, domain, ownKey);
    return { firstApiKey: null };
  }
  if (made === null) return { firstApiKey: null };
  const key = deps.secrets.newApiKey();
  await addKey(deps, domain, key);
  return { firstApiKey: key };
}

/** Null: the name is taken. */
export function makeDomain({ storage, secrets, clock }: BootstrapDeps, name: string): Promise<Domain | null> {
  return storage.insert({ id: secrets.newId<'Domain'>(), name, createdAt: clock.now() });
}

/** A key that is there already is left as it is. */
async function addKey(deps: BootstrapDeps, domain: Domain, key: string): Promise<void> {
  const apiKey = newApiKey(deps, domain.id, key, everything);
  await deps.storage.insertApiKey({ ...apiKey, hash: deps.secrets.hash(key) }, null);
}
