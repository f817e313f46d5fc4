import type { Caller } from '../rules/caller.ts';
import type { Domain } from '../rules/domain.ts';
import type { DomainId } from '../rules/ids.ts';
import type { DomainStorage } from '../storage/domain.ts';
import type { DomainWatch } from './domain-watch.ts';

/** Finds the domain that somebody means. Domains are kept as long as they are known not to have changed. */
export interface DomainDirectory {
  readonly byId: (id: DomainId) => Promise<Domain | null>;
  /** As it stands in the database now: for whoever shows its settings, or writes by them. */
  readonly readNow: (id: DomainId) => Promise<Domain | null>;
  /** The caller's own; without a credential the one that is named, or the only one, or the one called `default`. */
  readonly forCaller: (caller: Caller, name: string | null | undefined) => Promise<Domain | null>;
  /** Something about the domain was changed by this process. */
  readonly forget: (id: DomainId) => void;
}

const defaultName = 'default';

export function createDomainDirectory(storage: DomainStorage, watch: DomainWatch): DomainDirectory {
  const byId = new Map<DomainId, Domain>();
  const idsByName = new Map<string, DomainId>();
  const keep = (domain: Domain | null): Domain | null => {
    if (domain === null) return null;
    watch.observe(domain.id, domain.version);
    byId.set(domain.id, domain);
    idsByName.set(domain.name, domain.id);
    return domain;
  };
  const fresh = (id: DomainId | undefined): Domain | null => {
    const known = id === undefined ? undefined : byId.get(id);
    return known && watch.isAt(known.id, known.version) ? known : null;
  };
  const findByName = async (name: string) => fresh(idsByName.get(name)) ?? keep(await storage.findByName(name));
  const findById = async (id: DomainId) => fresh(id) ?? keep(await storage.findById(id));
  return {
    byId: findById,
    readNow: async (id) => keep(await storage.findById(id)),
    forCaller: async (caller, name) => {
      const own = caller.kind === 'ANYBODY' || caller.kind === 'UNKNOWN' ? null : caller.domainId;
      if (name !== null && name !== undefined) {
        const named = await findByName(name);
        return caller.kind === 'BACKEND' && named?.id !== own ? null : named;
      }
      if (own !== null) return findById(own);
      return (await findByName(defaultName)) ?? keep(await storage.findOnly());
    },
    forget: (id) => {
      watch.forget(id);
      byId.delete(id);
    },
  };
}
