import type { Client } from './client.ts';
import { type Entry, type EntryOptions, type EntryView, idleEntry, type KnockWords } from './entry-view.ts';
import type { KnockFieldsFragment } from './generated/graphql.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import type { Knock, KnockChange } from './knock.ts';
import { patiently, pauseAfterRefusal } from './patience.ts';
import { asRefusal, type Outcome, type Refusal, settled, VestibuleError } from './refusal.ts';
import type { Session } from './session.ts';
import { createStore } from './store.ts';

const longestPauseMs = 8_000;
/** As long as a timer can wait. Milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/** Asks nothing before somebody follows the view, or knocks. */
export function createEntry(client: Client, options: EntryOptions): Entry {
  return new KnockEntry(client, options, createKeeper(options.storage, client, options));
}

/** An entry within a visit, which looks for what this tab has kept itself, goes on with it, and knows what becomes of the stay. */
export interface EntryWithin extends Entry {
  /** The stay that came of the knock goes on by this session; null: it is over, and one may knock again. */
  readonly stay: (session: Session | null) => void;
}

export function createEntryWithin(
  client: Client,
  options: Omit<EntryOptions, 'storage'>,
  keeper: Keeper,
  token?: string,
): EntryWithin {
  const entry = new KnockEntry(client, options, keeper, false);
  // A `knocking` token vouches for whoever knocks.
  return token === undefined ? entry : { ...entry, knock: (words) => entry.knock({ token, ...words }) };
}

class KnockEntry implements EntryWithin {
  readonly #client: Client;
  readonly #options: Omit<EntryOptions, 'storage'>;
  readonly #keeper: Keeper;
  readonly #resumes: boolean;
  readonly view;
  #knock: Knock | null = null;
  #unfollow: (() => void) | null = null;
  #isFollowed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** For which an attempt to join is on its way. Between two of them the timer runs. */
  #joining: Knock | null = null;

  constructor(client: Client, options: Omit<EntryOptions, 'storage'>, keeper: Keeper, resumes = true) {
    this.#client = client;
    this.#options = options;
    this.#keeper = keeper;
    this.#resumes = resumes;
    this.view = createStore<EntryView>(idleEntry, () => {
      this.#isFollowed = true;
      this.#start();
      return () => {
        this.#isFollowed = false;
        this.#unfollow?.();
        this.#stopWaiting();
      };
    });
  }

  readonly knock = async (words: KnockWords): Promise<void> => {
    const { phase, canKnock } = this.view.get();
    if (phase === 'WAITING') {
      const { userName, message } = words;
      await this.update({ userName, ...(typeof message === 'string' ? { message } : {}) });
      return;
    }
    if (!canKnock) return;
    this.#show({ ...idleEntry, phase: 'KNOCKING', canKnock: false });
    await this.#guarded(async () => {
      const { roomName, domain } = this.#options;
      const knocked = await this.#client.knock({ ...words, roomName, ...(domain === undefined ? {} : { domain }) });
      if (knocked.isDone) this.goOn(knocked.value);
      else this.#refuse(knocked.refusal);
    });
  };

  readonly update = async (change: KnockChange): Promise<Outcome<KnockFieldsFragment>> => {
    const knock = this.#knock;
    if (knock === null) return { isDone: false, refusal: asRefusal(nobodyWaits()) };
    const done = await settled(knock.update(change));
    this.#show(done.isDone ? { knockRequest: done.value, refusal: null } : { refusal: done.refusal });
    return done;
  };

  readonly cancel = async (): Promise<void> => {
    // The stream tells what came of it: somebody may have decided at the same moment.
    await this.#guarded(async () => {
      await this.#knock?.cancel();
      // Whoever was let in and waits for a place waits no more, and takes none from others.
      if (this.view.get().phase !== 'JOINING') return;
      this.#stopWaiting();
      this.#unfollow?.();
      this.#knock = null;
      this.#keeper.set('knock', null);
      this.view.set(idleEntry);
    });
  };

  readonly goOn = (knock: Knock): void => {
    this.#stopWaiting();
    this.#knock = knock;
    this.#keeper.set('knock', knock.knockToken);
    const { knockRequest } = knock.view.get();
    this.#show({ ...idleEntry, phase: 'WAITING', canKnock: false, knockRequest });
    if (this.#isFollowed) this.#follow(knock);
    // Whoever has been let in comes in, also on a page that does not follow how the knock stands.
    else if (knockRequest.status === 'ADMITTED') this.#look(knock);
  };

  readonly stay = (session: Session | null): void => {
    const { phase, session: before } = this.view.get();
    // Whoever came in without a knock knocks no more either.
    const isInside = phase === 'JOINED' || (session !== null && (phase === 'IDLE' || phase === 'ENDED'));
    if (!isInside || session === before) return;
    this.#stopWaiting();
    if (session === null) this.#knock = null;
    const view = phase === 'JOINED' ? this.view.get() : { ...idleEntry, canKnock: false };
    this.view.set(session === null ? idleEntry : { ...view, phase: 'JOINED', session });
  };

  #start(): void {
    const { phase, knockAgainAt } = this.view.get();
    if (this.#knock !== null && phase !== 'JOINED') this.#follow(this.#knock);
    else if (this.#resumes && phase === 'IDLE' && knockAgainAt === null) void this.#guarded(() => this.#resume());
    if (knockAgainAt !== null) this.#coolDown(knockAgainAt);
  }

  async #resume(): Promise<void> {
    const token = this.#keeper.get('knock');
    const knock = token ? await this.#patiently(() => this.#client.resumeKnock(token)) : null;
    if (token && knock === null) this.#keeper.set('knock', null);
    if (knock !== null && this.#knock === null && this.view.get().phase === 'IDLE') this.goOn(knock);
  }

  #follow(knock: Knock): void {
    this.#unfollow?.();
    this.#unfollow = knock.view.subscribe(() => this.#look(knock));
    this.#look(knock);
  }

  #look(knock: Knock): void {
    const { knockRequest, error, state } = knock.view.get();
    const { phase } = this.view.get();
    if (phase === 'JOINED' || knock !== this.#knock) return;
    if (knockRequest.status === 'ADMITTED') {
      this.#show({ phase: 'JOINING', knockRequest, error: null });
      // Whoever stopped looking meanwhile, and looks again, finds it going on.
      if (this.#joining !== knock && this.#timer === undefined) void this.#tryToJoin(knock);
      return;
    }
    if (knockRequest.status !== 'PENDING') this.#end({ knockRequest, error: null });
    else if (state === 'CLOSED') this.#end({ knockRequest, error });
    else this.#show({ phase: 'WAITING', knockRequest, error });
  }

  async #tryToJoin(knock: Knock): Promise<void> {
    this.#joining = knock;
    try {
      await this.#guarded(() => this.#join(knock));
    } finally {
      if (this.#joining === knock) this.#joining = null;
    }
  }

  async #join(knock: Knock): Promise<void> {
    const { roomName, domain } = this.#options;
    const { knockToken } = knock;
    const input = { roomName, knockToken, ...(domain === undefined ? {} : { domain }) };
    const joining = await this.#patiently(() => this.#client.join(input));
    if (knock !== this.#knock) {
      // Nobody waits for it any more, unless somebody goes on with the same admission.
      const isOver = this.#knock?.knockToken !== knockToken && !this.#keeper.isShared(knockToken);
      if (joining.kind === 'JOINED' && isOver) void settled(joining.session.leave());
      return;
    }
    if (joining.kind === 'JOINED') {
      this.#unfollow?.();
      this.#show({ phase: 'JOINED', session: joining.session, refusal: null, error: null });
      this.#options.onJoined?.(joining.session);
      return;
    }
    const refusal = joining.kind === 'REFUSED' ? joining.refusal : null;
    // A full room may have a place later: the admission stays good.
    const pauseMs = refusal === null ? null : pauseAfterRefusal(refusal);
    if (pauseMs === null) return this.#end({ refusal });
    this.#show({ refusal });
    this.#wait(pauseMs, () => void this.#tryToJoin(knock));
  }

  #refuse(refusal: Refusal): void {
    this.#show({ phase: 'IDLE', canKnock: true, refusal });
    const { retryAfterSeconds } = refusal;
    if (retryAfterSeconds !== null) this.#coolDown(new Date(this.#client.clock.now() + retryAfterSeconds * 1000));
  }

  #end(change: Partial<EntryView>): void {
    this.#unfollow?.();
    this.#knock = null;
    if (!change.error?.isOfService) this.#keeper.set('knock', null);
    this.#show({ phase: 'ENDED', canKnock: true, ...change });
    const { status, knockAgainAt } = this.view.get().knockRequest ?? {};
    if (status !== 'DENIED') return;
    // Whoever was banned may never knock again.
    if (knockAgainAt) this.#coolDown(new Date(knockAgainAt));
    else this.#show({ canKnock: false });
  }

  #coolDown(knockAgainAt: Date): void {
    this.#show({ canKnock: false, knockAgainAt });
    const isOver = () => this.#client.clock.until(knockAgainAt) === 0;
    this.#wait(this.#client.clock.until(knockAgainAt), () => {
      if (isOver()) this.#show({ canKnock: true, knockAgainAt: null });
      else this.#coolDown(knockAgainAt);
    });
  }

  #wait(ms: number, work: () => void): void {
    this.#stopWaiting();
    if (!this.#isFollowed) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        work();
      },
      Math.min(ms, longestTimerMs),
    );
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #show(change: Partial<EntryView>): void {
    this.view.set({ ...this.view.get(), ...change });
  }

  async #patiently<Value>(work: () => Promise<Value>): Promise<Value> {
    const onTrouble = (error: VestibuleError) => this.#show({ error });
    const value = await patiently(work, { longestPauseMs, isWanted: () => this.#isFollowed, onTrouble });
    if (this.view.get().error !== null) this.#show({ error: null });
    return value;
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof VestibuleError)) throw error;
      const isKnocking = this.view.get().phase === 'KNOCKING';
      this.#show({ error, ...(isKnocking ? { phase: 'IDLE', canKnock: true } : {}) });
    }
  }
}

function nobodyWaits(): VestibuleError {
  return new VestibuleError('NOT_FOUND', 'Nobody waits here. Knock first.');
}
