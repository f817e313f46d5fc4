import { createStore, type Source } from '../../packages/client/src/index.ts';
import type { OwnMediumName } from '../../web/meeting/call.ts';
import type { CallLoss } from '../../web/meeting/call-state.ts';
import type { Line, LineView, NotSent, OwnLine } from '../../web/meeting/line.ts';

const quiet: LineView = {
  isReconnecting: false,
  people: {},
  speaking: [],
  isSoundBlocked: false,
  own: { microphone: 'off', camera: 'off', screen: 'off' },
  chosen: {},
};

/** A connection to a media server as a test plays it: every answer is the test's. */
export interface PlayedLine extends Line {
  readonly view: Source<LineView>;
  /** What was asked of it, in order. */
  readonly asked: string[];
  /** The media server, or the browser, changes this. */
  readonly set: (medium: OwnMediumName, own: OwnLine) => void;
  readonly lose: (why: CallLoss) => void;
  readonly isClosed: () => boolean;
  /** Devices that another program has. */
  readonly busy: Set<string>;
}

type Answer = (isWanted: () => boolean) => Promise<NotSent | null>;

/** @param onSwitch how the device answers when it is switched on: null, and it is on */
export function playLine(onSwitch: Answer = async () => null): PlayedLine {
  const view = createStore(quiet);
  const asked: string[] = [];
  const lost = Promise.withResolvers<CallLoss>();
  const busy = new Set<string>();
  let isClosed = false;
  const set = (medium: OwnMediumName, own: OwnLine) =>
    view.set({ ...view.get(), own: { ...view.get().own, [medium]: own } });
  return {
    view,
    asked,
    busy,
    lost: lost.promise,
    set,
    lose: lost.resolve,
    isClosed: () => isClosed,
    switchOn: async (medium, isWanted) => {
      asked.push(`on ${medium}`);
      const why = await onSwitch(isWanted);
      if (why === null && isWanted()) set(medium, 'on');
      return why;
    },
    drop: (medium) => asked.push(`drop ${medium}`),
    switchOff: async (medium) => {
      asked.push(`off ${medium}`);
      const own = view.get().own[medium];
      if (medium === 'screen' ? own !== 'off' : own === 'on' || own === 'heldBack')
        set(medium, medium === 'screen' ? 'off' : 'muted');
    },
    choose: async (kind, id) => {
      asked.push(`${kind} ${id}`);
      return !busy.has(id);
    },
    startSound: () => asked.push('sound'),
    show: (keys) => asked.push(`show ${[...keys].join(' ')}`),
    admit: (ids) => asked.push(`admit ${[...ids].join(' ')}`),
    restrict: (receivers) => asked.push(`restrict ${receivers?.map(({ id }) => id).join(' ') ?? 'nobody'}`),
    close: () => {
      isClosed = true;
    },
  };
}
