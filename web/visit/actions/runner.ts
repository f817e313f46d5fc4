import { AskError, isRefusal, perform } from '../../api/ask.ts';
import type { Refusal } from '../../api/shapes.ts';
import { tell } from '../../notices.ts';
import type { Store } from '../../store.ts';
import { textsNow } from '../../texts/language.ts';
import { nameOf } from '../stay-news.ts';
import type { StayState } from '../stay-state.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** Carries out what somebody in the room asks for, and says by itself why it was not done. */
export class Runner {
  readonly token: string;
  readonly state: Store<StayState>;

  constructor(token: string, state: Store<StayState>) {
    this.token = token;
    this.state = state;
  }

  get roomName(): string {
    return this.state.get().room.name;
  }

  /** What it came to, or null. */
  async run<Result extends object>(field: string, document: string, variables: Variables): Promise<Result | null> {
    try {
      const result = await perform<Result>(field, document, variables, this.token);
      if (!isRefusal(result)) return result;
      tellRefusal(result);
    } catch (error) {
      tellRefusal({ code: error instanceof AskError ? error.code : 'OTHER' });
    }
    return null;
  }

  async isDone(field: string, document: string, variables: Variables): Promise<boolean> {
    return (await this.run<object>(field, document, variables)) !== null;
  }
}

function tellRefusal({ code, knockRequest }: Pick<Refusal, 'code' | 'knockRequest'>): void {
  const texts = textsNow();
  if (knockRequest === undefined) {
    const known: Readonly<Record<string, string>> = texts.refusedActions;
    tell(known[code] ?? (code === 'UNAVAILABLE' ? texts.refusedActions.OFFLINE : texts.refusedActions.OTHER), 'bad');
    return;
  }
  const by = nameOf(knockRequest.decidedBy, texts);
  const verdicts: Readonly<Record<string, string>> = {
    ADMITTED: texts.told.admitted(by, knockRequest.userName),
    DENIED: texts.told.denied(by, knockRequest.userName),
  };
  tell(texts.told.already(verdicts[knockRequest.status] ?? texts.told.withdrew(knockRequest.userName)));
}
