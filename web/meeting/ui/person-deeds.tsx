import { answersKnocks, type Participant } from '../../../packages/client/src/index.ts';
import { type AskKind, ask, asks, pendingOf } from '../../console/asks.ts';
import { askToBan, askToEject, askToReturn } from '../../console/person-menu.tsx';
import { useStore } from '../../store.ts';
import { useRoomTexts } from '../../texts/room-texts.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { PeopleActions } from '../../visit/actions/people-actions.ts';
import { isListener, type StayState } from '../../visit/stay-state.ts';
import type { CallPerson } from '../call-state.ts';
import { MeetingIcon } from './icons.tsx';
import { Choice } from './menu.tsx';
import { useMeetingTexts } from './texts.ts';
import { absenceOf, weaknessOf } from './tile.tsx';

/** May the viewer do anything to this person? Admins who are not owners may do nothing to owners. */
export function hasDeeds({ me }: StayState, person: Pick<CallPerson, 'isMe' | 'isHost'>): boolean {
  return answersKnocks(me) && !person.isMe && (me.isOwner || !person.isHost);
}

interface DeedsProps {
  readonly state: StayState;
  /** As the media server has them: what is on is what others get. */
  readonly person: CallPerson;
  readonly actions: PeopleActions;
}

/** All that a host may do to one person. */
export function PersonDeeds({ state, person, actions }: DeedsProps) {
  const participant = state.participants.find(({ id }) => id === person.id);
  if (participant === undefined) return null;
  const props = { state, person, participant, actions };
  return (
    <>
      <Who person={person} />
      <MediaDeeds {...props} />
      <RightsDeeds {...props} />
      <LeavingDeeds {...props} />
    </>
  );
}

function Who({ person }: { readonly person: CallPerson }) {
  const texts = useRoomTexts();
  const vouched = person.isVerified ? texts.common.verified : texts.common.unverified;
  const meeting = useMeetingTexts();
  const line = absenceOf(person, texts, meeting) ?? weaknessOf(person.quality, meeting);
  const facts = [person.isHost ? texts.common.host : vouched, line];
  return (
    <div class="float-who">
      <Avatar name={person.name} />
      <b>
        <bdi>{person.name}</bdi>
      </b>
      <span>{facts.filter((fact) => fact !== null).join(' · ')}</span>
    </div>
  );
}

type InRoom = DeedsProps & { readonly participant: Participant };

function MediaDeeds({ state, person, participant, actions }: InRoom) {
  const { person: texts } = useRoomTexts();
  const { person: more } = useMeetingTexts();
  const pending = pendingOf(useStore(asks), person);
  const { id, isHeard, isOffMedia, camera, screen } = person;
  const off = (kind: 'camera' | 'screen', medium: 'setVideo' | 'setScreenShare') => () =>
    void ask(id, kind, () => actions.switchOff(participant, medium));
  const maySpeak = participant.permissions.canSend.includes('AUDIO');
  const asking = (kind: AskKind) => (pending.includes(kind) ? more.asking : undefined);
  return (
    <>
      {isHeard ? (
        <Choice
          icon={<Icon name="micOff" />}
          label={texts.mute}
          hint={asking('mute')}
          onChoose={() => void ask(id, 'mute', () => actions.switchOff(participant, 'setAudio'))}
        />
      ) : null}
      {!isHeard && !isOffMedia && maySpeak && state.me.isOwner ? (
        <Choice
          icon={<Icon name="mic" />}
          label={texts.askUnmute}
          hint={asking('unmute')}
          onChoose={() => void ask(id, 'unmute', () => actions.askToUnmute(participant))}
        />
      ) : null}
      <Choice
        icon={<Icon name="cameraOff" />}
        label={texts.cameraOff}
        isOff={camera === null}
        hint={camera === null ? more.cameraIsOff : asking('camera')}
        onChoose={off('camera', 'setVideo')}
      />
      <Choice
        icon={<MeetingIcon name="shareOff" />}
        label={texts.screenOff}
        isOff={screen === null}
        hint={screen === null ? more.sharesNothing : asking('screen')}
        onChoose={off('screen', 'setScreenShare')}
      />
    </>
  );
}

function RightsDeeds({ state, person, participant, actions }: InRoom) {
  const { person: texts } = useRoomTexts();
  const { person: more } = useMeetingTexts();
  const pending = pendingOf(useStore(asks), person);
  const listens = isListener(participant);
  const { isCoHost } = person;
  const speech = listens ? 'speak' : 'listen';
  const part = isCoHost ? 'noCoHost' : 'coHost';
  const asking = (kind: AskKind, hint?: string) => (pending.includes(kind) ? more.asking : hint);
  // If only owners may send, nobody else can be allowed to speak.
  const cannotSpeak = listens && state.room.ownerOnlyBroadcast && !participant.isOwner;
  const mayName = state.me.isOwner && !participant.isOwner;
  return (
    <>
      <hr />
      {cannotSpeak ? null : (
        <Choice
          icon={<Icon name="ear" />}
          label={listens ? texts.maySend : texts.receiveOnly}
          hint={asking(speech, listens ? undefined : more.listenHint)}
          onChoose={() => void ask(person.id, speech, () => actions.setMaySend(participant, listens))}
        />
      )}
      {mayName ? (
        <Choice
          icon={<MeetingIcon name="star" />}
          label={isCoHost ? more.endCoHost : more.coHost}
          hint={asking(part, isCoHost ? undefined : more.coHostHint)}
          onChoose={() => void ask(person.id, part, () => actions.setCoHost(participant, !isCoHost))}
        />
      ) : null}
    </>
  );
}

function LeavingDeeds({ state, participant, actions }: InRoom) {
  const texts = useRoomTexts();
  return (
    <>
      <hr />
      {participant.isOwner ? null : (
        <Choice
          icon={<MeetingIcon name="back" />}
          label={`${texts.person.toLobby}…`}
          onChoose={() => askToReturn(texts, participant, actions)}
        />
      )}
      <Choice
        icon={<Icon name="leave" />}
        label={`${texts.person.eject}…`}
        isGrave
        onChoose={() => askToEject(texts, participant, actions)}
      />
      <Choice
        icon={<MeetingIcon name="ban" />}
        label={`${texts.person.ban}…`}
        isGrave
        onChoose={() => askToBan(texts, participant, state.room, actions)}
      />
    </>
  );
}
