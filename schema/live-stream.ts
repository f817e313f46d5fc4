import type { LiveStreamView } from '../src/room/views.ts';
import { showActor, theService } from '../src/rules/actor.ts';
import { decodeId } from '../src/rules/ids.ts';
import type { LiveStreamStatus as Status } from '../src/rules/live-stream.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { enumOf } from './enum.ts';
import { ask } from './guard.ts';
import { idField, Node } from './node.ts';
import { Actor, LiveStream } from './refs.ts';
import { resultOf } from './result.ts';

export const LiveStreamStatus = enumOf<Status>(
  'LiveStreamStatus',
  'How far a live stream is. The service has no media of its own: it authorises and records, and the media side reports.',
  {
    STARTING: 'Asked for; the media side has not reported yet.',
    LIVE: 'The media side reports that it is on air.',
    STOPPING: 'Asked to stop; the media side has not reported yet.',
    STOPPED: 'Over. For good.',
    FAILED: 'Broken off; `error` may say why. For good.',
  },
);

LiveStream.implement({
  description: 'A broadcast of the room to elsewhere. One at a time in a room.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'LiveStream', ({ liveStream }) => liveStream.id),
    roomName: t.exposeString('roomName', { description: 'The room that is broadcast.' }),
    status: t.field({
      type: LiveStreamStatus,
      description: 'How far it is.',
      resolve: ({ liveStream }) => liveStream.status,
    }),
    destinations: t.stringList({
      description: 'Where to (rtmp, rtmps or https), without the stream keys, which are never shown or kept.',
      resolve: ({ liveStream }) => liveStream.destinations,
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When it was asked for.',
      resolve: ({ liveStream }) => liveStream.startedAt,
    }),
    startedBy: t.field({
      type: Actor,
      description:
        'Who asked for it. To guests the service itself, without a name, where it was somebody whom others do not see.',
      resolve: (view, _args, context) => showStarter(view, context),
    }),
    endedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it became STOPPED or FAILED; null while it runs.',
      resolve: ({ liveStream }) => liveStream.endedAt,
    }),
    error: t.string({
      nullable: true,
      description: 'What the media side reported with FAILED; null otherwise.',
      resolve: ({ liveStream }) => liveStream.error,
    }),
  }),
});

/** Who asks is looked at only where that matters: what is told to many is made once for all of them. */
async function showStarter(view: LiveStreamView, context: Pick<Context, 'caller' | 'services' | 'isGet'>) {
  const { startedBy } = view.liveStream;
  const reader =
    view.reader ??
    (startedBy.unseen
      ? await ask(context, {}, () => context.services.liveStreams.readerOf(context.caller, view))
      : 'SEES_ALL');
  return showActor(startedBy, reader) ?? theService;
}

const StartLiveStreamInput = builder.inputType('StartLiveStreamInput', {
  description: 'What to broadcast, and where to.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    destinations: t.stringList({
      required: true,
      description:
        'rtmp(s) or https URLs; at least one. Kept and shown without the parts in which stream keys stand: the media side gets its keys from whoever runs it.',
    }),
  }),
});

const ReportLiveStreamInput = builder.inputType('ReportLiveStreamInput', {
  description: 'What became of a live stream.',
  fields: (t) => ({
    liveStreamId: t.id({ required: true, description: '`id` of the LiveStream.' }),
    status: t.field({
      type: LiveStreamStatus,
      required: true,
      description: 'How far it is now. A step back, or out of an end, is a CONFLICT.',
    }),
    error: t.string({ description: 'With FAILED: why, for people. No stream keys.' }),
  }),
});

const StartLiveStreamResult = resultOf('StartLiveStreamResult', {
  description: 'The live stream that was started, or why none was. Conflict: one is running.',
  success: [LiveStream],
  refusals: ['Forbidden', 'NotFound', 'Conflict', 'InvalidInput'],
});
const StopLiveStreamResult = resultOf('StopLiveStreamResult', {
  description: 'The live stream as it is now, or why it was not stopped.',
  success: [LiveStream],
  refusals: ['Forbidden', 'NotFound'],
});
const ReportLiveStreamResult = resultOf('ReportLiveStreamResult', {
  description:
    'The live stream as it is now, or why the report was not taken. Conflict: this step does not follow on where it is.',
  success: [LiveStream],
  refusals: ['Forbidden', 'NotFound', 'Conflict', 'InvalidInput'],
});

builder.mutationFields((t) => ({
  startLiveStream: t.field({
    type: StartLiveStreamResult.type,
    description:
      'Starts a live stream of a room. Owners and admins of STREAMING in the room, or the backend (scope ADMISSION).',
    args: { input: t.arg({ type: StartLiveStreamInput, required: true, description: 'Which room, and where to.' }) },
    resolve: (_root, args, context) =>
      StartLiveStreamResult.answer(context, args, () => context.services.liveStreams.start(context.caller, args.input)),
  }),
  stopLiveStream: t.field({
    type: StopLiveStreamResult.type,
    description:
      'Asks the media side to stop. Owners and admins of STREAMING in the room, or the backend (scope ADMISSION). Twice is the same as once.',
    args: { liveStreamId: t.arg.id({ required: true, description: '`id` of the LiveStream, see `Room.liveStream`.' }) },
    resolve: (_root, args, context) =>
      StopLiveStreamResult.answer(context, args, () =>
        context.services.liveStreams.stop(context.caller, decodeId('LiveStream', args.liveStreamId)),
      ),
  }),
  reportLiveStream: t.field({
    type: ReportLiveStreamResult.type,
    description: 'By the media side, through the backend (scope ADMISSION): tells how far a live stream is.',
    args: {
      input: t.arg({
        type: ReportLiveStreamInput,
        required: true,
        description: 'Which live stream, and how far it is.',
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
