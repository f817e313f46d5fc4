import '../styles/meeting-plain.css';
import { useEffect, useRef } from 'preact/hooks';
import { useStore } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import type { OwnActions } from '../visit/actions/own-actions.ts';
import type { Call, OwnMediumName } from './call.ts';
import type { CallPerson, CallState, PictureKey } from './call-state.ts';

interface PlainMeetingProps {
  readonly call: Call;
  readonly actions: OwnActions;
}

/** Everybody's pictures, and one's own controls. */
export function PlainMeeting({ call, actions }: PlainMeetingProps) {
  const { room } = useTexts();
  const state = useStore(call.state);
  const keys = state.people.flatMap(({ camera, screen }) => [camera?.key ?? [], screen?.key ?? []].flat());
  const shown = keys.join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same keys need not be shown again.
  useEffect(() => call.show(keys), [call, shown]);
  return (
    <section class="meeting" aria-label={room.title}>
      <Line call={call} state={state} />
      <ul class="tiles">
        {state.people.map((person) => (
          <Tile key={person.id} call={call} person={person} />
        ))}
      </ul>
      <div class="row">
        <Control call={call} state={state} name="microphone" label={room.mic} />
        <Control call={call} state={state} name="camera" label={room.camera} />
        <Control call={call} state={state} name="screen" label={room.screen} />
        <button type="button" class="button grave" onClick={() => actions.leave()}>
          <Icon name="leave" />
          {room.leave}
        </button>
      </div>
    </section>
  );
}

function Line({ call, state }: { readonly call: Call; readonly state: CallState }) {
  const { common, connection, otherTab, devices } = useTexts();
  const { line } = state;
  const isTaken = line.at === 'lost' && line.why === 'takenOver';
  return (
    <>
      <p role="status">
        {line.at === 'connecting' ? common.loading : null}
        {line.at === 'reconnecting' || (line.at === 'lost' && !isTaken) ? connection.lost : null}
        {isTaken ? otherTab.title : null}
      </p>
      {line.at === 'lost' ? (
        <button type="button" class="button" onClick={() => call.rejoin()}>
          {isTaken ? otherTab.use : common.tryAgain}
        </button>
      ) : null}
      {state.isSoundBlocked ? (
        <button type="button" class="button main" onClick={() => call.startSound()}>
          <Icon name="speaker" />
          {devices.speaker}
        </button>
      ) : null}
    </>
  );
}

function Tile({ call, person }: { readonly call: Call; readonly person: CallPerson }) {
  const { common } = useTexts();
  const { name, isMe, camera, screen, isHeard } = person;
  return (
    <li class="card">
      {camera === null ? null : <Picture key={camera.key} call={call} picture={camera.key} />}
      {screen === null ? null : <Picture key={screen.key} call={call} picture={screen.key} />}
      <p>
        <Icon name={isHeard ? 'mic' : 'micOff'} />
        <bdi>{name}</bdi>
        {isMe ? ` (${common.you})` : null}
      </p>
    </li>
  );
}

function Picture({ call, picture }: { readonly call: Call; readonly picture: PictureKey }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => (video.current === null ? undefined : call.attach(picture, video.current)), [call, picture]);
  return <video ref={video} class="picture" autoplay muted playsInline />;
}

const icons = {
  microphone: ['mic', 'micOff'],
  camera: ['camera', 'cameraOff'],
  screen: ['screen', 'screen'],
} as const satisfies Record<OwnMediumName, readonly [IconName, IconName]>;

interface ControlProps {
  readonly call: Call;
  readonly state: CallState;
  readonly name: OwnMediumName;
  readonly label: string;
}

function Control({ call, state, name, label }: ControlProps) {
  const { isAllowed, state: own } = state[name];
  if (!isAllowed) return null;
  return (
    <button
      type="button"
      class="button"
      aria-pressed={own === 'on'}
      aria-busy={own === 'starting'}
      onClick={() => call.toggle(name)}
    >
      <Icon name={icons[name][own === 'on' ? 0 : 1]} />
      {label}
    </button>
  );
}
