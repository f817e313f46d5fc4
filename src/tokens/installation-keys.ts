import { deriveInstallationKeys, type InstallationKeys } from '../services/secrets.ts';
import type { SealedSecretStorage } from '../storage/sealed-secret.ts';
import { type SecretBox, SecretBoxError, type SecretPlace } from './secret-box.ts';

/** Where one of these keys is sealed to: no domain's. */
export function placeOfKey(name: string): SecretPlace {
  return { purpose: 'installation-key', domainId: '', keyId: name };
}

export interface InstallationKeysOptions {
  readonly storage: Pick<SealedSecretStorage, 'listKeys' | 'insertKey'>;
  readonly box: SecretBox;
  readonly masterKey: Uint8Array;
  /** None of the master keys opens what is kept: those of this master key are used, as on an installation that begins. */
  readonly onForeign: () => void;
}

/**
 * The installation's keys. The first process keeps those of its master key; from then on they are read, whatever the master key is, so
 * that bans of addresses go on and a request that is repeated is answered with the same token after the master key was rotated.
 * @throws DatabaseError
 */
export async function openInstallationKeys(options: InstallationKeysOptions): Promise<InstallationKeys> {
  const { storage, box, masterKey, onForeign } = options;
  const first = deriveInstallationKeys(masterKey);
  const names = ['addresses', 'tokens'] as const;
  const kept = await storage.listKeys();
  const missing = names.filter((name) => !kept.has(name));
  for (const name of missing) await storage.insertKey(name, box.seal(first[name], placeOfKey(name)));
  // Another process may have been first.
  const all = missing.length === 0 ? kept : await storage.listKeys();
  try {
    const open = (name: (typeof names)[number]) => {
      const sealed = all.get(name);
      return sealed === undefined ? first[name] : new Uint8Array(box.open(sealed, placeOfKey(name)));
    };
    return { addresses: open('addresses'), tokens: open('tokens') };
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error;
    onForeign();
    return first;
  }
}
