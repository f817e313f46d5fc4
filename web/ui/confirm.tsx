import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { createStore, type Source } from '../../packages/client/src/index.ts';
import { useStore } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import { closeDialog, Dialog } from './dialog.tsx';

interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint: string;
}

interface Question {
  readonly title: string;
  readonly text: string;
  /** The text of the button that confirms. Left out: the title. */
  readonly yes?: string;
  readonly hint?: string | undefined;
  /** Options to choose from. The first one is chosen at the start. */
  readonly choice?: { readonly label: string; readonly options: readonly [Option, ...Option[]] };
  /** `value`: the chosen option, or empty if there are none. */
  readonly onYes: (value: string) => void;
}

const question: Source<Question | null> = createStore<Question | null>(null);

/** Asks before something serious is done. Where a question stands already, it stays: nobody answers one that comes in its place. */
export function confirm(asked: Question): void {
  if (question.get() === null) question.set(asked);
}

/** The page has one of these. It shows the question. */
export function ConfirmDialog() {
  const asked = useStore(question);
  const texts = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [choice, setChosen] = useState<string | null>(null);
  const chosen = choice ?? asked?.choice?.options[0].value ?? '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins with its own first option.
  useLayoutEffect(() => setChosen(null), [asked]);
  // Whoever is in another room afterwards is not asked what was left here.
  useLayoutEffect(() => () => question.set(null), []);
  const close = () => {
    // Before its words go, and so that the focus is back in time for whatever becomes of where it is.
    closeDialog(dialog.current);
    question.set(null);
  };
  return (
    <Dialog box={dialog} isOpen={asked !== null} onClose={close} labelledBy={`${id}-title`} describedBy={`${id}-text`}>
      <h2 id={`${id}-title`}>{asked?.title}</h2>
      <div id={`${id}-text`}>
        <p>{asked?.text}</p>
        {asked?.hint === undefined ? null : <p>{asked.hint}</p>}
      </div>
      {asked?.choice === undefined ? null : (
        <fieldset class="dialog-choice">
          <legend>{asked.choice.label}</legend>
          {asked.choice.options.map(({ value, label, hint }) => (
            <label class="choice" key={value}>
              <input type="radio" name={id} checked={chosen === value} onChange={() => setChosen(value)} />
              <span>
                {label}
                <span class="field-hint">{hint}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={close}>
          {texts.common.cancel}
        </button>
        <button
          type="button"
          class="button grave"
          onClick={() => {
            close();
            asked?.onYes(chosen);
          }}
        >
          {asked?.yes ?? asked?.title}
        </button>
      </div>
    </Dialog>
  );
}
