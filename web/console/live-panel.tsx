import { useState } from 'preact/hooks';
import type { LiveStream, Store } from '../../packages/client/src/index.ts';
import { usePart } from '../store.ts';
import { useRoomTexts } from '../texts/room-texts.ts';
import { Field } from '../ui/field.tsx';
import type { RoomActions } from '../visit/actions/room-actions.ts';
import { nameOf } from '../visit/stay-news.ts';
import type { StayState } from '../visit/stay-state.ts';

interface LivePanelProps {
  readonly state: Store<Pick<StayState, 'liveStream'>>;
  readonly actions: RoomActions;
}

/** Starts and stops a live stream. The media side reports what is really on air. */
export function LivePanel({ state, actions }: LivePanelProps) {
  const texts = useRoomTexts();
  const stream = usePart(state, ({ liveStream }) => liveStream);
  const status = stream?.status ?? 'STOPPED';
  return (
    <section class="panel" aria-labelledby="live-title">
      <header class="panel-head">
        <h2 id="live-title">{texts.live.title}</h2>
        <span class={`chip${isOn(stream) ? ' chip-live' : ''}`}>{texts.live.status[status]}</span>
      </header>
      {stream !== null && isOn(stream) ? (
        <>
          <p class="note">{stream.destinations.join(', ')}</p>
          <p class="note">{texts.live.by(nameOf(stream.startedBy, texts))}</p>
          {stream.status === 'STOPPING' ? null : (
            <button type="button" class="button grave" onClick={() => void actions.stopLive(stream)}>
              {texts.live.stop}
            </button>
          )}
        </>
      ) : (
        <StartForm actions={actions} />
      )}
    </section>
  );
}

export function isOn(stream: LiveStream | null): boolean {
  return stream !== null && ['STARTING', 'LIVE', 'STOPPING'].includes(stream.status);
}

function StartForm({ actions }: { readonly actions: RoomActions }) {
  const { live } = useRoomTexts();
  const [destination, setDestination] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const start = async (event: Event) => {
    event.preventDefault();
    const isGood = /^(rtmps?|srt|https):\/\/[^\s/]+/i.test(destination.trim());
    setProblem(isGood ? null : live.bad);
    if (isGood) await actions.startLive(destination.trim());
  };
  return (
    <form onSubmit={start} noValidate>
      <Field label={live.destination} hint={live.hint} problem={problem}>
        {(attributes) => (
          <input
            {...attributes}
            type="url"
            class="input"
            autocomplete="off"
            spellcheck={false}
            placeholder="rtmps://live.example.com/app/key"
            value={destination}
            onInput={(event) => setDestination(event.currentTarget.value)}
          />
        )}
      </Field>
      <button type="submit" class="button">
        {live.start}
      </button>
    </form>
  );
}
