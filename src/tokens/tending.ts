import type { DomainId } from '../rules/ids.ts';
import { type Keyring, lingerMs } from './keyring.ts';

/** Which keys have something due. */
export interface DueKeys {
  /** A domain whose newest key signs since then or longer needs a new one. */
  readonly signsSince: Date;
  /** A key goes whose last token has expired by now, and that was followed by then. */
  readonly now: Date;
  readonly followedBy: Date;
}

export interface TendingDeps {
  readonly keyring: Pick<Keyring, 'rotateWhenDue' | 'retireOutlived'>;
  /** One statement looks through all domains: with most of them nothing is due. */
  readonly listDomains: (due: DueKeys, limit: number) => Promise<readonly DomainId[]>;
  readonly onError: (error: unknown) => void;
}

/** How old a signing key gets before it is followed. Milliseconds. */
const keyAgeMs = 90 * 86_400_000;
const domainsAtOnce = 200;

/** Gives domains whose key is that old a new one, and lets outlived keys go. Where it does not work, the other domains have it all the same. */
export async function tendKeys({ keyring, listDomains, onError }: TendingDeps, now: Date): Promise<void> {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const tend = async (id: DomainId) => {
    await keyring.rotateWhenDue(id, keyAgeMs, now);
    await keyring.retireOutlived(id, now);
  };
  const due = { signsSince: ago(keyAgeMs), now, followedBy: ago(lingerMs) };
  for (const id of await listDomains(due, domainsAtOnce)) await tend(id).catch(onError);
}
