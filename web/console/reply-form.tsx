import type { RefObject, TargetedKeyboardEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useRoomTexts } from '../texts/room-texts.ts';
import { unitsFor } from '../ui/units.ts';
import { keepDraft, readDraft } from './drafts.ts';

interface ReplyFormProps {
  readonly label: string;
  /** Whose answer it is: what is typed outlives a reload of the page. */
  readonly draftOf: string;
  /** Has the host just asked for it? Then it takes the focus, once; what opens by itself takes it from nobody. */
  readonly isAsked: RefObject<boolean>;
  /** Told when the focus comes into the form, and when it leaves it. */
  readonly onTyping: (isTyping: boolean) => void;
  /** What was typed stays, and is there when it is opened again. */
  readonly onClose: () => void;
  /** Answers whether it was sent. */
  readonly onSend: (reply: string) => Promise<boolean>;
}

export function ReplyForm(props: ReplyFormProps) {
  const texts = useRoomTexts();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [reply, setReply] = useState(() => readDraft(props.draftOf));
  const { isAsked } = props;
  useEffect(() => {
    if (isAsked.current !== true) return;
    isAsked.current = false;
    input.current?.focus();
  }, [isAsked]);
  const isSending = useRef(false);
  const send = async () => {
    // On a slow line Enter is pressed twice.
    if (isSending.current) return;
    isSending.current = true;
    const isSent = await props.onSend(reply);
    isSending.current = false;
    if (isSent) keepDraft(props.draftOf, '');
  };
  const type = (text: string) => {
    setReply(text);
    keepDraft(props.draftOf, text);
  };
  return (
    <form
      class="reply-form"
      onFocusIn={() => props.onTyping(true)}
      onFocusOut={() => props.onTyping(false)}
      onKeyDown={(event) => closeByKey(event, props.onClose)}
      onSubmit={(event) => {
        event.preventDefault();
        if (reply.trim() !== '') void send();
      }}
    >
      <label class="unseen" for={id}>
        {props.label}
      </label>
      <input
        ref={input}
        id={id}
        class="input"
        maxLength={unitsFor(reply, 500)}
        placeholder={texts.queue.replyPlaceholder}
        value={reply}
        onInput={(event) => type(event.currentTarget.value)}
      />
      <button type="submit" class="button">
        {texts.queue.send}
      </button>
    </form>
  );
}

/** Escape goes back to where the form was opened. It closes this, and nothing around it. */
function closeByKey(event: TargetedKeyboardEvent<HTMLFormElement>, close: () => void): void {
  if (event.key !== 'Escape' || event.isComposing) return;
  event.preventDefault();
  event.stopPropagation();
  const row = event.currentTarget.closest('[data-knock]');
  const opener = row?.querySelector<HTMLElement>('.said button') ?? row?.querySelector<HTMLElement>('.menu > button');
  opener?.focus();
  close();
}
