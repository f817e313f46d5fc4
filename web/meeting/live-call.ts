import {
  createStore,
  type EventListener,
  type MediaAccess,
  type Participant,
  type RoomEvent,
  type Session,
  type Source,
} from '../../packages/client/src/index.ts';
import { listDevices } from '../devices/capture.ts';
import type { Devices } from '../devices/devices.ts';
import { serviceNow } from '../store.ts';
import { isBy } from '../visit/stay-news.ts';
import type { Call, OwnMediumName } from './call.ts';
import { ChosenDevices, choicesOf } from './call-devices.ts';
import { allowedTo, graceMs, idsOf, peopleOf, receiversOf } from './call-people.ts';
import { keptRequest, openRequest, requestAfter, requestAfterAnswer } from './call-request.ts';
import type { CallState, PictureKey } from './call-state.ts';
import { Connection, pauseBefore } from './connection.ts';
import { type Line, LineFailure, type OpenLine } from './line.ts';
import { OwnMedia } from './own-media.ts';
import { Pictures } from './pictures.ts';
import { keepSame } from './same.ts';
import { Saying } from './saying.ts';

export interface CallParts {
  readonly session: Pick<Session, 'view' | 'meeting' | 'onEvent' | 'readMeeting' | 'updateMyMedia'>;
  /** Did this person come in unseen? */
  readonly isHidden: boolean;
  readonly devices: Pick<Devices, 'view' | 'wishes' | 'choose' | 'decide'>;
  /** What opens a line, in a part of the page that only a call loads. @throws {LineFailure} */
  readonly loadLine: () => Promise<OpenLine>;
  readonly pauseMs?: (failures: number) => number;
}

/** What is left of an access when it is not used any more, since connecting takes time. Milliseconds. */
const restMs = 15_000;

/** The call of one stay: what the service decides, what the media server says and what the person wants, put together. */
export class LiveCall implements Call {
  readonly state: Source<CallState>;
  readonly #parts: CallParts;
  readonly #connection: Connection;
  readonly #own: OwnMedia;
  readonly #chosen: ChosenDevices;
  readonly #saying: Saying;
  readonly #pictures = new Pictures();
  /** What is used once: the access that came with joining. */
  #given: MediaAccess | null;
  #address: string | null;
  #shown: ReadonlySet<PictureKey> = new Set();
  #found: readonly MediaDeviceInfo[] = [];
  #request: CallState['request'] = null;
  #unfollow = () => {};
  /** Whoever came last has had their time to connect. */
  #later: ReturnType<typeof setTimeout> | undefined;
  #stop: readonly (() => void)[] = [];

  constructor(parts: CallParts) {
    const { session, isHidden, devices } = parts;
    const { me } = session.view.get();
    this.#parts = parts;
    this.#chosen = new ChosenDevices(devices);
    this.#given = session.meeting.get().media;
    this.#address = addressOf(this.#given);
    const allowed = allowedTo(me, isHidden);
    const wishes = devices.wishes ?? me;
    const [audio, video] = [wishes.audio && allowed.microphone, wishes.video && allowed.camera];
    // Kept from the beginning: where the page is loaded again, or goes on in a copy of the tab, the service has seen the devices let go of.
    devices.decide({ audio, video });
    this.#own = new OwnMedia({
      wanted: { microphone: audio, camera: video, screen: false },
      allowed,
      onDecided: ({ microphone, camera }) => devices.decide({ audio: microphone, video: camera }),
    });
    this.#saying = new Saying(session);
    this.#connection = new Connection({
      readAccess: () => this.#readAccess(),
      open: async (access, signal) => {
        const open = await parts.loadLine();
        return open(access, { pictures: this.#pictures, chosen: this.#chosen.give(), signal });
      },
      pauseMs: parts.pauseMs ?? pauseBefore,
    });
    this.state = createStore(this.#read());
  }

  /** Begins, until the answer is called, which frees all devices. */
  start(): () => void {
    const { session, devices } = this.#parts;
    const list = () => void this.#list();
    const hurry = () => this.#connection.hurry();
    navigator.mediaDevices?.addEventListener('devicechange', list);
    globalThis.addEventListener?.('online', hurry);
    this.#stop = [
      session.onEvent(this.#hear),
      session.view.subscribe(() => this.#lookAtRoom()),
      session.meeting.subscribe(() => this.#lookAtMeeting()),
      this.#connection.line.subscribe(() => this.#takeLine()),
      this.#connection.stand.subscribe(() => this.#lookAtStand()),
      this.#own.view.subscribe(() => this.#lookAtOwn()),
      devices.view.subscribe(() => this.#lookAtDevices()),
      () => navigator.mediaDevices?.removeEventListener('devicechange', list),
      () => globalThis.removeEventListener?.('online', hurry),
    ];
    this.#connection.start();
    list();
    return () => this.#end();
  }

  readonly toggle = (medium: OwnMediumName) => this.#own.toggle(medium);

  readonly choose = (kind: MediaDeviceKind, deviceId: string) => {
    void this.#chosen.choose(this.#line, kind, deviceId);
  };

  readonly startSound = () => this.#line?.startSound();

  readonly attach = (key: PictureKey, element: HTMLVideoElement) => this.#pictures.attach(key, element);

  readonly show = (keys: readonly PictureKey[]) => {
    this.#shown = new Set(keys);
    this.#line?.show(this.#shown);
  };

  readonly acceptRequest = () => {
    const { request } = this.state.get();
    this.#request = requestAfterAnswer(request);
    if (request?.audio) this.#own.want('microphone', true);
    if (request?.video) this.#own.want('camera', true);
    if (request?.screenShare && this.#request === null) this.#own.want('screen', true);
    this.#show();
  };

  readonly declineRequest = () => {
    this.#request = requestAfterAnswer(this.state.get().request);
    this.#show();
  };

  readonly rejoin = () => this.#connection.rejoin();

  /** The person leaves: devices and line are let go of now, whatever the service says to it. */
  readonly leave = () => this.#connection.leave();

  get #line(): Line | null {
    return this.#connection.line.get();
  }

  #end(): void {
    for (const stop of this.#stop) stop();
    clearTimeout(this.#later);
    this.#unfollow();
    this.#own.use(null, false);
    this.#connection.stop();
    this.#show();
  }

  async #readAccess(): Promise<MediaAccess> {
    const given = this.#given;
    this.#given = null;
    if (given !== null && new Date(given.exp).getTime() - serviceNow() > restMs) return given;
    const { media } = await this.#parts.session.readMeeting();
    if (media?.kind !== 'LIVEKIT') throw new LineFailure('closed');
    return media;
  }

  /** Another media server, or another room there, is another line. */
  #lookAtMeeting(): void {
    const { media } = this.#parts.session.meeting.get();
    const address = addressOf(media);
    if (media?.kind !== 'LIVEKIT' || address === this.#address) return;
    this.#address = address;
    this.#given = media;
    this.#connection.renew();
  }

  /** The service's word comes first: what it does not allow any more is let go of before the media server says so. */
  #lookAtRoom(): void {
    const view = this.#parts.session.view.get();
    this.#own.allow(allowedTo(view.me, this.#parts.isHidden));
    this.#line?.admit(idsOf(view));
    this.#line?.restrict(receiversOf(view));
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#show(), graceMs);
    this.#show();
  }

  #lookAtDevices(): void {
    this.#followCopy();
    this.#show();
  }

  /** Where another copy of the tab has the call, the person decides there. */
  #followCopy(): void {
    const stand = this.#connection.stand.get();
    const { wishes } = this.#parts.devices;
    if (stand.at === 'lost' && stand.why === 'takenOver' && wishes !== null)
      this.#own.follow({ microphone: wishes.audio, camera: wishes.video });
  }

  readonly #hear: EventListener = (event, { me }) => {
    this.#request = requestAfter(this.#request, event);
    if (event.__typename === 'ParticipantUpdated' && event.participant.id === me.id) this.#hearOfMe(event, me);
    this.#show();
  };

  #hearOfMe({ by, participant }: UpdateOfMe, before: Participant): void {
    this.#saying.hear(participant);
    // Nobody decided what the service has only seen on the media server, and one's own decisions were carried out before they were told.
    if (by === null || by.kind === 'SERVICE' || isBy(by, before)) return;
    const whyOff = { kind: 'byHost', by: by.kind === 'PARTICIPANT' ? by.name : null } as const;
    if (before.audio && !participant.audio) this.#own.switchOff('microphone', whyOff);
    if (before.video && !participant.video) this.#own.switchOff('camera', whyOff);
    if (before.screenShare && !participant.screenShare) this.#own.switchOff('screen', whyOff);
  }

  #takeLine(): void {
    const line = this.#line;
    this.#unfollow();
    this.#unfollow = line?.view.subscribe(() => this.#lookAtLine()) ?? (() => {});
    const view = this.#parts.session.view.get();
    line?.show(this.#shown);
    line?.admit(idsOf(view));
    line?.restrict(receiversOf(view));
    // Before anything is switched on: else the devices of before would be taken.
    if (line !== null) this.#chosen.catchUp(line);
    this.#lookAtStand();
  }

  #lookAtStand(): void {
    const stand = this.#connection.stand.get();
    this.#own.use(this.#line, stand.at !== 'lost' || stand.isTrying);
    this.#followCopy();
    this.#show();
  }

  #lookAtLine(): void {
    this.#own.look();
    this.#show();
  }

  #lookAtOwn(): void {
    const own = this.#own.view.get();
    this.#request = keptRequest(this.#request, own);
    if (this.#line !== null) this.#saying.say(own);
    this.#show();
  }

  /** Once the browser shares a device it tells its name. */
  async #list(): Promise<void> {
    this.#found = await listDevices();
    this.#show();
  }

  #show(): void {
    this.state.set(keepSame(this.state.get(), this.#read()));
  }

  #read(): CallState {
    const { session, isHidden, devices } = this.#parts;
    const line = this.#line?.view.get() ?? null;
    const own = this.#own.view.get();
    const people = peopleOf(session.view.get(), isHidden, line, serviceNow());
    return {
      ...own,
      line: this.#connection.stand.get(),
      devices: choicesOf(this.#found, line?.chosen ?? {}, devices.view.get().chosen),
      people,
      speaking: line?.speaking.filter((id) => people.some((one) => one.id === id)) ?? [],
      isSoundBlocked: line?.isSoundBlocked ?? false,
      request: openRequest(this.#request, own),
      isAudience: Object.values(own).every(({ isAllowed }) => !isAllowed),
    };
  }
}

type UpdateOfMe = Extract<RoomEvent, { readonly __typename: 'ParticipantUpdated' }>;

function addressOf(media: MediaAccess | null): string | null {
  return media === null ? null : `${media.url} ${media.room}`;
}
