import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useTexts } from '../texts/language.ts';

export function ReplyForm(props: { readonly label: string; readonly onSend: (reply: string) => Promise<void> }) {
  const texts = useTexts();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [reply, setReply] = useState('');
  useEffect(() => input.current?.focus(), []);
  return (
    <form
      class="reply-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (reply.trim() !== '') void props.onSend(reply);
      }}
    >
      <label class="unseen" for={id}>
        {props.label}
      </label>
      <input
        ref={input}
        id={id}
        class="input"
        maxLength={500}
        placeholder={texts.queue.replyPlaceholder}
        value={reply}
        onInput={(event) => setReply(event.currentTarget.value)}
      />
      <button type="submit" class="button">
        {texts.queue.send}
      </button>
    </form>
  );
}
