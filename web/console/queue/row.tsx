import { Component, type ComponentChildren, type TargetedMouseEvent } from 'preact';
import { useCallback, useRef, useState } from 'preact/hooks';
import type { KnockRequest } from '../../../packages/client/src/index.ts';
import { tell } from '../../notices.ts';
import { serviceNow, usePart } from '../../store.ts';
import type { RoomTexts } from '../../texts/room-texts.ts';
import { formatDuration } from '../../texts/times.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { clockOf } from '../../ui/shared-clock.ts';
import type { QueueActions } from '../../visit/actions/queue-actions.ts';
import { askForBan } from '../ban-question.ts';
import { readDraft } from '../drafts.ts';
import { ReplyForm } from '../reply-form.tsx';
import type { Desk } from './desk.ts';
import { pressOf } from './press.ts';
import { isOpen, isUndoable, type Row } from './queue.ts';
import type { RowElements } from './row-elements.ts';
import { standingText } from './standing-text.ts';
import { UndoClock } from './undo-clock.tsx';

interface RowProps {
  readonly row: Row;
  /** With all that can be done in it; else a name and a message alone. */
  readonly isWhole: boolean;
  readonly desk: Desk;
  readonly elements: RowElements;
  readonly actions: QueueActions;
  readonly texts: RoomTexts;
  /** Called once somebody is decided, before their row is drawn again, so that the focus goes on from it. */
  readonly onDecided: (element: HTMLElement) => void;
}

/** One of those who wait. A row is drawn again only when it has changed: of a thousand, one changes at a time. */
export class QueueRow extends Component<RowProps> {
  override shouldComponentUpdate({ row, isWhole, texts }: RowProps): boolean {
    return isWhole !== this.props.isWhole || texts !== this.props.texts || looksOther(row, this.props.row);
  }

  override render() {
    return <RowBody {...this.props} />;
  }
}

/** What else is known of a row, such as whether it was on screen, does not show in it. */
function looksOther(row: Row, before: Row): boolean {
  return (['knock', 'standing', 'denial', 'isSelected'] as const).some((part) => row[part] !== before[part]);
}

function RowBody(props: RowProps) {
  const { row, isWhole, desk, elements, actions, texts } = props;
  const { knock, standing } = row;
  // What was being typed is open again after a reload.
  const [isReplying, setReplying] = useState(() => readDraft(knock.id) !== '');
  const isGone = standing.is === 'OVER';
  const kind = isOpen(row) ? (row.isSelected ? ' is-picked' : '') : isGone ? ' is-gone' : ' is-done';
  const [isTyping, setTyping] = useState(false);
  const isAsked = useRef(false);
  const place = useCallback((element: HTMLElement | null) => elements.put(knock.id, element), [elements, knock.id]);
  const reply = () => {
    isAsked.current = !isReplying;
    setReplying(!isReplying);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: its list is not a `ul` either.
    <div role="listitem" ref={place} class={`ask${kind}${isWhole ? '' : ' is-bare'}`} data-knock={knock.id}>
      {isWhole && isOpen(row) ? <Tick {...{ row, desk, texts }} /> : <Avatar name={knock.userName} isFaded={isGone} />}
      <Who {...{ row, isWhole, texts }} />
      <Acts {...props} onReply={reply} />
      {knock.message === '' ? null : <Message {...{ row, isWhole, texts, isReplying }} onReply={reply} />}
      {knock.reply === null ? null : (
        <p class="replied">
          <span>{texts.queue.replied}</span> <bdi>{knock.reply}</bdi>
        </p>
      )}
      {/* Somebody else may decide meanwhile: what is typed must not land on the keys that decide. */}
      {isWhole && isReplying && (isOpen(row) || isTyping) ? (
        <ReplyForm
          label={texts.queue.replyName(knock.userName)}
          draftOf={knock.id}
          isAsked={isAsked}
          onTyping={setTyping}
          onClose={() => setReplying(false)}
          onSend={async (text) => {
            const isSent = await actions.reply(knock, text);
            if (isSent) setReplying(false);
            return isSent;
          }}
        />
      ) : null}
    </div>
  );
}

function Tick({ row: { knock, isSelected }, desk, texts: { queue } }: Pick<RowProps, 'row' | 'desk' | 'texts'>) {
  return (
    <label
      class="tick"
      onClickCapture={(event) => {
        if (!desk.mayTick(knock.id, pressOf(event))) event.preventDefault();
      }}
    >
      <Avatar name={knock.userName} isFaded={knock.connection !== 'CONNECTED'} />
      <input
        type="checkbox"
        checked={isSelected}
        aria-label={queue.select(knock.userName)}
        onChange={(event) => desk.take({ is: 'SELECTED', id: knock.id, isSelected: event.currentTarget.checked })}
      />
      <span class="box">
        <Icon name="check" />
      </span>
    </label>
  );
}

function Who({ row, isWhole, texts }: Pick<RowProps, 'row' | 'isWhole' | 'texts'>) {
  const { knock } = row;
  const said = standingText(row, texts);
  return (
    <div class="who">
      <p class="name">
        <bdi>{knock.userName}</bdi>
        {knock.verified ? (
          <span title={texts.common.verifiedHint}>
            <Icon name="shield" />
            <span class="unseen">{texts.common.verified}</span>
          </span>
        ) : null}
      </p>
      {said === null ? (
        <p class="info">{isWhole ? <Waited knock={knock} texts={texts} /> : facts(knock, texts, null)}</p>
      ) : (
        <p class="info is-over">
          {/* It keeps the lines that it had. */}
          <span class="is-place" aria-hidden="true">
            {facts(knock, texts, texts.queue.justNow)}
          </span>
          <span>{said}</span>
        </p>
      )}
    </div>
  );
}

/** How often it is looked for how long somebody has waited, in milliseconds. */
const lookMs = 10_000;
const minuteMs = 60_000;
const waitClock = clockOf(lookMs, serviceNow);

function Waited({ knock, texts }: { readonly knock: KnockRequest; readonly texts: RoomTexts }) {
  // As it is said: in steps of ten seconds, and from a minute upwards in minutes.
  const waitedMs = usePart(waitClock, (now) => {
    const sinceMs = now - Date.parse(knock.requestedAt);
    const stepMs = sinceMs < minuteMs ? lookMs : minuteMs;
    return Math.floor(sinceMs / stepMs) * stepMs;
  });
  const away = knock.connection === 'CONNECTED' ? null : <strong>{texts.queue.away}</strong>;
  const time = waitedMs < lookMs ? texts.queue.justNow : formatDuration(waitedMs);
  return facts(knock, texts, away ?? time);
}

/** Whether they are who they say, and since when they wait. */
function facts(
  { verified: isVerified }: KnockRequest,
  { common: { unverified } }: RoomTexts,
  since: ComponentChildren,
): ComponentChildren {
  if (isVerified) return since;
  return since === null ? unverified : [`${unverified} · `, since];
}

interface MessageProps extends Pick<RowProps, 'row' | 'isWhole' | 'texts'> {
  readonly isReplying: boolean;
  readonly onReply: () => void;
}

/** It stays where it is when the person is decided, so that the row keeps its height. */
function Message({ row, isWhole, texts, isReplying, onReply }: MessageProps) {
  const { message, userName } = row.knock;
  return (
    <p class="said">
      <span dir="auto">{message}</span>
      {isWhole && isOpen(row) ? (
        <button
          type="button"
          class="button quiet"
          aria-label={texts.queue.replyName(userName)}
          aria-expanded={isReplying}
          onClick={onReply}
        >
          {texts.queue.reply}
        </button>
      ) : (
        <span class="button quiet is-place" aria-hidden="true">
          {texts.queue.reply}
        </span>
      )}
    </p>
  );
}

interface ActsProps extends RowProps {
  readonly onReply: () => void;
}

/** Its place is as large as that of the choices, whatever stands there: the row keeps its height, and its words their lines. */
function Acts(props: ActsProps) {
  if (props.isWhole && isOpen(props.row)) return <Choices {...props} />;
  const { queue } = props.texts;
  return (
    <div class="acts-place">
      <div class="acts is-place" aria-hidden="true">
        <span class="button main">{queue.admit}</span>
        <span class="button quiet deny">{queue.deny}</span>
        <span class="button quiet only" />
      </div>
      {isUndoable(props.row) ? <TakeBack {...props} /> : null}
    </div>
  );
}

function Choices({ row: { knock }, desk, actions, texts, onDecided, onReply }: ActsProps) {
  const { id, userName: name, verified: isVerified } = knock;
  const ban = async () => {
    const meets = isVerified ? null : await actions.countSameNetwork(knock);
    askForBan(texts, { name, yes: texts.queue.denyBan, isVerified, meets }, (denial) => {
      if (desk.deny([id], 'KEY', denial)) return;
      // Somebody may have decided it while the question stood there.
      const now = desk.queue.get().rows.find((row) => row.knock.id === id);
      tell(texts.common.pair(name, (now && standingText(now, texts)) ?? texts.queue.gone), 'bad');
    });
  };
  const deny = (event: TargetedMouseEvent<HTMLButtonElement>) => {
    if (desk.deny([id], pressOf(event))) onDecided(event.currentTarget);
  };
  return (
    <div class="acts">
      <button type="button" hidden data-reply onClick={onReply} />
      <button
        type="button"
        class="button main"
        data-admit
        aria-label={texts.queue.admitName(name)}
        onClick={(event) => {
          if (desk.admit([id], pressOf(event))) onDecided(event.currentTarget);
        }}
      >
        {texts.queue.admit}
      </button>
      <button type="button" class="button quiet deny" data-deny aria-label={texts.queue.denyName(name)} onClick={deny}>
        {texts.queue.deny}
      </button>
      <Menu label={texts.queue.more(name)}>
        <MenuItem label={texts.queue.replyName(name)} onChoose={onReply} />
        <MenuItem label={texts.queue.deny} isNarrow onChoose={deny} />
        <MenuItem label={texts.queue.denyBan} isGrave onChoose={() => void ban()} />
      </Menu>
    </div>
  );
}

function TakeBack({ row: { knock, standing }, desk, texts }: RowProps) {
  return (
    <div class="acts">
      {'until' in standing ? <UndoClock until={standing.until} undoMs={desk.queue.get().undoMs} /> : null}
      <button
        type="button"
        class="button"
        aria-label={texts.queue.undoName(knock.userName)}
        onClick={(event) => desk.undo([knock.id], pressOf(event))}
      >
        {texts.queue.undo}
      </button>
    </div>
  );
}
