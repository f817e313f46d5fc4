import { useEffect, useId, useRef } from 'preact/hooks';
import { createStore, type Store, useStore } from '../store.ts';
import { useTexts } from '../texts/language.ts';

interface Question {
  readonly title: string;
  readonly text: string;
  readonly onYes: () => void;
}

const question: Store<Question | null> = createStore<Question | null>(null);

/** Asks before something grave is done. */
export function confirm(asked: Question): void {
  question.set(asked);
}

/** Stands once in the page, and shows what is asked. */
export function ConfirmDialog() {
  const asked = useStore(question);
  const texts = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (asked === null) dialog.current?.close();
    else dialog.current?.showModal();
  }, [asked]);
  const close = () => question.set(null);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={`${id}-title`} aria-describedby={`${id}-text`} onClose={close}>
      <h2 id={`${id}-title`}>{asked?.title}</h2>
      <p id={`${id}-text`}>{asked?.text}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={close}>
          {texts.common.cancel}
        </button>
        <button
          type="button"
          class="button button-grave"
          onClick={() => {
            close();
            asked?.onYes();
          }}
        >
          {asked?.title}
        </button>
      </div>
    </dialog>
  );
}
