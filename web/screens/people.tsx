import { useMemo, useRef } from 'preact/hooks';
import { answersKnocks, type Participant, type Store } from '../../packages/client/src/index.ts';
import { askedOf, useAsks } from '../console/asks.ts';
import { usePeopleTexts } from '../console/people-texts.ts';
import { PersonMenu } from '../console/person-menu.tsx';
import { usePart } from '../store.ts';
import { type RoomTexts, useRoomTexts } from '../texts/room-texts.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { useKeptFocus } from '../ui/kept-focus.ts';
import { whenChanged } from '../ui/when-changed.tsx';
import type { PeopleActions } from '../visit/actions/people-actions.ts';
import { isCoHost, isListener, type StayState } from '../visit/stay-state.ts';

/** How many people are shown: of a meeting of thousands, the page shows the number and the first ones. */
const mostShown = 200;

const askedIn = ({ participants }: StayState) => participants.map(askedOf);

/** The people in the room, the visitor first. */
export function People({ state, actions }: { readonly state: Store<StayState>; readonly actions: PeopleActions }) {
  const texts = useRoomTexts();
  const all = usePart(state, ({ participants }) => participants);
  const me = usePart(state, (now) => now.me);
  const room = usePart(state, (now) => now.room);
  const hasMedia = usePart(state, (now) => now.hasMedia);
  const around = useMemo(() => ({ me, room, hasMedia }), [me, room, hasMedia]);
  const people = [...all.filter(({ id }) => id === me.id), ...all.filter(({ id }) => id !== me.id)];
  const list = useRef<HTMLUListElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useKeptFocus(list, heading, all);
  useAsks(state, askedIn);
  const isAdmin = answersKnocks(me);
  const someSound = people.some(({ isOwner, audio }) => !isOwner && audio);
  return (
    <section class="panel" aria-labelledby="people-title">
      <header class="panel-head">
        <h2 id="people-title" ref={heading} tabIndex={-1}>
          {texts.room.people}
          <span class="count quiet">{people.length}</span>
        </h2>
        {isAdmin && hasMedia && someSound ? (
          <button type="button" class="button" onClick={() => void actions.muteAll()}>
            {texts.person.muteAll}
          </button>
        ) : null}
      </header>
      <ul class="people" ref={list} aria-label={texts.room.peopleCount(people.length)}>
        {people.slice(0, mostShown).map((person) => (
          <Person key={person.id} {...{ person, around, actions, texts }} />
        ))}
      </ul>
      {people.length > mostShown ? <p class="note">{texts.common.andMore(people.length - mostShown)}</p> : null}
      {people.length <= 1 ? <p class="note">{texts.room.alone}</p> : null}
    </section>
  );
}

interface PersonProps {
  readonly person: Participant;
  readonly around: Pick<StayState, 'me' | 'room' | 'hasMedia'>;
  readonly actions: PeopleActions;
  readonly texts: RoomTexts;
}

const Person = whenChanged(function Person({ person, around, actions, texts }: PersonProps) {
  const { me, hasMedia } = around;
  const isLost = person.connection === 'RECONNECTING';
  return (
    <li class={`person${isLost ? ' is-lost' : ''}`}>
      <Avatar name={person.userName} isFaded={isLost} />
      <div class="person-who">
        <p class="person-name">
          <bdi class="clip">{person.userName}</bdi>
          {person.id === me.id ? <span class="person-me"> ({texts.common.you})</span> : null}
        </p>
        <p class="person-facts">
          {person.isOwner ? <span class="chip host">{texts.common.host}</span> : null}
          {person.isOwner ? null : <Vouched isVerified={person.verified} texts={texts} />}
          {isCoHost(person) ? <CoHost /> : null}
          {isListener(person) ? (
            <span class="chip">
              <Icon name="ear" />
              {texts.person.listenOnly}
            </span>
          ) : null}
          {isLost ? <span class="is-away">{texts.room.reconnecting}</span> : null}
        </p>
      </div>
      <div class="person-media">
        {hasMedia && !isListener(person) ? <OwnMedia person={person} texts={texts} /> : null}
      </div>
      {answersKnocks(me) ? <PersonMenu state={around} person={person} actions={actions} /> : null}
    </li>
  );
});

function CoHost() {
  return <span class="chip host">{usePeopleTexts().coHostMark}</span>;
}

/** Is the name confirmed by an invitation? It is said of everybody, all the time. */
function Vouched({ isVerified, texts: { common } }: { readonly isVerified: boolean; readonly texts: RoomTexts }) {
  return (
    <span class={`chip${isVerified ? ' good' : ''}`} title={isVerified ? common.verifiedHint : common.unverifiedHint}>
      <Icon name={isVerified ? 'shield' : 'doubt'} />
      {isVerified ? common.verified : common.unverified}
    </span>
  );
}

function OwnMedia({ person, texts }: Pick<PersonProps, 'person' | 'texts'>) {
  const { room } = texts;
  return (
    <>
      <State icon={person.audio ? 'mic' : 'micOff'} label={room.mic} isOn={person.audio} texts={texts} />
      <State icon={person.video ? 'camera' : 'cameraOff'} label={room.camera} isOn={person.video} texts={texts} />
      {person.screenShare ? <State icon="screen" label={room.screen} isOn texts={texts} /> : null}
    </>
  );
}

interface StateProps {
  readonly icon: IconName;
  readonly label: string;
  readonly isOn: boolean;
  readonly texts: RoomTexts;
}

function State(props: StateProps) {
  const { common, room } = props.texts;
  return (
    <span class={`state${props.isOn ? ' is-on' : ''}`}>
      <Icon name={props.icon} />
      <span class="unseen">{common.pair(props.label, props.isOn ? room.on : room.off)}</span>
    </span>
  );
}
