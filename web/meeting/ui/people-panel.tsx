import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { answersKnocks } from '../../../packages/client/src/index.ts';
import { useStore } from '../../store.ts';
import { useRoomTexts } from '../../texts/room-texts.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { useKeptFocus } from '../../ui/kept-focus.ts';
import type { Stay } from '../../visit/stay.ts';
import type { StayState } from '../../visit/stay-state.ts';
import type { Call } from '../call.ts';
import type { CallPerson } from '../call-state.ts';
import { MenuButton } from './menu.tsx';
import { hasDeeds } from './person-deeds.tsx';
import { useMeetingTexts } from './texts.ts';
import { absenceOf } from './tile.tsx';

/** With this many people there is a search. */
const searchedFrom = 10;
/** Of a meeting of thousands the first ones are listed; the search finds the others. */
const mostShown = 200;

interface PeoplePanelProps {
  readonly stay: Stay;
  readonly state: StayState;
  readonly call: Call;
  readonly close: ComponentChildren;
}

/** Everybody who is in the room, with what they send: also those who are on no page of the pictures. */
export function PeoplePanel({ stay, state, call, close }: PeoplePanelProps) {
  const texts = useRoomTexts();
  const { people } = useStore(call.state);
  const [search, setSearch] = useState('');
  const list = useRef<HTMLUListElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useKeptFocus(list, heading, people);
  const wanted = search.trim().toLocaleLowerCase();
  const found = people.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  const mayMute = answersKnocks(state.me) && people.some(({ isHost, isHeard }) => !isHost && isHeard);
  return (
    <section class="side-page" aria-labelledby="people-panel-title">
      <header class="side-head">
        <h2 id="people-panel-title" ref={heading} tabIndex={-1}>
          {texts.room.people}
        </h2>
        <span class="count quiet">{people.length}</span>
        {close}
      </header>
      {people.length < searchedFrom ? null : <Search value={search} onSearch={setSearch} />}
      <ul class="members" ref={list} aria-label={texts.room.peopleCount(people.length)}>
        {found.slice(0, mostShown).map((person) => (
          <Member key={person.id} person={person} state={state} />
        ))}
      </ul>
      {found.length > mostShown ? <p class="side-note note">{texts.common.andMore(found.length - mostShown)}</p> : null}
      {found.length === 0 ? <p class="side-note note">{texts.queue.notFound(search)}</p> : null}
      {people.length <= 1 ? <p class="side-note note">{texts.room.alone}</p> : null}
      {mayMute ? (
        <footer class="side-foot">
          <button type="button" class="button" onClick={() => void stay.people.muteAll()}>
            {texts.person.muteAll}
          </button>
        </footer>
      ) : null}
    </section>
  );
}

function Search({ value, onSearch }: { readonly value: string; readonly onSearch: (text: string) => void }) {
  const { find } = useMeetingTexts();
  return (
    <label class="search side-search">
      <Icon name="search" />
      <input
        class="input"
        type="search"
        placeholder={find}
        aria-label={find}
        value={value}
        onInput={(event) => onSearch(event.currentTarget.value)}
      />
    </label>
  );
}

function Member({ person, state }: { readonly person: CallPerson; readonly state: StayState }) {
  const texts = useRoomTexts();
  const { name, isMe, isHost, isCoHost, isAway, isListener } = person;
  const meeting = useMeetingTexts();
  const absence = absenceOf(person, texts, meeting);
  return (
    <li class={`member${isAway ? ' is-lost' : ''}`}>
      <Avatar name={name} />
      <div class="member-who">
        <p class="member-name">
          <bdi class="clip">{name}</bdi>
          {isMe ? <span class="soft">({texts.common.you})</span> : null}
        </p>
        <p class="member-facts">
          {isHost ? <span class="chip host">{texts.common.host}</span> : <Vouched isVerified={person.isVerified} />}
          {isCoHost ? <span class="chip host">{meeting.person.coHostMark}</span> : null}
          {isListener ? <span class="chip">{texts.person.listenOnly}</span> : null}
          {absence === null ? null : <span class="is-away">{absence}</span>}
        </p>
      </div>
      {isListener ? null : <Media person={person} />}
      {hasDeeds(state, person) ? (
        <MenuButton name="person" personId={person.id} class="button quiet only" label={texts.person.more(name)}>
          <Icon name="more" />
        </MenuButton>
      ) : null}
    </li>
  );
}

function Vouched({ isVerified }: { readonly isVerified: boolean }) {
  const { common } = useRoomTexts();
  return (
    <span class={`chip${isVerified ? ' good' : ''}`} title={isVerified ? common.verifiedHint : common.unverifiedHint}>
      <Icon name={isVerified ? 'shield' : 'doubt'} />
      {isVerified ? common.verified : common.unverified}
    </span>
  );
}

function Media({ person }: { readonly person: CallPerson }) {
  const { room } = useRoomTexts();
  return (
    <span class="member-media">
      {person.screen === null ? null : <State icon="screen" label={room.screen} isOn />}
      <State icon={person.isHeard ? 'mic' : 'micOff'} label={room.mic} isOn={person.isHeard} />
      <State icon={person.camera === null ? 'cameraOff' : 'camera'} label={room.camera} isOn={person.camera !== null} />
    </span>
  );
}

function State(props: { readonly icon: IconName; readonly label: string; readonly isOn: boolean }) {
  const { common, room } = useRoomTexts();
  return (
    <span class={`state${props.isOn ? ' is-on' : ''}`}>
      <Icon name={props.icon} />
      <span class="unseen">{common.pair(props.label, props.isOn ? room.on : room.off)}</span>
    </span>
  );
}
