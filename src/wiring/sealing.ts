import { deriveInstallationKeys, type InstallationKeys } from '../services/secrets.ts';
import { keepMasterKey } from '../storage/kept-secret.ts';
import { isDistributed } from '../storage/postgres/cluster.ts';
import type { Database } from '../storage/postgres/database.ts';
import { findDatabaseError } from '../storage/postgres/error.ts';
import { createSealedSecretStorage } from '../storage/sealed-secret.ts';
import { StartRefusal } from '../storage/start-refusal.ts';
import { createRecordedUrl, openInstallationKeys, type RecordedUrl } from '../tokens/installation-keys.ts';
import { createSecretBox, type SecretBox, SecretBoxError } from '../tokens/secret-box.ts';

/** What keeps the secrets of this installation, and what it keeps for itself. */
export interface Sealing {
  readonly box: SecretBox;
  readonly installationKeys: InstallationKeys;
  readonly recordedUrl: RecordedUrl;
  /** Whether session and knock tokens are to name their domain: the tables are spread by it. */
  readonly tokensNameDomain: boolean;
}

/** Without a master key there is one in `dataDir`. */
export interface SealingSettings {
  readonly masterKey: Uint8Array | null;
  readonly otherMasterKeys: readonly Uint8Array[];
  readonly dataDir: string;
}

/** @param isDryRun nothing is written. @throws DatabaseError, StartRefusal where the master key is another than the one that the database was used with */
export async function openSealing(
  { masterKey: given, otherMasterKeys, dataDir }: SealingSettings,
  database: Database,
  isDryRun = false,
): Promise<Sealing> {
  const masterKey = given ?? (await keepMasterKey(dataDir));
  const box = createSecretBox(masterKey, otherMasterKeys);
  const storage = createSealedSecretStorage(database);
  const recordedUrl = createRecordedUrl(storage, box);
  const tokensNameDomain = await isDistributed((text) => database.query<object>(text, []));
  try {
    const installationKeys = await openInstallationKeys({ storage, box, masterKey, isDryRun });
    // The last that a rotation seals anew may be this one.
    await recordedUrl.read();
    return { box, recordedUrl, tokensNameDomain, installationKeys };
  } catch (error) {
    if (error instanceof SecretBoxError) throw foreignMasterKey();
    // Undefined table: the migration has not run yet, and until it has, what earlier versions derived is the same.
    if (findDatabaseError(error)?.code !== '42P01') throw error;
    return { box, recordedUrl: noRecord, tokensNameDomain, installationKeys: deriveInstallationKeys(masterKey) };
  }
}

function foreignMasterKey(): StartRefusal {
  return new StartRefusal('SECRETS_LOCKED', {
    found: 'MASTER_KEY does not open the secrets in this database: it was used with another key',
    needed:
      'Set MASTER_KEY to that key, or add that key to MASTER_KEY_PREVIOUS and seal the secrets with the new one. Somebody who has lost it finds the way on in docs/operating.md',
    command: 'vestibule key rotate-master',
  });
}

const noRecord: RecordedUrl = { read: async () => null, keep: async (url) => url, replace: async () => {} };

/**
 * PUBLIC_URL that this process goes by: every process on a database needs the same, which is the issuer of its tokens.
 * @param given as the settings have it; null: the recorded one counts
 * @returns null where neither is there
 * @throws StartRefusal where the recorded one is another
 */
export async function agreeOnPublicUrl(given: string | null, { recordedUrl }: Sealing): Promise<string | null> {
  if (given === null) return recordedUrl.read();
  const recorded = await recordedUrl.keep(given);
  if (recorded === given) return given;
  throw new StartRefusal('OTHER_PUBLIC_URL', {
    found: `PUBLIC_URL is ${given}, but the service was used with ${recorded}, which its meeting tokens name as their issuer`,
    needed: 'Set PUBLIC_URL to that one in every process, or record the new one, which ends those tokens',
    command: `vestibule public-url ${given}`,
  });
}
