/**
 * What is asked for again in the same words, while the answer is awaited, is asked once: as by an effect that React's StrictMode
 * runs twice, or by a button that is pressed twice. `isLast` says of each answer whether nobody has asked after it.
 */
export function shareAsking<Input, Answer>(
  ask: (input: Input) => Promise<Answer>,
): (input: Input) => Promise<{ readonly answer: Answer; readonly isLast: () => boolean }> {
  const underWay = new Map<string, { readonly answer: Promise<Answer>; asked: number }>();
  return async (input) => {
    const words = JSON.stringify(input);
    const shared = underWay.get(words) ?? { answer: ask(input), asked: 0 };
    underWay.set(words, shared);
    shared.asked += 1;
    const turn = shared.asked;
    try {
      return { answer: await shared.answer, isLast: () => shared.asked === turn };
    } finally {
      if (underWay.get(words) === shared) underWay.delete(words);
    }
  };
}
