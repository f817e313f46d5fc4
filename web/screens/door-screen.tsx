import { useState } from 'preact/hooks';
import type { Access } from '../../packages/client/src/index.ts';
import { useNow } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import type { Texts } from '../texts/speak.ts';
import { formatCountdown, formatDuration } from '../texts/times.ts';
import type { ShownClaims } from '../token-claims.ts';
import { Arch } from '../ui/arch.tsx';
import { Field } from '../ui/field.tsx';
import { ScreenTitle, Stage } from '../ui/page-frame.tsx';
import type { JoinForm, KnockForm } from '../visit/door.ts';
import type { DoorHint, Problem } from '../visit/phase.ts';
import { Quote } from './quote.tsx';
import { refusalTexts } from './refusal-texts.ts';

interface DoorProps {
  readonly access: Access;
  readonly hint: DoorHint | null;
  readonly claims: ShownClaims;
  readonly rememberedName: string;
  readonly onJoin: (form: JoinForm) => Promise<Problem | null>;
  readonly onKnock: (form: KnockForm) => Promise<Problem | null>;
}

/** A field for the name, and a button to join or to knock. */
export function DoorScreen(props: DoorProps) {
  const texts = useTexts();
  const { access, claims } = props;
  const isOpen = access.level === 'FULL';
  const waitMs = useWaitToKnock(access);
  const [title, text] =
    waitMs > 0 ? [texts.askAgain.title, texts.askAgain.text] : titleFor(texts, isOpen, claims.isOwner);
  return (
    <Stage>
      <Arch state={isOpen ? 'open' : waitMs > 0 ? 'shut' : 'ajar'} />
      <section class="card">
        <ScreenTitle>{title}</ScreenTitle>
        <p class="lead">{props.hint === null ? text : texts.door[props.hint]}</p>
        {access.lobbyMessage === null || isOpen ? null : (
          <Quote label={texts.door.lobbyMessage} text={access.lobbyMessage} />
        )}
        <DoorForm {...props} isOpen={isOpen} waitMs={waitMs} />
      </section>
      {isOpen ? null : <OwnerThere isThere={access.ownerPresent} absent={texts.door.ownerAbsent} />}
    </Stage>
  );
}

function titleFor(texts: Texts, isOpen: boolean, isOwner: boolean): readonly [string, string] {
  if (!isOpen) return [texts.door.knockTitle, texts.door.knockText];
  return isOwner ? [texts.door.hostTitle, texts.door.hostText] : [texts.door.joinTitle, texts.door.joinText];
}

/** How long this person must wait before the next knock, in milliseconds. */
function useWaitToKnock({ knockAgainAt }: Access): number {
  const now = useNow(1000);
  return knockAgainAt === null ? 0 : Math.max(0, Date.parse(knockAgainAt) - now);
}

/** Is somebody in the room who can answer a knock? */
export function OwnerThere({ isThere, absent }: { readonly isThere: boolean; readonly absent: string }) {
  const texts = useTexts();
  return (
    <p class={`presence${isThere ? ' is-there' : ''}`} role="status">
      <span class="presence-dot" aria-hidden="true" />
      {isThere ? texts.door.ownerPresent : absent}
    </p>
  );
}

interface DoorFormProps extends DoorProps {
  readonly isOpen: boolean;
  readonly waitMs: number;
}

function DoorForm({ isOpen, waitMs, claims, rememberedName, onJoin, onKnock }: DoorFormProps) {
  const texts = useTexts();
  const [name, setName] = useState(rememberedName);
  const [message, setMessage] = useState('');
  const [isHidden, setHidden] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const shownName = claims.userName ?? name;
  const send = async (event: Event) => {
    event.preventDefault();
    if (isBusy || waitMs > 0) return;
    if (shownName.trim() === '') {
      setProblem({ code: 'NAME_MISSING', field: 'name', retryAfterSeconds: null });
      document.querySelector<HTMLInputElement>('[name="userName"]')?.focus();
      return;
    }
    setBusy(true);
    setProblem(await (isOpen ? onJoin({ name: shownName, isHidden }) : onKnock({ name: shownName, message })));
    setBusy(false);
  };
  return (
    <form onSubmit={send} noValidate>
      {claims.userName === null ? (
        <NameField name={name} problem={problemFor(texts, problem, 'name')} onName={setName} />
      ) : (
        <p class="as-name">{texts.door.asName(claims.userName)}</p>
      )}
      {isOpen ? null : (
        <MessageField message={message} problem={problemFor(texts, problem, 'message')} onMessage={setMessage} />
      )}
      {isOpen && claims.isOwner ? <HiddenChoice isHidden={isHidden} onHidden={setHidden} /> : null}
      <div role="alert">{problem?.field === null ? <FormProblem problem={problem} /> : null}</div>
      <button type="submit" class="button button-main button-wide" aria-disabled={isBusy || waitMs > 0}>
        {isBusy
          ? texts.door.busy
          : waitMs > 0
            ? texts.askAgain.in(formatCountdown(waitMs))
            : isOpen
              ? texts.door.join
              : texts.door.knock}
      </button>
    </form>
  );
}

function problemFor(texts: Texts, problem: Problem | null, field: 'name' | 'message'): string | null {
  if (problem?.field !== field) return null;
  if (problem.code === 'NAME_MISSING') return texts.door.nameMissing;
  return field === 'name' ? texts.door.nameBad : texts.door.messageBad;
}

function FormProblem({ problem }: { readonly problem: Problem }) {
  const texts = useTexts();
  const { title, text } = refusalTexts(texts, problem.code);
  const { retryAfterSeconds } = problem;
  return (
    <p class="form-problem">
      <strong>{title}.</strong>{' '}
      {retryAfterSeconds === null ? text : texts.waitFor.retryIn(formatDuration(retryAfterSeconds * 1000))}
    </p>
  );
}

function NameField(props: {
  readonly name: string;
  readonly problem: string | null;
  readonly onName: (name: string) => void;
}) {
  const texts = useTexts();
  return (
    <Field label={texts.door.name} problem={props.problem}>
      {(attributes) => (
        <input
          {...attributes}
          name="userName"
          type="text"
          class="input"
          autocomplete="name"
          required
          maxLength={128}
          placeholder={texts.door.namePlaceholder}
          value={props.name}
          onInput={(event) => props.onName(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

function MessageField(props: {
  readonly message: string;
  readonly problem: string | null;
  readonly onMessage: (message: string) => void;
}) {
  const texts = useTexts();
  return (
    <Field label={texts.door.message} aside={texts.door.optional} problem={props.problem}>
      {(attributes) => (
        <textarea
          {...attributes}
          name="message"
          class="input"
          rows={2}
          maxLength={500}
          placeholder={texts.door.messagePlaceholder}
          value={props.message}
          onInput={(event) => props.onMessage(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

function HiddenChoice(props: { readonly isHidden: boolean; readonly onHidden: (isHidden: boolean) => void }) {
  const texts = useTexts();
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={props.isHidden}
        onChange={(event) => props.onHidden(event.currentTarget.checked)}
      />
      <span>
        {texts.door.hidden}
        <span class="field-hint">{texts.door.hiddenHint}</span>
      </span>
    </label>
  );
}
