import type { Client } from './client.ts';
import type { KnockFieldsFragment, KnockInput } from './generated/graphql.ts';
import type { Knock } from './knock.ts';
import { type Refusal, VestibuleError } from './refusal.ts';
import type { Session } from './session.ts';
import { createStore, type Store } from './store.ts';

/** Where a knock token is kept across a refresh: `sessionStorage` fits. */
export interface TokenStorage {
  readonly getItem: (key: string) => string | null;
  readonly setItem: (key: string, value: string) => void;
  readonly removeItem: (key: string) => void;
}

export interface EntryOptions {
  readonly roomName: string;
  /** Needed only on a service with several domains. */
  readonly domain?: string;
  /** Left out: a refresh forgets the knock. */
  readonly storage?: TokenStorage;
  readonly onJoined?: (session: Session) => void;
}

/** Where somebody stands who wants to come in by knocking. */
export interface EntryView {
  /** ENDED: denied, withdrawn or expired, as `knockRequest` says; one may knock again. */
  readonly phase: 'IDLE' | 'KNOCKING' | 'WAITING' | 'JOINING' | 'JOINED' | 'ENDED';
  readonly knockRequest: KnockFieldsFragment | null;
  readonly session: Session | null;
  /** Why the last knock or attempt to join was refused. */
  readonly refusal: Refusal | null;
  /** Why the service could not be asked. */
  readonly error: VestibuleError | null;
}

/** Knocks, waits across lost connections and refreshes, and joins by itself once somebody said yes. */
export interface Entry {
  readonly view: Store<EntryView>;
  readonly knock: (input: Omit<KnockInput, 'roomName' | 'domain'>) => Promise<void>;
  readonly cancel: () => Promise<void>;
}

const idle: EntryView = { phase: 'IDLE', knockRequest: null, session: null, refusal: null, error: null };

export function createEntry(client: Client, options: EntryOptions): Entry {
  const entry = new KnockEntry(client, options);
  return { view: entry.view, knock: (input) => entry.knock(input), cancel: () => entry.cancel() };
}

class KnockEntry {
  readonly #client: Client;
  readonly #options: EntryOptions;
  readonly #storageKey: string;
  readonly view;
  #knock: Knock | null = null;
  #unfollow: (() => void) | null = null;
  #isFollowed = false;

  constructor(client: Client, options: EntryOptions) {
    this.#client = client;
    this.#options = options;
    this.#storageKey = `vestibule knock ${options.domain ?? ''}/${options.roomName}`;
    this.view = createStore<EntryView>(idle, () => {
      this.#isFollowed = true;
      if (this.#knock !== null) this.#follow(this.#knock);
      else void this.#guarded(() => this.#resume());
      return () => {
        this.#isFollowed = false;
        this.#unfollow?.();
      };
    });
  }

  async knock(input: Omit<KnockInput, 'roomName' | 'domain'>): Promise<void> {
    this.#show({ ...idle, phase: 'KNOCKING' });
    await this.#guarded(async () => {
      const { roomName, domain } = this.#options;
      const knocked = await this.#client.knock({ ...input, roomName, domain: domain ?? null });
      if (knocked.isDone) this.#begin(knocked.value);
      else this.#show({ phase: 'IDLE', refusal: knocked.refusal });
    });
  }

  async cancel(): Promise<void> {
    // The stream tells what came of it: somebody may have decided at the same moment.
    await this.#guarded(async () => {
      await this.#knock?.cancel();
    });
  }

  async #resume(): Promise<void> {
    const token = this.#options.storage?.getItem(this.#storageKey);
    const knock = token ? await this.#client.resumeKnock(token) : null;
    if (knock !== null && this.#knock === null && this.view.get().phase === 'IDLE') this.#begin(knock);
  }

  #begin(knock: Knock): void {
    this.#knock = knock;
    this.#options.storage?.setItem(this.#storageKey, knock.knockToken);
    this.#show({ phase: 'WAITING', knockRequest: knock.view.get().knockRequest });
    if (this.#isFollowed) this.#follow(knock);
  }

  #follow(knock: Knock): void {
    this.#unfollow?.();
    this.#unfollow = knock.view.subscribe(() => this.#look(knock));
    this.#look(knock);
  }

  #look(knock: Knock): void {
    const { knockRequest, error } = knock.view.get();
    const { phase } = this.view.get();
    if (phase === 'JOINING' || phase === 'JOINED') return;
    if (knockRequest.status === 'ADMITTED') {
      this.#show({ phase: 'JOINING', knockRequest });
      void this.#guarded(() => this.#join(knock));
      return;
    }
    if (knockRequest.status === 'PENDING') this.#show({ phase: 'WAITING', knockRequest, error });
    else this.#end({ phase: 'ENDED', knockRequest });
  }

  async #join(knock: Knock): Promise<void> {
    const { roomName, domain } = this.#options;
    const { knockToken } = knock;
    const joining = await this.#client.join({ roomName, domain: domain ?? null, knockToken });
    if (joining.kind === 'JOINED') {
      this.#unfollow?.();
      this.#show({ phase: 'JOINED', session: joining.session });
      this.#options.onJoined?.(joining.session);
      return;
    }
    // A full room may have a place later: the admission stays good.
    this.#end({ phase: 'ENDED', refusal: joining.kind === 'REFUSED' ? joining.refusal : null });
  }

  #end(change: Partial<EntryView>): void {
    this.#unfollow?.();
    this.#knock = null;
    this.#options.storage?.removeItem(this.#storageKey);
    this.#show(change);
  }

  #show(change: Partial<EntryView>): void {
    this.view.set({ ...this.view.get(), ...change });
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof VestibuleError)) throw error;
      const { phase } = this.view.get();
      this.#show({ phase: phase === 'KNOCKING' ? 'IDLE' : phase, error });
    }
  }
}
