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
  async next(withinMs = patienceMs): Promise<Message> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#isOver) throw new Error('the stream is over: there is no next message');
      await this.#change(deadline, `no message in ${withinMs} ms`);
    }
  }

  /** Skips messages until one is as wanted. */
  async find(isWanted: (message: Message) => boolean, withinMs = patienceMs): Promise<Message> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const message = await this.next(deadline - performance.now());
      if (isWanted(message)) return message;
    }
  }

  /** Waits for the end, and gives what had come before it and was not read. */
  async ended(withinMs = patienceMs): Promise<readonly Message[]> {
    const deadline = performance.now() + withinMs;
    while (!this.#isOver) await this.#change(deadline, `no end in ${withinMs} ms`);
    return this.#messages.splice(0);
  }

  #ring(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  async #change(deadline: number, complaint: string): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(complaint)), Math.max(0, deadline - performance.now()));
    try {
      await Promise.race([this.#wake.promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
