import { type KnockRequest, type Outcome, VestibuleError } from '../../../packages/client/src/index.ts';
import { tell } from '../../notices.ts';
import { textsNow } from '../../texts/language.ts';
import { nameOf } from '../stay-news.ts';

/**
 * Carries out an action in the room, and shows the reason if it fails. Returns the result, or null.
 * @param unreached what is said where the service was not reached
 */
export async function run<Done>(asked: Promise<Outcome<Done>>, unreached?: string): Promise<Done | null> {
  try {
    const outcome = await asked;
    if (outcome.isDone) return outcome.value;
    const { code, knockRequest } = outcome.refusal;
    if (knockRequest === null) tellRefusal(code, unreached);
    else tellDecided(knockRequest);
  } catch (error) {
    tellRefusal(error instanceof VestibuleError ? error.code : 'OTHER', unreached);
  }
  return null;
}

export async function isDone(asked: Promise<Outcome<unknown>>, unreached?: string): Promise<boolean> {
  return (await run(asked, unreached)) !== null;
}

function tellRefusal(code: string, unreached: string = textsNow().refusedActions.NETWORK): void {
  const { refusedActions } = textsNow();
  const known: Readonly<Record<string, string>> = refusedActions;
  const isUnreached = code === 'NETWORK' || code === 'UNAVAILABLE';
  tell(isUnreached ? unreached : (known[code] ?? refusedActions.OTHER), 'bad');
}

/** Somebody else was faster. */
function tellDecided({ decidedBy, status, userName }: KnockRequest): void {
  const texts = textsNow();
  const by = nameOf(decidedBy, texts);
  const verdicts: Readonly<Record<string, string>> = {
    ADMITTED: texts.told.admitted(by, userName),
    DENIED: texts.told.denied(by, userName),
  };
  tell(texts.told.already(verdicts[status] ?? texts.told.withdrew(userName)));
}
