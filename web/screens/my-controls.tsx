import { useTexts } from '../texts/language.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import type { OwnActions, OwnMedia } from '../visit/actions/own-actions.ts';
import { nameOf } from '../visit/stay-news.ts';
import type { MediaWish, StayState } from '../visit/stay-state.ts';

/** The visitor's own microphone, camera and screen, as the service knows them; what a host asks for; and the button to leave. */
export function MyControls({ state, actions }: { readonly state: StayState; readonly actions: OwnActions }) {
  const texts = useTexts();
  const { me } = state;
  const may = me.permissions.canSend;
  return (
    <section class="controls" aria-label={texts.room.controls}>
      <div role="status">{state.wish === null ? null : <Wish wish={state.wish} actions={actions} />}</div>
      <div class="controls-row">
        <Toggle
          icon={me.audio ? 'mic' : 'micOff'}
          label={texts.room.mic}
          isOn={me.audio}
          isAllowed={may.includes('AUDIO')}
          onToggle={(audio) => actions.setMedia({ audio })}
        />
        <Toggle
          icon={me.video ? 'camera' : 'cameraOff'}
          label={texts.room.camera}
          isOn={me.video}
          isAllowed={may.includes('VIDEO')}
          onToggle={(video) => actions.setMedia({ video })}
        />
        <Toggle
          icon="screen"
          label={texts.room.screen}
          isOn={me.screenShare}
          isAllowed={may.includes('SCREEN_VIDEO')}
          onToggle={(screenShare) => actions.setMedia({ screenShare })}
        />
        <button type="button" class="control control-leave" onClick={() => actions.leave()}>
          <Icon name="leave" />
          <span>{texts.room.leave}</span>
        </button>
      </div>
    </section>
  );
}

function Toggle(props: {
  readonly icon: IconName;
  readonly label: string;
  readonly isOn: boolean;
  readonly isAllowed: boolean;
  readonly onToggle: (isOn: boolean) => Promise<void>;
}) {
  const { room } = useTexts();
  const { label, isOn, isAllowed } = props;
  return (
    <button
      type="button"
      class={`control${isOn ? ' is-on' : ''}`}
      aria-pressed={isOn}
      aria-label={label}
      aria-disabled={!isAllowed}
      title={isAllowed ? `${label}: ${isOn ? room.on : room.off}` : `${label}: ${room.notAllowed}`}
      onClick={() => {
        if (isAllowed) void props.onToggle(!isOn);
      }}
    >
      <Icon name={props.icon} />
      <span aria-hidden="true">{label}</span>
    </button>
  );
}

function Wish({ wish, actions }: { readonly wish: MediaWish; readonly actions: OwnActions }) {
  const texts = useTexts();
  const { mic, camera, screen } = texts.room;
  const what = [wish.audio ? mic : null, wish.video ? camera : null, wish.screenShare ? screen : null];
  const media: OwnMedia = {
    ...(wish.audio ? { audio: true } : {}),
    ...(wish.video ? { video: true } : {}),
    ...(wish.screenShare ? { screenShare: true } : {}),
  };
  const asked = what.filter((one) => one !== null).join(', ');
  return (
    <div class="wish">
      <p>{texts.room.asked(nameOf(wish.by, texts), asked)}</p>
      <div class="wish-answers">
        <button type="button" class="button main" onClick={() => void actions.setMedia(media)}>
          {texts.room.askedYes}
        </button>
        <button type="button" class="button" onClick={() => actions.dismissWish()}>
          {texts.room.askedNo}
        </button>
      </div>
    </div>
  );
}
