import type { Figure } from '../figure.ts';
import { roomQuery } from './p01-room-query.ts';
import { knockLatency } from './p02-knock-latency.ts';
import { knockRate } from './p03-knock-rate.ts';
import { knockBurst } from './p04-knock-burst.ts';
import { admission } from './p05-admission.ts';
import { joinBurst } from './p06-join-burst.ts';
import { tokenVerification } from './p07-token-verification.ts';
import { idleRooms } from './p08-idle-rooms.ts';
import { idleSubscriptions } from './p08-idle-subscriptions.ts';
import { fanOut } from './p09-fan-out.ts';
import { largeStore } from './p10-large-store.ts';
import { reconnecting } from './p11-reconnecting.ts';
import { overload } from './p12-overload.ts';
import { start } from './p13-start.ts';
import { affinity } from './p14-affinity.ts';
import { manyProcesses } from './p14-many-processes.ts';
import { hostConsole } from './p15-console.ts';
import { page } from './p15-page.ts';
import { mediaGate } from './p16-media-gate.ts';
import { mediaServer } from './p16-media-server.ts';
import { afterAYear } from './p17-year.ts';
import { meeting } from './p18-meeting.ts';

/** All that is measured, in its order. */
export const figures: readonly Figure[] = [
  roomQuery,
  knockLatency,
  knockRate,
  knockBurst,
  admission,
  joinBurst,
  tokenVerification,
  idleSubscriptions,
  idleRooms,
  fanOut,
  largeStore,
  reconnecting,
  overload,
  start,
  manyProcesses,
  affinity,
  page,
  hostConsole,
  mediaGate,
  mediaServer,
  afterAYear,
  meeting,
];
