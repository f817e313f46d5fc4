import { deriveInstallationKeys, type InstallationKeys } from '../services/secrets.ts';
import { keepMasterKey } from '../storage/kept-secret.ts';
import type { Database } from '../storage/postgres/database.ts';
import { findDatabaseError } from '../storage/postgres/error.ts';
import { createSealedSecretStorage } from '../storage/sealed-secret.ts';
import { openInstallationKeys } from '../tokens/installation-keys.ts';
import { createSecretBox, type SecretBox } from '../tokens/secret-box.ts';

/** What keeps the secrets of this installation, and the keys that it keeps for itself. */
export interface Sealing {
  readonly box: SecretBox;
  readonly installationKeys: InstallationKeys;
}

/** Without a master key there is one in `dataDir`. */
export interface SealingSettings {
  readonly masterKey: Uint8Array | null;
  readonly otherMasterKeys: readonly Uint8Array[];
  readonly dataDir: string;
}

/** What an operator is told where the master key is another than the one that the database was used with. */
export const foreignMasterKey =
  'MASTER_KEY does not open the secrets in this database: the service cannot use them, bans of networks do not work, and retries of requests do not find their tokens. Set MASTER_KEY to the key that was used with this database, or add that key to MASTER_KEY_PREVIOUS';

/** @throws DatabaseError, StartRefusal */
export async function openSealing(
  { masterKey: given, otherMasterKeys, dataDir }: SealingSettings,
  database: Database,
  onForeign: () => void,
): Promise<Sealing> {
  const masterKey = given ?? (await keepMasterKey(dataDir));
  const box = createSecretBox(masterKey, otherMasterKeys);
  const storage = createSealedSecretStorage(database);
  try {
    return { box, installationKeys: await openInstallationKeys({ storage, box, masterKey, onForeign }) };
  } catch (error) {
    // Undefined table: the migration has not run yet, and until it has, what earlier versions derived is the same.
    if (findDatabaseError(error)?.code !== '42P01') throw error;
    return { box, installationKeys: deriveInstallationKeys(masterKey) };
  }
}
