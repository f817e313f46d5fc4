import type { LiveStreamView } from '../src/room/views.ts';
import { showActor, theService } from '../src/rules/actor.ts';
import { decodeId } from '../src/rules/ids.ts';
import type { LiveStreamStatus as Status } from '../src/rules/live-stream.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { enumOf } from './enum.ts';
import { ask, resultOf } from './guard.ts';
import { idField } from './ids.ts';
import { Node } from './node.ts';
import { Actor, LiveStream } from './refs.ts';

export const LiveStreamStatus = enumOf<Status>(
  'LiveStreamStatus',
  'The status of a live stream. The service authorises and records live streams, but sends no media itself: the media side reports the status.',
  {
    STARTING: 'A start was requested. The media side has not reported yet.',
    LIVE: 'The media side reports that the stream is live.',
    STOPPING: 'A stop was requested. The media side has not reported yet.',
    STOPPED: 'The stream has ended. This is final.',
    FAILED: 'The stream has failed; `error` may say why. This is final.',
  },
);

LiveStream.implement({
  description: 'A broadcast of a room to another service. A room has at most one at a time.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'LiveStream', ({ liveStream }) => liveStream.id),
    roomName: t.exposeString('roomName', { description: 'The room of the live stream.' }),
    status: t.field({
      type: LiveStreamStatus,
      description: 'The status of the live stream.',
      resolve: ({ liveStream }) => liveStream.status,
    }),
    destinations: t.stringList({
      description:
        'The destination URLs (rtmp, rtmps, srt or https), without stream keys. The service never shows stream keys.',
      resolve: ({ liveStream }) => liveStream.destinations,
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When the start was requested.',
      resolve: ({ liveStream }) => liveStream.startedAt,
    }),
    startedBy: t.field({
      type: Actor,
      description:
        'Who requested the start. If guests cannot see that person, they get the service itself, without a name.',
      resolve: (view, _args, context) => showStarter(view, context),
    }),
    endedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it became STOPPED or FAILED. Null: it has not ended.',
      resolve: ({ liveStream }) => liveStream.endedAt,
    }),
    error: t.string({
      nullable: true,
      description: 'The error that the media side reported with FAILED. Null otherwise.',
      resolve: ({ liveStream }) => liveStream.error,
    }),
  }),
});

/** Who asks is looked at only where that matters: what is told to many is made once for all of them. */
async function showStarter(view: LiveStreamView, context: Pick<Context, 'caller' | 'services' | 'isGet'>) {
  const { startedBy } = view.liveStream;
  const seenBy =
    view.seenBy ??
    (startedBy.unseen
      ? await ask(context, {}, () => context.services.liveStreams.actorViewerOf(context.caller, view))
      : 'SEES_ALL');
  return showActor(startedBy, seenBy) ?? theService;
}

const StartLiveStreamInput = builder.inputType('StartLiveStreamInput', {
  description: 'The room to broadcast, and the destinations.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    destinations: t.stringList({
      required: true,
      description:
        '1 to 10 rtmp(s), srt or https URLs. The service shows them without the parts that can contain stream keys. With a LIVEKIT media server, which takes no https URL, the service keeps the whole URLs encrypted until the live stream has ended; otherwise give the stream keys to the media side yourself.',
    }),
  }),
});

const ReportLiveStreamInput = builder.inputType('ReportLiveStreamInput', {
  description: 'The live stream, and its new status.',
  fields: (t) => ({
    liveStreamId: t.id({ required: true, description: '`id` of the LiveStream.' }),
    status: t.field({
      type: LiveStreamStatus,
      required: true,
      description: 'The new status. A step back, or a change after STOPPED or FAILED, is a CONFLICT.',
    }),
    error: t.string({ description: 'With FAILED: the reason, as text for people. It must not contain stream keys.' }),
  }),
});

const StartLiveStreamResult = resultOf('StartLiveStreamResult', {
  description: 'The new live stream, or the refusal. Conflict: one is already running.',
  success: [LiveStream],
  refusals: ['Forbidden', 'NotFound', 'Conflict', 'InvalidInput'],
});
const StopLiveStreamResult = resultOf('StopLiveStreamResult', {
  description: 'The live stream after the call, or the refusal.',
  success: [LiveStream],
  refusals: ['Forbidden', 'NotFound'],
});
const ReportLiveStreamResult = resultOf('ReportLiveStreamResult', {
  description:
    'The live stream after the report, or the refusal. Conflict: the live stream cannot change from its current status to this one, or the domain has a LIVEKIT media server, where the service sees the status itself.',
  success: [LiveStream],
  refusals: ['Forbidden', 'NotFound', 'Conflict', 'InvalidInput'],
});

builder.mutationFields((t) => ({
  startLiveStream: t.field({
    type: StartLiveStreamResult.type,
    description:
      'Starts a live stream of a room. Owners and admins of STREAMING in the room, or the backend (scope ADMISSION).',
    args: {
      input: t.arg({ type: StartLiveStreamInput, required: true, description: 'The room, and the destinations.' }),
    },
    resolve: (_root, args, context) =>
      StartLiveStreamResult.answer(context, args, () => context.services.liveStreams.start(context.caller, args.input)),
  }),
  stopLiveStream: t.field({
    type: StopLiveStreamResult.type,
    description:
      'Asks the media side to stop a live stream. Repeating the call has no further effect. Owners and admins of STREAMING in the room, or the backend (scope ADMISSION).',
    args: { liveStreamId: t.arg.id({ required: true, description: '`id` of the LiveStream, see `Room.liveStream`.' }) },
    resolve: (_root, args, context) =>
      StopLiveStreamResult.answer(context, args, () =>
        context.services.liveStreams.stop(context.caller, decodeId('LiveStream', args.liveStreamId)),
      ),
  }),
  reportLiveStream: t.field({
    type: ReportLiveStreamResult.type,
    description: 'Reports the status of a live stream. For the media side, through the backend (scope ADMISSION).',
    args: {
      input: t.arg({
        type: ReportLiveStreamInput,
        required: true,
        description: 'The live stream, and its new status.',
      }),
    },
    resolve: (_root, args, context) =>
      ReportLiveStreamResult.answer(context, args, () =>
        context.services.liveStreams.report(context.caller, {
          ...args.input,
          liveStreamId: decodeId('LiveStream', args.input.liveStreamId),
        }),
      ),
  }),
}));
