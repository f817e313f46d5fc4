import { useEffect } from 'preact/hooks';
import { alerts } from './alerts.ts';
import { look, meetingTitle } from './brand.ts';
import type { Kept } from './kept.ts';
import type { Place } from './place.ts';
import type { Draft } from './screens/door-form.tsx';
import { DoorScreen } from './screens/door-screen.tsx';
import { EnteringScreen, FullScreen, LetInScreen } from './screens/entering-screen.tsx';
import { ArrivingScreen, GoneScreen, MisnamedScreen, OtherTabScreen, TroubleScreen } from './screens/plain-screens.tsx';
import { endingTexts, refusalTexts } from './screens/refusal-texts.ts';
import { ShutScreen, TurnedAwayScreen } from './screens/shut-screen.tsx';
import { WaitingScreen } from './screens/waiting-screen.tsx';
import { useStore } from './store.ts';
import { useTexts } from './texts/language.ts';
import type { Texts } from './texts/speak.ts';
import { readClaims, type ShownClaims } from './token-claims.ts';
import { Notices } from './ui/page-frame.tsx';
import type { Phase } from './visit/phase.ts';
import type { Visit } from './visit/visit.ts';

/** What screens show of a visit, and what they let somebody do. */
export type ShownVisit = Pick<
  Visit,
  | 'phase'
  | 'isConnected'
  | 'arrive'
  | 'again'
  | 'goWithout'
  | 'join'
  | 'knock'
  | 'write'
  | 'withdraw'
  | 'takeOver'
  | 'giveUp'
>;

/** What a screen reads and writes of what the tab keeps. */
export type Draftbook = Pick<Kept, 'get' | 'set'>;

interface AppProps {
  readonly visit: ShownVisit;
  readonly place: Place;
  readonly kept: Draftbook;
  /** The name that the link gives. */
  readonly linkName: string;
}

/** The page: one screen at a time, and the parts that all screens share. */
export function App(props: AppProps) {
  const { visit, place, kept } = props;
  const texts = useTexts();
  const phase = useStore(visit.phase);
  const claims = readClaims(kept.get('token'));
  const called = useStore(meetingTitle);
  const { brandName } = useStore(look);
  const meeting = meetingName(called, brandName, place);
  const title = titleOf(phase, texts, claims);
  useEffect(() => alerts.setTitle(title, meeting), [title, meeting]);
  return (
    <>
      <Screen key={keyOf(phase)} {...props} phase={phase} claims={claims} />
      <Notices />
    </>
  );
}

/** What people call the meeting, or else whose it is, or else where. */
export function meetingName(called: string | null, brandName: string | null, { roomName }: Place): string {
  return called ?? brandName ?? roomName;
}

interface ScreenProps extends AppProps {
  readonly phase: Phase;
  readonly claims: ShownClaims;
}

function Screen({ phase, visit, kept, claims, place, linkName }: ScreenProps) {
  const isConnected = useStore(visit.isConnected);
  const again = () => void visit.again();
  switch (phase.at) {
    case 'arriving':
      return <ArrivingScreen />;
    case 'trouble':
      return <TroubleScreen onAgain={() => void visit.arrive()} />;
    case 'door':
      return <AtDoor visit={visit} kept={kept} claims={claims} linkName={linkName} phase={phase} />;
    case 'shut':
      return <AtShutDoor visit={visit} place={place} claims={claims} phase={phase} />;
    case 'misnamed':
      return <MisnamedScreen lookedFor={phase.lookedFor} />;
    case 'waiting':
      return (
        <WaitingScreen
          knock={phase.knock}
          isConnected={isConnected}
          onMessage={(message) => visit.write(message)}
          onWithdraw={() => visit.withdraw()}
        />
      );
    case 'entering':
      if (phase.isFull) return <FullScreen isLetIn={phase.isLetIn} onLeave={() => visit.giveUp()} />;
      return phase.isLetIn ? <LetInScreen onGo={goTo(phase.goesTo)} /> : <EnteringScreen onGo={goTo(phase.goesTo)} />;
    case 'turnedAway':
      return <TurnedAwayScreen knock={phase.knock} onAgain={again} onGo={goTo(phase.goesTo)} />;
    case 'otherTab':
      return <OtherTabScreen isFree={phase.isFree} onUse={() => void visit.takeOver()} />;
    case 'inside':
      return <phase.inside.Screen isConnected={isConnected} />;
    case 'gone':
      return <GoneScreen reason={phase.reason} by={phase.by} onAgain={again} />;
    default:
      return phase satisfies never;
  }
}

type At<Name extends Phase['at']> = Extract<Phase, { readonly at: Name }>;

type AtDoorProps = Pick<ScreenProps, 'visit' | 'kept' | 'claims' | 'linkName'> & { readonly phase: At<'door'> };

function AtDoor({ visit, kept, claims, linkName, phase }: AtDoorProps) {
  return (
    <DoorScreen
      access={phase.access}
      hint={phase.hint}
      claims={claims}
      draft={{ name: kept.get('name') ?? linkName, message: kept.get('message') ?? '' }}
      onDraft={(draft) => keepDraft(kept, draft)}
      onJoin={(form) => visit.join(form)}
      onKnock={(form) => visit.knock(form)}
    />
  );
}

type AtShutDoorProps = Pick<ScreenProps, 'visit' | 'place' | 'claims'> & { readonly phase: At<'shut'> };

function AtShutDoor({ visit, place, claims, phase }: AtShutDoorProps) {
  return (
    <ShutScreen
      refusal={phase.refusal}
      claims={claims}
      roomName={place.roomName}
      onAgain={() => void visit.arrive()}
      onWithout={() => void visit.goWithout()}
    />
  );
}

function goTo(address: string | null): (() => void) | null {
  return address === null ? null : () => location.replace(address);
}

function keepDraft(kept: Draftbook, { name, message }: Draft): void {
  kept.set('name', name);
  kept.set('message', message);
}

/** Another screen begins anew; whoever is let in sees the door at which they waited open. */
function keyOf(phase: Phase): string {
  if (phase.at === 'otherTab') return `otherTab ${phase.isFree}`;
  return phase.at === 'shut' ? `shut ${phase.refusal.code}` : phase.at;
}

/** What the page is about, as the browser's tab says it. */
export function titleOf(phase: Phase, texts: Texts, { isOwner }: ShownClaims): string {
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
    case 'misnamed':
      return texts.misnamed.title;
    case 'waiting':
      return texts.waiting.tab;
    case 'entering':
      if (phase.isFull) return phase.isLetIn ? texts.waiting.fullTitle : texts.refusals.ROOM_FULL.title;
      return phase.isLetIn ? texts.waiting.admitted : texts.common.loading;
    case 'turnedAway':
      return endingTexts(texts, phase.knock).title;
    case 'otherTab':
      return phase.isFree ? texts.otherTab.free : texts.otherTab.title;
    case 'inside':
      return texts.room.title;
    case 'gone':
      return texts.gone[phase.reason].title;
    default:
      return phase satisfies never;
  }
}
