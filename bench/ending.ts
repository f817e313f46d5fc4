type Clean = () => unknown;

const open: Clean[] = [];

/** What must be taken away, whatever ends the run. The answer does it at once; a signal does what is left, the last first. */
export function atEnd(clean: Clean): () => Promise<void> {
  open.push(clean);
  return async () => {
    const place = open.indexOf(clean);
    if (place < 0) return;
    open.splice(place, 1);
    await clean();
  };
}

/** From now on a run that is interrupted leaves nothing behind. A second signal ends it as it is. */
export function endBySignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void (async () => {
        for (let clean = open.pop(); clean !== undefined; clean = open.pop())
          await Promise.resolve(clean()).catch(tell);
        process.exit(1);
      })();
    });
  }
}

function tell(error: unknown): void {
  console.error('something was left behind:', error);
}
