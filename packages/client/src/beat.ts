import type { Poll, Sink } from './line.ts';
import { VestibuleError } from './refusal.ts';

/** Often enough to keep a place, for which the service wants a sign every fifteen seconds, and to see news soon. Milliseconds. */
export const beatMs = 5_000;

/** Where no stream lives: reads again and again. It is open as soon as one reading was answered. Answers how to stop it. */
export function beat(sink: Sink<never>, poll: Poll | undefined): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let isOpen = false;
  const read = async () => {
    try {
      await poll?.();
      if (isOver) return;
      if (!isOpen) sink.onOpen();
      isOpen = true;
      timer = setTimeout(() => void read(), beatMs);
    } catch (error) {
      if (isOver) return;
      if (!(error instanceof VestibuleError)) throw error;
      isOver = true;
      sink.onFailure(error);
    }
  };
  void read();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
