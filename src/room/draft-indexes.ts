import { type FactKeys, FactsMissing } from '../rules/fact-keys.ts';
import type { KeyedFacts } from '../rules/facts.ts';
import type { KnockId } from '../rules/ids.ts';
import type { AdmittedKnock, Knock } from '../rules/knock-request.ts';
import type { Participant } from '../rules/participant.ts';

// What a draft of facts keeps beside its rows, so that nothing is searched for with each group.

interface HeldFacts {
  readonly knocks: ReadonlyMap<KnockId, Knock>;
  readonly participants: { readonly values: () => Iterable<Participant> };
  /** Whether every session of this knock is held, whoever asked for it. */
  readonly hasSessionsOf: (knockId: KnockId) => boolean;
}

/** The keys that were looked up since the last group was written: a key without a row here has none. */
export class LoadedKeys implements KeyedFacts {
  readonly #held: HeldFacts;
  readonly #knockKeys = new Set<string>();
  readonly #participantKeys = new Set<string>();
  readonly #sessionsOf = new Set<KnockId>();
  #admissions = false;
  readonly #isOwner = new Map<string, boolean>();

  constructor(held: HeldFacts) {
    this.#held = held;
  }

  /** @param ownerIds those of the userIds that were asked for */
  load(
    { knockKeys = [], participantKeys = [], sessionsOf = [], admissions = false, owners = [] }: FactKeys,
    ownerIds: ReadonlySet<string>,
  ): void {
    for (const key of knockKeys) this.#knockKeys.add(key);
    for (const key of participantKeys) this.#participantKeys.add(key);
    for (const id of sessionsOf) this.#sessionsOf.add(id);
    this.#admissions ||= admissions;
    for (const userId of owners) this.#isOwner.set(userId, ownerIds.has(userId));
  }

  clear(): void {
    this.#knockKeys.clear();
    this.#participantKeys.clear();
    this.#sessionsOf.clear();
    this.#admissions = false;
    this.#isOwner.clear();
  }

  ownersAmong(userIds: readonly string[]): ReadonlySet<string> {
    const missing = userIds.filter((userId) => !this.#isOwner.has(userId));
    if (missing.length > 0) throw new FactsMissing({ owners: missing });
    return new Set(userIds.filter((userId) => this.#isOwner.get(userId)));
  }

  knocksOfKey(idempotencyHash: string): readonly Knock[] {
    if (!this.#knockKeys.has(idempotencyHash)) throw new FactsMissing({ knockKeys: [idempotencyHash] });
    return [...this.#held.knocks.values()].filter((knock) => knock.idempotencyHash === idempotencyHash);
  }

  sessionsOfKey(idempotencyHash: string): readonly Participant[] {
    if (!this.#participantKeys.has(idempotencyHash)) throw new FactsMissing({ participantKeys: [idempotencyHash] });
    return this.#sessions((session) => session.idempotencyHash === idempotencyHash);
  }

  sessionsOf(knockId: KnockId): readonly Participant[] {
    if (!this.#sessionsOf.has(knockId) && !this.#held.hasSessionsOf(knockId))
      throw new FactsMissing({ sessionsOf: [knockId] });
    return this.#sessions((session) => session.knockId === knockId);
  }

  admissions(): readonly AdmittedKnock[] {
    if (!this.#admissions) throw new FactsMissing({ admissions: true });
    return [...this.#held.knocks.values()].filter((knock) => knock.status === 'ADMITTED');
  }

  #sessions(isMeant: (session: Participant) => boolean): readonly Participant[] {
    return [...this.#held.participants.values()].filter(isMeant);
  }
}

/** When something falls due by itself, for each of many: milliseconds since 1970. */
export class Deadlines {
  readonly #all = new Map<string, number>();
  /** Null: to be looked for. */
  #earliest: number | null = Number.POSITIVE_INFINITY;

  /** Infinite where nothing will. */
  get earliest(): number {
    this.#earliest ??= this.#findEarliest();
    return this.#earliest;
  }

  /** @param at infinite: nothing falls due any more */
  set(id: string, at: number): void {
    const before = this.#all.get(id) ?? Number.POSITIVE_INFINITY;
    if (at === before) return;
    if (Number.isFinite(at)) this.#all.set(id, at);
    else this.#all.delete(id);
    if (this.#earliest === null) return;
    if (at < this.#earliest) this.#earliest = at;
    else if (before === this.#earliest) this.#earliest = null;
  }

  #findEarliest(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const at of this.#all.values()) if (at < earliest) earliest = at;
    return earliest;
  }
}
