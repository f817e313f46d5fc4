import type { ComponentChildren } from 'preact';
import { tryNow } from '../../network.ts';
import { usePart } from '../../store.ts';
import { useTexts } from '../../texts/language.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Call } from '../call.ts';
import type { CallRequest } from '../call-state.ts';
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

/** A host asks; nothing is switched on before one says so. */
function Request({ call, request }: { readonly call: Call; readonly request: CallRequest }) {
  const texts = useTexts();
  const meeting = useMeetingTexts();
  return (
    <Line>
      <span>{asked(request, request.by ?? texts.common.organiser, meeting)}</span>
      <span class="row">
        <button type="button" class="button main" onClick={() => call.acceptRequest()}>
          {meeting.switchOn}
        </button>
        <button type="button" class="button" onClick={() => call.declineRequest()}>
          {meeting.notNow}
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
