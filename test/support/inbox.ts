import { Deadline } from './timing.ts';

const patienceMs = 5000;

/** What came and was not read yet, in order. Readers wait, but not for ever. */
export class Inbox<Message> {
  readonly #messages: Message[] = [];
  #isOver = false;
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();

  put(message: Message): void {
    this.#messages.push(message);
    this.#ring();
  }

  /** Nothing more will come. */
  finish(): void {
    this.#isOver = true;
    this.#ring();
  }

  /** How many came and were not read. */
  get unread(): number {
    return this.#messages.length;
  }

  /** The next message; refuses when there is none in time, or none will come any more. */
  next(withinMs = patienceMs): Promise<Message> {
    return this.#next(new Deadline(withinMs), `no message in ${withinMs} ms`);
  }

  /** Skips messages until one is as wanted. */
  async find(isWanted: (message: Message) => boolean, withinMs = patienceMs): Promise<Message> {
    const deadline = new Deadline(withinMs);
    for (;;) {
      const message = await this.#next(deadline, `no such message in ${withinMs} ms`);
      if (isWanted(message)) return message;
    }
  }

  /** Waits for the end, and gives what had come before it and was not read. */
  async ended(withinMs = patienceMs): Promise<readonly Message[]> {
    const deadline = new Deadline(withinMs);
    while (!this.#isOver) await this.#change(deadline, `no end in ${withinMs} ms`);
    return this.#messages.splice(0);
  }

  async #next(deadline: Deadline, complaint: string): Promise<Message> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#isOver) throw new Error('the stream is over: there is no next message');
      await this.#change(deadline, complaint);
    }
  }

  #ring(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  async #change(deadline: Deadline, complaint: string): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, deadline.leftMs);
    const { promise: changed } = this.#wake;
    const isChanged = await Promise.race([changed.then(() => true), late.promise.then(() => false)]);
    clearTimeout(timer);
    if (!isChanged && deadline.isOver()) throw new Error(complaint);
  }
}
