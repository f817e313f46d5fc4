import { renderToString } from 'preact-render-to-string';
import { createStore } from '../packages/client/src/index.ts';
import { type PageData, plainLook } from '../src/rules/page-data.ts';
import type { TextPack } from '../src/rules/page-texts.ts';
import { App, type Draftbook, meetingName, type ShownVisit, titleOf } from './app.tsx';
import { look, meetingTitle } from './brand.ts';
import { pageData } from './page-data.ts';
import type { Place } from './place.ts';
import { speakAs, textsNow } from './texts/language.ts';
import { readClaims } from './token-claims.ts';
import { type Phase, strangersPhase } from './visit/phase.ts';

// The screen that the page begins with, drawn by the service: the same components that take it over as soon as the page's script is there.
// `npm run web:build` makes dist/web/first-paint.js of it, and src/http/first-paint.ts puts what it draws into the HTML.

export interface Painted {
  readonly screen: string;
  readonly title: string;
  readonly withoutScripts: string;
}

/** A stranger has left nothing behind. */
const nothingKept: Draftbook = { get: () => null, set: () => undefined };

/** Nobody does anything before the page's own script is there. */
function standingIn(phase: Phase): ShownVisit {
  const nothing = async () => undefined;
  const noProblem = async () => null;
  return {
    phase: createStore(phase),
    isConnected: createStore(true),
    arrive: nothing,
    again: nothing,
    goWithout: nothing,
    takeOver: nothing,
    giveUp: nothing,
    join: noProblem,
    knock: noProblem,
    write: noProblem,
    withdraw: noProblem,
  };
}

/** Draws the door as a stranger finds it. Nothing of it waits, so that what the page speaks is one visitor's until it is drawn. */
export function paint(data: PageData, pack: TextPack, place: Place, linkName: string): Painted {
  const called = data.access?.roomTitle ?? null;
  pageData.set(data);
  look.set(data.look ?? plainLook);
  meetingTitle.set(called);
  speakAs(data.language, pack);
  const phase = strangersPhase(data);
  const texts = textsNow();
  return {
    screen: renderToString(<App visit={standingIn(phase)} place={place} kept={nothingKept} linkName={linkName} />),
    title: `${titleOf(phase, texts, readClaims(null))} · ${meetingName(called, data.look?.brandName ?? null, place)}`,
    withoutScripts: texts.common.withoutScripts,
  };
}
