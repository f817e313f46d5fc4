import type { GraphQLError } from 'graphql';
import { networkOf } from './client-address.ts';
import type { Limits } from './limits.ts';
import { tooMany, unavailable } from './protocol-error.ts';
import { Purses } from './purses.ts';

type Terms = Pick<Limits, 'documentMs' | 'documentMsPerSecond' | 'documentsWaiting' | 'documentRefusalMs'>;

interface Job {
  readonly address: string;
  readonly work: () => void;
  readonly answer: (refusal: GraphQLError | null) => void;
}

/** After each document, the queue rests for this many times as long: new documents take a quarter of a core. */
const restFactor = 3;
/** Answering costs something too, and a machine that stood still has not worked all that time. Milliseconds. */
const [shortestRestMs, longestRestMs] = [4, 50];
/** In one process, of all addresses. */
const mostWaiting = 1_000;
/** Addresses whose time is remembered. */
const mostPurses = 10_000;

/**
 * Where new documents wait to be parsed and validated, which anybody may ask for before the service knows who asks. They are taken one at
 * a time: networks (/24, /48) take turns, and within a network its addresses do. Between two documents the queue rests, so that a request
 * with a known document waits for one of them at most. If all places are taken, the network with the most gives one up. The time of each
 * document is charged to its address, which has `documentMs` at once and `documentMsPerSecond` after that.
 */
export class DocumentQueue {
  readonly #terms: Terms;
  readonly #purses: Purses;
  /** The jobs of each address of each network. The next in turn comes first. */
  readonly #waiting = new Map<string, Map<string, Job[]>>();
  #size = 0;
  #restUntil = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(terms: Terms) {
    this.#terms = terms;
    const { documentMs: capacity, documentMsPerSecond: perSecond } = terms;
    this.#purses = new Purses({ capacity, perSecond }, mostPurses);
  }

  /** Why no further document of this address may wait now. Null: it may. */
  refuse(address: string): Promise<GraphQLError> | null {
    const debtSeconds = this.#purses.debtSeconds(address);
    if (debtSeconds > 0) return this.#afterAMoment(overdrawn(debtSeconds));
    const network = this.#waiting.get(networkOf(address));
    const waiting = network?.get(address)?.length ?? 0;
    if (waiting >= this.#terms.documentsWaiting) return this.#afterAMoment(overdrawn(1));
    return this.#size < mostWaiting || this.#makeRoom(network) ? null : this.#afterAMoment(unavailable(false));
  }

  /** Does the work when its turn comes, or at once if nothing waits. Returns null, or why it was not done. */
  run(address: string, work: () => void): Promise<GraphQLError | null> | null {
    if (this.#size === 0 && performance.now() >= this.#restUntil) {
      this.#do(address, work);
      return null;
    }
    return new Promise((answer) => {
      const ofNetwork = this.#waiting.get(networkOf(address)) ?? new Map<string, Job[]>();
      const ofAddress = ofNetwork.get(address) ?? [];
      ofAddress.push({ address, work, answer });
      ofNetwork.set(address, ofAddress);
      this.#waiting.set(networkOf(address), ofNetwork);
      this.#size += 1;
      this.#wakeLater();
    });
  }

  #do(address: string, work: () => void): void {
    const begun = performance.now();
    work();
    const tookMs = performance.now() - begun;
    this.#purses.charge(address, tookMs);
    this.#restUntil = begun + tookMs + Math.min(longestRestMs, Math.max(shortestRestMs, restFactor * tookMs));
  }

  #wakeLater(): void {
    this.#timer ??= setTimeout(() => this.#next(), Math.ceil(Math.max(0, this.#restUntil - performance.now())));
  }

  #next(): void {
    this.#timer = null;
    const job = this.#take();
    if (job === null) return;
    const debtSeconds = this.#purses.debtSeconds(job.address);
    if (debtSeconds === 0) this.#do(job.address, job.work);
    job.answer(debtSeconds === 0 ? null : overdrawn(debtSeconds));
    if (this.#size > 0) this.#wakeLater();
  }

  /** False: no network has more waiting than this one. */
  #makeRoom(network: ReadonlyMap<string, readonly Job[]> | undefined): boolean {
    let [largest, most] = [network, network === undefined ? 0 : countOf(network)];
    for (const other of this.#waiting.values()) {
      const count = countOf(other);
      if (count > most + 1) [largest, most] = [other, count];
    }
    if (largest === undefined || largest === network) return false;
    const job = [...largest.values()].at(-1)?.at(-1);
    if (job === undefined) return false;
    this.#remove(job);
    void this.#afterAMoment(unavailable(false)).then(job.answer);
    return true;
  }

  #take(): Job | null {
    const [turn] = this.#waiting.values();
    const [jobs] = turn?.values() ?? [];
    const job = jobs?.[0] ?? null;
    if (job !== null) this.#remove(job);
    return job;
  }

  /** A network or address with more work goes to the end. */
  #remove(job: Job): void {
    const network = networkOf(job.address);
    const ofNetwork = this.#waiting.get(network);
    const left = ofNetwork?.get(job.address)?.filter((other) => other !== job) ?? [];
    ofNetwork?.delete(job.address);
    if (left.length > 0) ofNetwork?.set(job.address, left);
    this.#waiting.delete(network);
    if (ofNetwork !== undefined && ofNetwork.size > 0) this.#waiting.set(network, ofNetwork);
    this.#size -= 1;
  }

  #afterAMoment(refusal: GraphQLError): Promise<GraphQLError> {
    return new Promise((resolve) => setTimeout(resolve, this.#terms.documentRefusalMs, refusal));
  }
}

function countOf(network: ReadonlyMap<string, readonly Job[]>): number {
  let count = 0;
  for (const jobs of network.values()) count += jobs.length;
  return count;
}

function overdrawn(seconds: number): GraphQLError {
  const message =
    'This address has sent too many different documents. Send the same document again, with other variables.';
  return tooMany(message, Math.max(1, Math.ceil(seconds)));
}
