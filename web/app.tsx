import { useEffect } from 'preact/hooks';
import { alerts } from './alerts.ts';
import type { Kept } from './kept.ts';
import type { Place } from './place.ts';
import { DoorScreen } from './screens/door-screen.tsx';
import { ArrivingScreen, GoneScreen, ShutScreen, TroubleScreen, TurnedAwayScreen } from './screens/plain-screens.tsx';
import { endingTexts, refusalTexts } from './screens/refusal-texts.ts';
import { RoomScreen } from './screens/room-screen.tsx';
import { EnteringScreen, WaitingScreen } from './screens/waiting-screen.tsx';
import { useStore } from './store.ts';
import { useTexts } from './texts/language.ts';
import type { Texts } from './texts/speak.ts';
import { readClaims, type ShownClaims } from './token-claims.ts';
import { ConfirmDialog } from './ui/confirm.tsx';
import { Notices } from './ui/page-frame.tsx';
import type { Phase } from './visit/phase.ts';
import type { Visit } from './visit/visit.ts';

interface AppProps {
  readonly visit: Visit;
  readonly place: Place;
  readonly kept: Kept;
}

/** The page: one screen at a time, and the parts that all screens share. */
export function App({ visit, place, kept }: AppProps) {
  const texts = useTexts();
  const phase = useStore(visit.phase);
  const claims = readClaims(kept.get('token'));
  const title = titleOf(phase, texts, claims);
  useEffect(() => alerts.setTitle(`${title} · ${place.roomName}`), [title, place]);
  return (
    <>
      <Screen key={keyOf(phase)} phase={phase} visit={visit} kept={kept} claims={claims} />
      <Notices />
      <ConfirmDialog />
    </>
  );
}

interface ScreenProps extends Omit<AppProps, 'place'> {
  readonly phase: Phase;
  readonly claims: ShownClaims;
}

function Screen({ phase, visit, kept, claims }: ScreenProps) {
  const isConnected = useStore(visit.isConnected);
  const again = () => void visit.again();
  switch (phase.at) {
    case 'arriving':
      return <ArrivingScreen />;
    case 'trouble':
      return <TroubleScreen />;
    case 'door':
      return (
        <DoorScreen
          access={phase.access}
          hint={phase.hint}
          claims={claims}
          rememberedName={kept.get('name') ?? ''}
          onJoin={(form) => visit.join(form)}
          onKnock={(form) => visit.knock(form)}
        />
      );
    case 'shut':
      return <ShutScreen refusal={phase.refusal} onAgain={() => void visit.arrive()} />;
    case 'waiting':
      return <WaitingScreen knock={phase.knock} isConnected={isConnected} onWithdraw={() => visit.withdraw()} />;
    case 'entering':
      return <EnteringScreen isFull={phase.isFull} />;
    case 'turnedAway':
      return <TurnedAwayScreen knock={phase.knock} onAgain={again} />;
    case 'inside':
      return <RoomScreen stay={phase.stay} isConnected={isConnected} />;
    case 'gone':
      return <GoneScreen reason={phase.reason} by={phase.by} onAgain={again} />;
    default:
      return phase satisfies never;
  }
}

/** A door of another kind is another screen. The new form starts with the name that was remembered. */
function keyOf(phase: Phase): string {
  return phase.at === 'door' ? `door ${phase.access.level}` : phase.at;
}

function titleOf(phase: Phase, texts: Texts, { isOwner }: ShownClaims): string {
  switch (phase.at) {
    case 'arriving':
      return texts.common.loading;
    case 'trouble':
      return texts.connection.troubleTitle;
    case 'door':
      if (phase.access.level === 'LOBBY') return texts.door.knockTitle;
      return isOwner ? texts.door.hostTitle : texts.door.joinTitle;
    case 'shut':
      return refusalTexts(texts, phase.refusal.code).title;
    case 'waiting':
      return texts.waiting.tab;
    case 'entering':
      return phase.isFull ? texts.waiting.fullTitle : texts.waiting.admitted;
    case 'turnedAway':
      return endingTexts(texts, phase.knock).title;
    case 'inside':
      return texts.room.title;
    case 'gone':
      return texts.gone[phase.reason].title;
    default:
      return phase satisfies never;
  }
}
