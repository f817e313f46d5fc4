import type { ComponentChildren } from 'preact';
import { tryNow } from '../../network.ts';
import { usePart } from '../../store.ts';
import { useTexts } from '../../texts/language.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Call } from '../call.ts';
import { type CallRequest, isHeldBack } from '../call-state.ts';
import { useLasting } from './hooks.ts';
import { type MeetingTexts, useMeetingTexts } from './texts.ts';

/** A line that comes back at once is not told of. Milliseconds. */
const quietMs = 2_000;

interface LinesProps {
  readonly call: Call;
  /** The service's line, or the media server's, is lost and looked for. */
  readonly isLost: boolean;
  /** Is the media server's there? Then it is the service's alone that is lost. */
  readonly goesOn: boolean;
}

/** What has to be known or answered at once, above the pictures and not over them. */
export function Lines({ call, isLost, goesOn }: LinesProps) {
  const texts = useTexts();
  const meeting = useMeetingTexts();
  const isTold = useLasting(isLost, quietMs);
  const isBlocked = usePart(call.state, ({ isSoundBlocked, line }) => isSoundBlocked && line.at === 'connected');
  const request = usePart(call.state, (state) => state.request);
  const again = () => {
    tryNow();
    call.rejoin();
  };
  return (
    <div class="lines">
      <div role="alert">
        {isTold ? (
          <Line>
            <span>{goesOn ? meeting.serviceAway : texts.connection.lost}</span>
            <button type="button" class="button" onClick={again}>
              {meeting.tryNow}
            </button>
          </Line>
        ) : null}
        {request === null ? null : <Request call={call} request={request} />}
        {isBlocked ? (
          <Line>
            <button type="button" class="button main" onClick={() => call.startSound()}>
              <Icon name="speaker" />
              {meeting.tap}
            </button>
          </Line>
        ) : null}
      </div>
    </div>
  );
}

function Line({ children }: { readonly children: ComponentChildren }) {
  return <div class="sayline">{children}</div>;
}

/** A host asks; nothing is switched on before one says so. What the system holds back comes on by itself, and no press brings it. */
function Request({ call, request }: { readonly call: Call; readonly request: CallRequest }) {
  const texts = useTexts();
  const meeting = useMeetingTexts();
  const isMicHeld = usePart(call.state, ({ microphone }) => request.audio && isHeldBack(microphone));
  const isCameraHeld = usePart(call.state, ({ camera }) => request.video && isHeldBack(camera));
  const { audio, video } = request;
  const isInVain = (audio || video) && audio === isMicHeld && video === isCameraHeld;
  return (
    <Line>
      <span>
        {asked(request, request.by ?? texts.common.organiser, meeting)}
        {isMicHeld ? ` ${meeting.micOff.heldBack}` : null}
        {isCameraHeld ? ` ${meeting.cameraOff.heldBack}` : null}
      </span>
      <span class="row">
        {isInVain ? null : (
          <button type="button" class="button main" onClick={() => call.acceptRequest()}>
            {meeting.switchOn}
          </button>
        )}
        <button type="button" class="button" onClick={() => call.declineRequest()}>
          {isInVain ? texts.common.close : meeting.notNow}
        </button>
      </span>
    </Line>
  );
}

function asked({ audio, video }: CallRequest, by: string, meeting: MeetingTexts): string {
  if (audio && video) return meeting.asksBoth(by);
  if (audio) return meeting.asksMic(by);
  return video ? meeting.asksCamera(by) : meeting.asksScreen(by);
}
