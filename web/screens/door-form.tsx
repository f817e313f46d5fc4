import { useLayoutEffect, useState } from 'preact/hooks';
import type { Access } from '../../packages/client/src/index.ts';
import { useTexts } from '../texts/language.ts';
import { formatDuration, formatLeft } from '../texts/times.ts';
import type { ShownClaims } from '../token-claims.ts';
import { Avatar } from '../ui/avatar.tsx';
import { directionOf, Field } from '../ui/field.tsx';
import { Icon } from '../ui/icons.tsx';
import { unitsFor } from '../ui/units.ts';
import type { JoinForm, KnockForm } from '../visit/door.ts';
import type { DoorHint, Problem } from '../visit/phase.ts';
import { refusalTexts } from './refusal-texts.ts';

/** What somebody has typed at the door. */
export interface Draft {
  readonly name: string;
  readonly message: string;
}

export interface DoorProps {
  readonly access: Access;
  readonly hint: DoorHint | null;
  readonly claims: ShownClaims;
  /** What was typed before, in this tab. */
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly onJoin: (form: JoinForm) => Promise<Problem | null>;
  readonly onKnock: (form: KnockForm) => Promise<Problem | null>;
}

interface DoorFormProps extends DoorProps {
  /** How long until one may knock, in milliseconds. */
  readonly waitMs: number;
}

export function DoorForm(props: DoorFormProps) {
  const { access, waitMs, claims, onDraft } = props;
  const isOpen = access.level === 'FULL';
  const [draft, setDraft] = useState(props.draft);
  const [isHidden, setHidden] = useState(false);
  const { isBusy, problem, times, send } = useSending(props, { ...draft, isHidden });
  const keep = (change: Partial<typeof draft>) => {
    const next = { ...draft, ...change };
    setDraft(next);
    onDraft(next);
  };
  return (
    <form onSubmit={send} noValidate>
      {claims.userName === null ? (
        <NameField name={draft.name} problem={problem} onName={(name) => keep({ name })} />
      ) : (
        <ComesAs name={claims.userName} />
      )}
      {isOpen ? null : (
        <MessageField message={draft.message} problem={problem} onMessage={(message) => keep({ message })} />
      )}
      {isOpen && claims.isOwner ? <HiddenChoice isHidden={isHidden} onHidden={setHidden} /> : null}
      <div class="form-problem-place" role="alert">
        {/* What is said twice is read out twice, and nothing moves meanwhile. */}
        {problem?.field === null ? <FormProblem key={times} problem={problem} /> : null}
      </div>
      <SendButton isOpen={isOpen} isBusy={isBusy} waitMs={waitMs} />
    </form>
  );
}

interface Filled {
  readonly name: string;
  readonly message: string;
  readonly isHidden: boolean;
}

const fields = { name: '[name="userName"]', message: '[name="message"]' } as const;

/** Sends the form once, and tells what stands against it. */
function useSending({ access, claims, waitMs, onJoin, onKnock }: DoorFormProps, { name, message, isHidden }: Filled) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [times, setTimes] = useState(0);
  const shownName = claims.userName ?? name;
  const send = async (event: Event) => {
    event.preventDefault();
    if (isBusy || waitMs > 0) return;
    if (shownName.trim() === '') {
      setProblem({ code: 'NAME_MISSING', field: 'name', retryAfterSeconds: null });
      return;
    }
    setBusy(true);
    const isOpen = access.level === 'FULL';
    setProblem(await (isOpen ? onJoin({ name: shownName, isHidden }) : onKnock({ name: shownName, message })));
    setTimes((times) => times + 1);
    setBusy(false);
  };
  // By then its description is there, which is read out with the field.
  useLayoutEffect(() => {
    if (problem?.field) document.querySelector<HTMLElement>(fields[problem.field])?.focus();
  }, [problem]);
  return { isBusy, problem, times, send };
}

/** It stays where it is, whatever it says: a second click meets nothing else. */
function SendButton(props: { readonly isOpen: boolean; readonly isBusy: boolean; readonly waitMs: number }) {
  const { door, askAgain } = useTexts();
  const { isOpen, isBusy, waitMs } = props;
  const ready = isOpen ? door.join : door.knock;
  const label = isBusy ? door.busy : waitMs > 0 ? askAgain.in(formatLeft(waitMs)) : ready;
  return (
    <button type="submit" class="button main tall wide num" aria-disabled={isBusy || waitMs > 0}>
      {label}
    </button>
  );
}

/** Who comes with an invitation that names them. */
function ComesAs({ name }: { readonly name: string }) {
  const { door } = useTexts();
  return (
    <p class="as">
      <Avatar name={name} />
      <span>
        {door.asName(name)}
        <br />
        <span class="chip good">
          <Icon name="shield" />
          {door.verifiedBy}
        </span>
      </span>
    </p>
  );
}

function FormProblem({ problem }: { readonly problem: Problem }) {
  const texts = useTexts();
  const { title, text } = refusalTexts(texts, problem.code);
  const { retryAfterSeconds } = problem;
  return (
    <p class="form-problem">
      <strong>{title}</strong>
      <br />
      {retryAfterSeconds === null ? text : texts.waitFor.retryIn(formatDuration(retryAfterSeconds * 1000))}
    </p>
  );
}

function NameField(props: {
  readonly name: string;
  readonly problem: Problem | null;
  readonly onName: (name: string) => void;
}) {
  const { door } = useTexts();
  const { name, problem } = props;
  const isMissing = problem?.code === 'NAME_MISSING';
  return (
    <Field label={door.name} problem={problem?.field !== 'name' ? null : isMissing ? door.nameMissing : door.nameBad}>
      {(attributes) => (
        <input
          {...attributes}
          name="userName"
          type="text"
          class="input"
          dir={directionOf(name)}
          autocomplete="name"
          required
          maxLength={unitsFor(name, 128)}
          placeholder={door.namePlaceholder}
          value={name}
          onInput={(event) => props.onName(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

function MessageField(props: {
  readonly message: string;
  readonly problem: Problem | null;
  readonly onMessage: (message: string) => void;
}) {
  const { door } = useTexts();
  return (
    <Field
      label={door.message}
      aside={door.optional}
      problem={props.problem?.field === 'message' ? door.messageBad : null}
    >
      {(attributes) => (
        <textarea
          {...attributes}
          name="message"
          class="input"
          dir={directionOf(props.message)}
          rows={1}
          maxLength={unitsFor(props.message, 500)}
          placeholder={door.messagePlaceholder}
          value={props.message}
          onInput={(event) => props.onMessage(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

function HiddenChoice(props: { readonly isHidden: boolean; readonly onHidden: (isHidden: boolean) => void }) {
  const { door } = useTexts();
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={props.isHidden}
        onChange={(event) => props.onHidden(event.currentTarget.checked)}
      />
      <span>
        {door.hidden}
        <span class="field-hint">{door.hiddenHint}</span>
      </span>
    </label>
  );
}
