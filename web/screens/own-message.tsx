import { useEffect, useState } from 'preact/hooks';
import { speak, tell } from '../notices.ts';
import { useTexts } from '../texts/language.ts';
import { directionOf, Field } from '../ui/field.tsx';
import { unitsFor } from '../ui/units.ts';
import type { Problem } from '../visit/phase.ts';
import { refusalTexts } from './refusal-texts.ts';

interface OwnMessageProps {
  /** The message that the host sees. */
  readonly message: string;
  readonly onMessage: (message: string) => Promise<Problem | null>;
}

/** One's own message to the host, which may be written anew as long as one waits: so a guest answers. */
export function OwnMessage({ message, onMessage }: OwnMessageProps) {
  const texts = useTexts();
  const { waiting, door } = texts;
  const [written, setWritten] = useState(message);
  const [isBusy, setBusy] = useState(false);
  const [isBad, setBad] = useState(false);
  // Another copy of this tab may have written: its words are shown here, unless others are being typed.
  const [sent, setSent] = useState(message);
  useEffect(() => {
    if (message !== sent && written === sent) setWritten(message);
    setSent(message);
  }, [message, sent, written]);
  const send = async (event: Event) => {
    event.preventDefault();
    if (isBusy || written === message) return;
    setBusy(true);
    const problem = await onMessage(written);
    setBusy(false);
    const isRefused = problem?.field === 'message';
    setBad(isRefused);
    if (isRefused) speak(door.messageBad);
    if (problem === null) speak(waiting.sent);
    else if (problem.field === null) tell(refusalTexts(texts, problem.code).text, 'bad');
  };
  return (
    <form onSubmit={send} noValidate>
      <Field label={waiting.yourMessage} hint={waiting.oneMessage} problem={isBad ? door.messageBad : null}>
        {(attributes) => (
          <div class="row">
            <input
              {...attributes}
              type="text"
              name="message"
              class="input grow"
              dir={directionOf(written)}
              maxLength={unitsFor(written, 500)}
              placeholder={door.messagePlaceholder}
              value={written}
              onInput={(event) => setWritten(event.currentTarget.value)}
            />
            <button type="submit" class="button main" aria-disabled={isBusy || written === message}>
              {waiting.send}
            </button>
          </div>
        )}
      </Field>
    </form>
  );
}
