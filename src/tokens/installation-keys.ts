import { deriveInstallationKeys, type InstallationKeys } from '../services/secrets.ts';
import type { SealedSecretStorage } from '../storage/sealed-secret.ts';
import { placeOfKey, placeOfSecret } from './sealed-places.ts';
import type { SecretBox } from './secret-box.ts';

export interface InstallationKeysOptions {
  readonly storage: SealedSecretStorage;
  readonly box: SecretBox;
  readonly masterKey: Uint8Array;
  /** Nothing is kept: whoever only looks is none of the installation's processes. */
  readonly isDryRun?: boolean;
}

const names = ['addresses', 'tokens'] as const;

/**
 * The installation's keys. The first process keeps those of its master key; from then on they are read, whatever the master key is, so
 * that bans of addresses go on and a request that is repeated is answered with the same token after the master key was rotated. They
 * show as well whether a master key is the right one, so they are written only by a process that has opened a secret of this database, or
 * found none.
 * @throws SecretBoxError where no master key at hand opens what is kept, and nothing was changed
 * @throws DatabaseError
 */
export async function openInstallationKeys({
  storage,
  box,
  masterKey,
  isDryRun = false,
}: InstallationKeysOptions): Promise<InstallationKeys> {
  const first = deriveInstallationKeys(masterKey);
  const kept = await storage.listKeys();
  const missing = names.filter((name) => !kept.has(name));
  if (missing.length === names.length) await refuseForeignKey(storage, box);
  for (const name of isDryRun ? [] : missing) await storage.insertKey(name, box.seal(first[name], placeOfKey(name)));
  // Another process may have been first.
  const all = missing.length === 0 ? kept : await storage.listKeys();
  const open = (name: (typeof names)[number]) => {
    const sealed = all.get(name);
    return sealed === undefined ? first[name] : new Uint8Array(box.open(sealed, placeOfKey(name)));
  };
  return { addresses: open('addresses'), tokens: open('tokens') };
}

/** @throws SecretBoxError where there are secrets and none of them opens */
async function refuseForeignKey(storage: SealedSecretStorage, box: SecretBox): Promise<void> {
  let refusal: unknown = null;
  for (const domainId of await storage.listDomains()) {
    for (const secret of await storage.list(domainId)) {
      try {
        box.open(secret.sealed, placeOfSecret(secret));
        return;
      } catch (error) {
        refusal = error;
      }
    }
  }
  if (refusal !== null) throw refusal;
}

const urlName = 'public-url';

/** PUBLIC_URL as the installation was first told it, or as it was changed since. It is sealed as the keys are. */
export interface RecordedUrl {
  /** Null: no process has been told one so far. */
  readonly read: () => Promise<string | null>;
  /** Records it, unless there is one. Returns what is recorded. */
  readonly keep: (url: string) => Promise<string>;
  readonly replace: (url: string) => Promise<void>;
}

/** @throws DatabaseError, SecretBoxError */
export function createRecordedUrl(storage: SealedSecretStorage, box: SecretBox): RecordedUrl {
  const place = placeOfKey(urlName);
  const seal = (url: string) => box.seal(Buffer.from(url), place);
  const read = async () => {
    const sealed = (await storage.listKeys()).get(urlName);
    return sealed === undefined ? null : box.open(sealed, place).toString();
  };
  return {
    read,
    keep: async (url) => {
      const recorded = await read();
      if (recorded !== null) return recorded;
      await storage.insertKey(urlName, seal(url));
      return (await read()) ?? url;
    },
    replace: async (url) => {
      for (;;) {
        const old = (await storage.listKeys()).get(urlName);
        if (old === undefined) await storage.insertKey(urlName, seal(url));
        else if (await storage.replaceKey(urlName, old, seal(url))) return;
      }
    },
  };
}
