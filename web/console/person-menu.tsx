import type { Participant, Room } from '../../packages/client/src/index.ts';
import { useStore } from '../store.ts';
import { type RoomTexts, useRoomTexts } from '../texts/room-texts.ts';
import { confirm } from '../ui/confirm.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import type { PeopleActions } from '../visit/actions/people-actions.ts';
import { isCoHost, isListener, type StayState } from '../visit/stay-state.ts';
import { type AskKind, ask, askedOf, asks, pendingOf } from './asks.ts';
import { askForBan } from './ban-question.ts';
import { usePeopleTexts } from './people-texts.ts';

interface PersonMenuProps {
  readonly state: Pick<StayState, 'me' | 'room' | 'hasMedia'>;
  readonly person: Participant;
  readonly actions: PeopleActions;
}

/** What the viewer may do with somebody in the room. Admins who are not owners may do nothing to owners. */
export function PersonMenu({ state, person, actions }: PersonMenuProps) {
  const texts = useRoomTexts();
  const isMe = person.id === state.me.id;
  if (isMe || (person.isOwner && !state.me.isOwner)) return null;
  return (
    <Menu label={texts.person.more(person.userName)}>
      {state.hasMedia ? <SwitchItems state={state} person={person} actions={actions} /> : null}
      <RightsItems state={state} person={person} actions={actions} />
      <LeavingItems state={state} person={person} actions={actions} />
    </Menu>
  );
}

/** What was asked and is not so yet says so. */
function useAsking(person: Participant) {
  const { asking } = usePeopleTexts();
  const pending = pendingOf(useStore(asks), askedOf(person));
  return (kind: AskKind, hint?: string) => (pending.includes(kind) ? asking : hint);
}

function RightsItems({ state, person, actions }: PersonMenuProps) {
  const { person: texts } = useRoomTexts();
  const people = usePeopleTexts();
  const asking = useAsking(person);
  const listens = isListener(person);
  const [speech, part] = [listens ? 'speak' : 'listen', isCoHost(person) ? 'noCoHost' : 'coHost'] as const;
  return (
    <>
      {/* If only owners may send, nobody else can be allowed to speak. */}
      {listens && state.room.ownerOnlyBroadcast && !person.isOwner ? null : (
        <MenuItem
          label={listens ? texts.maySend : texts.receiveOnly}
          hint={asking(speech)}
          onChoose={() => void ask(person.id, speech, () => actions.setMaySend(person, listens))}
        />
      )}
      {state.me.isOwner && !person.isOwner ? (
        <MenuItem
          label={part === 'coHost' ? people.coHost : people.endCoHost}
          hint={asking(part, part === 'coHost' ? people.coHostHint : undefined)}
          onChoose={() => void ask(person.id, part, () => actions.setCoHost(person, part === 'coHost'))}
        />
      ) : null}
    </>
  );
}

/** What of theirs is on may be stopped, and what is off be asked for. */
function SwitchItems({ state, person, actions }: PersonMenuProps) {
  const { person: texts } = useRoomTexts();
  const asking = useAsking(person);
  const maySpeak = person.permissions.canSend.includes('AUDIO');
  const item = (label: string, kind: AskKind, doing: () => Promise<boolean>) => (
    <MenuItem label={label} hint={asking(kind)} onChoose={() => void ask(person.id, kind, doing)} />
  );
  return (
    <>
      {person.audio ? item(texts.mute, 'mute', () => actions.switchOff(person, 'setAudio')) : null}
      {!person.audio && maySpeak && state.me.isOwner
        ? item(texts.askUnmute, 'unmute', () => actions.askToUnmute(person))
        : null}
      {person.video ? item(texts.cameraOff, 'camera', () => actions.switchOff(person, 'setVideo')) : null}
      {person.screenShare ? item(texts.screenOff, 'screen', () => actions.switchOff(person, 'setScreenShare')) : null}
    </>
  );
}

function LeavingItems({ state, person, actions }: PersonMenuProps) {
  const texts = useRoomTexts();
  return (
    <>
      {person.isOwner ? null : (
        <MenuItem label={texts.person.toLobby} onChoose={() => askToReturn(texts, person, actions)} />
      )}
      <MenuItem label={texts.person.eject} isGrave onChoose={() => askToEject(texts, person, actions)} />
      <MenuItem label={texts.person.ban} isGrave onChoose={() => askToBan(texts, person, state.room, actions)} />
    </>
  );
}

/** The menu may have been that of somebody who stood there a moment before. */
export function askToReturn({ person: texts }: RoomTexts, person: Participant, actions: PeopleActions): void {
  confirm({
    title: texts.toLobby,
    text: texts.ejectText(person.userName),
    onYes: () => void actions.toLobby(person),
  });
}

export function askToEject({ person: texts }: RoomTexts, person: Participant, actions: PeopleActions): void {
  confirm({
    title: texts.eject,
    text: texts.ejectText(person.userName),
    onYes: () => void actions.eject(person),
  });
}

export function askToBan(texts: RoomTexts, person: Participant, { privacy }: Room, actions: PeopleActions): void {
  const { userName: name, verified: isVerified } = person;
  const isNameless = !isVerified && privacy === 'PUBLIC';
  const who = { name, yes: texts.person.ban, isVerified, isNameless, meets: null };
  askForBan(texts, who, (choice) => void actions.eject(person, choice));
}
