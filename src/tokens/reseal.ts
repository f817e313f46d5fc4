import type { SealedSecret, SealedSecretStorage } from '../storage/sealed-secret.ts';
import { placeOfKey, placeOfSecret } from './sealed-places.ts';
import { type SecretBox, SecretBoxError, type SecretPlace } from './secret-box.ts';

/** How many secrets there are of each kind. */
export interface Resealed {
  /** Were sealed with another master key, and are sealed with the current one now. */
  readonly resealed: number;
  /** Were sealed with the current one already. */
  readonly unchanged: number;
  /** No master key at hand opens them: they are as they were. */
  readonly unopened: number;
}

interface Item {
  readonly sealed: Buffer;
  readonly place: SecretPlace;
  /** False: something else lies there by now. */
  readonly replace: (sealed: Buffer) => Promise<boolean>;
}

/**
 * Seals with the current master key whatever was sealed with another one, domain by domain. It may run beside the service, several
 * times, and be interrupted: each secret is changed by itself, and only if nobody changed it meanwhile. The installation's own keys come
 * last: a start opens them, so that whoever leaves the other key out before all is sealed is refused.
 * @param isDryRun nothing is written, and what would be resealed is counted
 * @throws DatabaseError
 */
export async function reseal(storage: SealedSecretStorage, box: SecretBox, isDryRun: boolean): Promise<Resealed> {
  const domainIds = await storage.listDomains();
  const ofDomains = domainIds.map(
    (domainId) => async () => (await storage.list(domainId)).map((secret) => itemOf(storage, secret)),
  );
  const lists = [...ofDomains, () => listKeys(storage)];
  const total = { resealed: 0, unchanged: 0, unopened: 0 };
  for (const list of lists) {
    const outcomes = await resealList(list, box, isDryRun);
    for (const outcome of outcomes) total[outcome] += 1;
  }
  return total;
}

type ResealOutcome = keyof Resealed;

async function resealList(
  list: () => Promise<readonly Item[]>,
  box: SecretBox,
  isDryRun: boolean,
): Promise<readonly ResealOutcome[]> {
  const done = new Set<string>();
  for (;;) {
    const outcomes: ResealOutcome[] = [];
    let wasOvertaken = false;
    for (const item of await list()) {
      const name = JSON.stringify(item.place);
      if (box.isCurrent(item.sealed)) {
        outcomes.push(done.has(name) ? 'resealed' : 'unchanged');
        continue;
      }
      const secret = openOrNull(box, item);
      if (secret === null) outcomes.push('unopened');
      else if (isDryRun || (await item.replace(box.seal(secret, item.place)))) {
        done.add(name);
        outcomes.push('resealed');
      } else wasOvertaken = true;
    }
    // Whoever came first wrote another secret there, which is looked at in its turn.
    if (!wasOvertaken) return outcomes;
  }
}

function openOrNull(box: SecretBox, { sealed, place }: Item): Buffer | null {
  try {
    return box.open(sealed, place);
  } catch (error) {
    if (error instanceof SecretBoxError) return null;
    throw error;
  }
}

async function listKeys(storage: SealedSecretStorage): Promise<readonly Item[]> {
  return [...(await storage.listKeys())].map(([name, sealed]) => ({
    sealed,
    place: placeOfKey(name),
    replace: (anew) => storage.replaceKey(name, sealed, anew),
  }));
}

function itemOf(storage: SealedSecretStorage, secret: SealedSecret): Item {
  return {
    sealed: secret.sealed,
    place: placeOfSecret(secret),
    replace: (anew) => storage.replace(secret, anew),
  };
}
