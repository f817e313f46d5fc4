import '../../../web/styles/index.css';
import { render } from 'preact';
import { createStore, type RoomView, type Session } from '../../../packages/client/src/index.ts';
import type { Call } from '../../../web/meeting/call.ts';
import { MeetingScreen } from '../../../web/meeting/ui/meeting-screen.tsx';
import { useStore } from '../../../web/store.ts';
import { ConfirmDialog } from '../../../web/ui/confirm.tsx';
import { Notices } from '../../../web/ui/page-frame.tsx';
import { Stay } from '../../../web/visit/stay.ts';
import { paintedStream } from './painted.ts';
import { crowd, type Play, type Scene, stage } from './scene.ts';

declare global {
  interface Window {
    play: Play;
  }
}

// A meeting in which nothing is real but the page: what it shows is what the test says, and what it asks for is noted.

const asked: string[] = [];
const note =
  (name: string) =>
  (...values: readonly unknown[]) => {
    asked.push([name, ...values.map((value) => JSON.stringify(value))].join(' '));
    return Promise.resolve({ isDone: true as const, value: {} });
  };

const viewOf = ({ room, participants, waiting, isLive, call }: Scene): RoomView => {
  const me = participants.find(({ id }) => id === call.people.find(({ isMe }) => isMe)?.id) ?? participants[0];
  if (me === undefined) throw new Error('a scene has somebody in it');
  return {
    ...{ room, me, participants, waiting, state: 'OPEN', hearsEvents: true, leaveReason: null, error: null },
    liveStream: isLive
      ? {
          ...{ id: 'live', status: 'LIVE', destinations: ['rtmps://live.example.com/app'], endedAt: null, error: null },
          startedAt: '2026-01-01T00:00:00.000Z',
          startedBy: { kind: 'SERVICE', name: null },
        }
      : null,
  };
};

const scene = createStore<Scene>(stage({ people: crowd(1) }));
const view = createStore<RoomView>(viewOf(scene.get()));

const actions = [
  ...['admit', 'deny', 'admitAll', 'denyAll', 'reply', 'recall', 'countSameNetwork'],
  ...['updateParticipant', 'updateParticipants', 'eject', 'returnToLobby', 'liftBan', 'updateMyMedia', 'leave'],
  ...['setPrivacy', 'updateRoom', 'startLiveStream', 'stopLiveStream'],
];
const session = {
  ...Object.fromEntries(actions.map((name) => [name, note(name)])),
  view,
  meeting: createStore({ mediaGrant: '', media: null, meetingUrl: null }),
  onEvent: () => () => undefined,
  readBans: () => Promise.resolve([]),
  readRecord: () => Promise.resolve({ events: [], hasMore: false }),
  // The test's stand-in for a service: of a session it has what a stay asks.
} as unknown as Session;

const callState = createStore(scene.get().call);
const call: Call = {
  state: callState,
  toggle: (medium) => void note('toggle')(medium),
  choose: (kind, id) => void note('choose')(kind, id),
  startSound: () => void note('startSound')(),
  attach: (key, element) => {
    element.srcObject = paintedStream(key);
    return () => {
      element.srcObject = null;
    };
  },
  show: (keys) => void note('show')(keys),
  acceptRequest: () => void note('acceptRequest')(),
  declineRequest: () => void note('declineRequest')(),
  rejoin: () => void note('rejoin')(),
};

const stay = new Stay({
  ...{ session, isHidden: false, onOver: () => undefined, onConnection: () => undefined },
  loadMeeting: () => Promise.resolve(),
});
stay.start();
const show = (shown: Scene) => {
  scene.set(shown);
  view.set(viewOf(shown));
  callState.set(shown.call);
};

function Page() {
  const { isConnected } = useStore(scene);
  return (
    <>
      <MeetingScreen {...{ stay, call, isConnected }} />
      <ConfirmDialog />
      <Notices />
    </>
  );
}

const root = document.getElementById('app') ?? document.body;
render(<Page />, root);
window.play = {
  asked,
  show,
  begin: (shown) => {
    render(null, root);
    asked.length = 0;
    show(shown);
    render(<Page />, root);
  },
};
