import { useRef } from 'preact/hooks';
import { answersKnocks, type Participant } from '../../packages/client/src/index.ts';
import { PersonMenu } from '../console/person-menu.tsx';
import { useTexts } from '../texts/language.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { useKeptFocus } from '../ui/kept-focus.ts';
import type { PeopleActions } from '../visit/actions/people-actions.ts';
import { isListener, type StayState } from '../visit/stay-state.ts';

/** How many people are shown: of a meeting of thousands, the page shows the number and the first ones. */
const mostShown = 200;

/** The people in the room, the visitor first. */
export function People({ state, actions }: { readonly state: StayState; readonly actions: PeopleActions }) {
  const texts = useTexts();
  const all = state.participants;
  const people = [...all.filter(({ id }) => id === state.me.id), ...all.filter(({ id }) => id !== state.me.id)];
  const list = useRef<HTMLUListElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useKeptFocus(list, heading, all);
  const isAdmin = answersKnocks(state.me);
  const someSound = people.some(({ isOwner, audio }) => !isOwner && audio);
  return (
    <section class="panel" aria-labelledby="people-title">
      <header class="panel-head">
        <h2 id="people-title" ref={heading} tabIndex={-1}>
          {texts.room.people}
          <span class="count quiet">{people.length}</span>
        </h2>
        {isAdmin && state.hasMedia && someSound ? (
          <button type="button" class="button" onClick={() => void actions.muteAll()}>
            {texts.person.muteAll}
          </button>
        ) : null}
      </header>
      <ul class="people" ref={list} aria-label={texts.room.peopleCount(people.length)}>
        {people.slice(0, mostShown).map((person) => (
          <Person
            key={person.id}
            person={person}
            isMe={person.id === state.me.id}
            hasMedia={state.hasMedia}
            menu={isAdmin ? <PersonMenu state={state} person={person} actions={actions} /> : null}
          />
        ))}
      </ul>
      {people.length > mostShown ? <p class="note">{texts.common.andMore(people.length - mostShown)}</p> : null}
      {people.length <= 1 ? <p class="note">{texts.room.alone}</p> : null}
    </section>
  );
}

function Person(props: {
  readonly person: Participant;
  readonly isMe: boolean;
  readonly hasMedia: boolean;
  readonly menu: preact.ComponentChild;
}) {
  const texts = useTexts();
  const { person, isMe } = props;
  const isLost = person.connection === 'RECONNECTING';
  return (
    <li class={`person${isLost ? ' is-lost' : ''}`}>
      <Avatar name={person.userName} isFaded={isLost} />
      <div class="person-who">
        <p class="person-name">
          <bdi class="clip">{person.userName}</bdi>
          {isMe ? <span class="person-me"> ({texts.common.you})</span> : null}
        </p>
        <p class="person-facts">
          {person.isOwner ? <span class="chip host">{texts.common.host}</span> : null}
          {person.isOwner ? null : <Vouched isVerified={person.verified} />}
          {isListener(person) ? (
            <span class="chip">
              <Icon name="ear" />
              {texts.person.listenOnly}
            </span>
          ) : null}
          {isLost ? <span class="is-away">{texts.room.reconnecting}</span> : null}
        </p>
      </div>
      <div class="person-media">{props.hasMedia && !isListener(person) ? <OwnMedia person={person} /> : null}</div>
      {props.menu}
    </li>
  );
}

/** Is the name confirmed by an invitation? It is said of everybody, all the time. */
function Vouched({ isVerified }: { readonly isVerified: boolean }) {
  const { common } = useTexts();
  return (
    <span class={`chip${isVerified ? ' good' : ''}`} title={isVerified ? common.verifiedHint : common.unverifiedHint}>
      <Icon name={isVerified ? 'shield' : 'doubt'} />
      {isVerified ? common.verified : common.unverified}
    </span>
  );
}

function OwnMedia({ person }: { readonly person: Participant }) {
  const texts = useTexts();
  return (
    <>
      <State icon={person.audio ? 'mic' : 'micOff'} label={texts.room.mic} isOn={person.audio} />
      <State icon={person.video ? 'camera' : 'cameraOff'} label={texts.room.camera} isOn={person.video} />
      {person.screenShare ? <State icon="screen" label={texts.room.screen} isOn /> : null}
    </>
  );
}

function State(props: { readonly icon: IconName; readonly label: string; readonly isOn: boolean }) {
  const texts = useTexts();
  return (
    <span class={`state${props.isOn ? ' is-on' : ''}`}>
      <Icon name={props.icon} />
      <span class="unseen">
        {props.label}: {props.isOn ? texts.room.on : texts.room.off}
      </span>
    </span>
  );
}
