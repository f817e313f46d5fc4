import { useRef, useState } from 'preact/hooks';
import type { KnockRequest } from '../../packages/client/src/index.ts';
import { useNow } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import type { Texts } from '../texts/speak.ts';
import { formatDuration } from '../texts/times.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icons.tsx';
import { useKeptFocus } from '../ui/kept-focus.ts';
import { Menu, MenuItem } from '../ui/menu.tsx';
import type { QueueActions } from '../visit/actions/queue-actions.ts';
import type { StayState } from '../visit/stay-state.ts';
import { askForBan } from './ban-question.ts';
import { ReplyForm } from './reply-form.tsx';

/** How many rows are shown: nobody reads further, and a flood must not make the page slow. */
const mostShown = 50;

/** The people who wait, oldest first, with the buttons that answer them. A knock that another owner decides disappears by itself. */
export function WaitingList({ state, queue }: { readonly state: StayState; readonly queue: QueueActions }) {
  const texts = useTexts();
  const all = state.waiting;
  const knocks = all.slice(0, mostShown);
  const list = useRef<HTMLUListElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useKeptFocus(list, heading, all);
  return (
    <section class={`panel queue${knocks.length > 0 ? ' is-called' : ''}`} aria-labelledby="queue-title">
      <header class="panel-head">
        <h2 id="queue-title" ref={heading} tabIndex={-1}>
          {texts.queue.title}
          {all.length > 0 ? <span class="count">{all.length}</span> : null}
        </h2>
        {knocks.length > 1 ? (
          <button type="button" class="button" onClick={() => void queue.admitAll(knocks)}>
            {texts.queue.admitAll(knocks.length)}
          </button>
        ) : null}
      </header>
      {knocks.length === 0 ? <NobodyWaits state={state} /> : null}
      <ul class="queue-list" ref={list}>
        {knocks.map((knock) => (
          <Waiting key={knock.id} knock={knock} queue={queue} />
        ))}
      </ul>
      {all.length > mostShown ? <p class="note">{texts.common.andMore(all.length - mostShown)}</p> : null}
    </section>
  );
}

function NobodyWaits({ state: { room } }: { readonly state: StayState }) {
  const { queue } = useTexts();
  const text =
    room.privacy === 'PUBLIC' ? queue.emptyPublic : room.enableKnocking ? queue.emptyText : queue.emptyClosed;
  return (
    <div class="empty">
      <svg class="empty-art" viewBox="0 0 64 56" aria-hidden="true" focusable="false">
        <path d="M10 54V30a22 22 0 0 1 44 0v24" />
        <path d="M20 54V31a12 12 0 0 1 24 0v23" />
        <path d="M2 54h60" />
      </svg>
      <p class="empty-title">{queue.empty}</p>
      <p>{text}</p>
    </div>
  );
}

function Waiting({ knock, queue }: { readonly knock: KnockRequest; readonly queue: QueueActions }) {
  const texts = useTexts();
  const [isReplying, setReplying] = useState(false);
  const name = knock.userName;
  return (
    <li class="waiting">
      <Avatar name={name} isFaded={knock.connection !== 'CONNECTED'} />
      <div class="waiting-who">
        <p class="waiting-name">{name}</p>
        <p class="waiting-facts">
          <Vouched isVerified={knock.verified} texts={texts} />
          <WaitedFor knock={knock} />
        </p>
        {knock.message === '' ? null : <p class="waiting-message">{knock.message}</p>}
        {knock.reply === null ? null : (
          <p class="waiting-reply">
            <span>{texts.queue.replied}:</span> {knock.reply}
          </p>
        )}
      </div>
      <Answers knock={knock} queue={queue} isReplying={isReplying} onReply={() => setReplying(!isReplying)} />
      {isReplying ? (
        <ReplyForm
          label={texts.queue.replyName(name)}
          onSend={async (reply) => {
            if (await queue.reply(knock, reply)) setReplying(false);
          }}
        />
      ) : null}
    </li>
  );
}

export function Vouched({ isVerified, texts }: { readonly isVerified: boolean; readonly texts: Texts }) {
  const { verified, unverified, verifiedHint, unverifiedHint } = texts.common;
  return (
    <span class={`chip${isVerified ? ' good' : ''}`} title={isVerified ? verifiedHint : unverifiedHint}>
      {isVerified ? <Icon name="shield" /> : null}
      {isVerified ? verified : unverified}
    </span>
  );
}

function WaitedFor({ knock }: { readonly knock: KnockRequest }) {
  const texts = useTexts();
  const now = useNow(10_000);
  const waitedMs = now - Date.parse(knock.requestedAt);
  if (knock.connection !== 'CONNECTED') return <span class="is-away">{texts.queue.away}</span>;
  return <span>{waitedMs < 10_000 ? texts.queue.justNow : texts.common.ago(formatDuration(waitedMs))}</span>;
}

function Answers(props: {
  readonly knock: KnockRequest;
  readonly queue: QueueActions;
  readonly isReplying: boolean;
  readonly onReply: () => void;
}) {
  const texts = useTexts();
  const { knock, queue } = props;
  const name = knock.userName;
  const ban = async () => {
    const meets = knock.verified ? null : await queue.countSameNetwork(knock);
    const yes = texts.queue.denyBan;
    askForBan(texts, { name, yes, isVerified: knock.verified, meets }, (choice) => void queue.deny(knock, choice));
  };
  return (
    <div class="answers">
      <button
        type="button"
        class="button main"
        aria-label={texts.queue.admitName(name)}
        onClick={() => void queue.admit(knock)}
      >
        {texts.queue.admit}
      </button>
      <button
        type="button"
        class="button"
        aria-label={texts.queue.denyName(name)}
        onClick={() => void queue.deny(knock)}
      >
        {texts.queue.deny}
      </button>
      <button
        type="button"
        class="button quiet only"
        aria-label={texts.queue.replyName(name)}
        title={texts.queue.reply}
        aria-expanded={props.isReplying}
        onClick={props.onReply}
      >
        <Icon name="chat" />
      </button>
      <Menu label={texts.queue.more(name)}>
        <MenuItem label={texts.queue.denyBan} isGrave onChoose={() => void ban()} />
      </Menu>
    </div>
  );
}
