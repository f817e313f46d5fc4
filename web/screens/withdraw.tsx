import { useState } from 'preact/hooks';
import { tell } from '../notices.ts';
import { useTexts } from '../texts/language.ts';
import type { Problem } from '../visit/phase.ts';

/** Takes the request back. */
export function Withdraw({ onWithdraw }: { readonly onWithdraw: () => Promise<Problem | null> }) {
  const texts = useTexts();
  const [isBusy, setBusy] = useState(false);
  const withdraw = async () => {
    setBusy(true);
    const problem = await onWithdraw();
    setBusy(false);
    if (problem !== null) tell(texts.refusedActions.NETWORK, 'bad');
  };
  return (
    <button type="button" class="button quiet link" aria-disabled={isBusy} onClick={withdraw}>
      {texts.waiting.withdraw}
    </button>
  );
}
