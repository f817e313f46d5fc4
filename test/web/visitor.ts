import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { axeSource, findViolations, rules, widthBeyond } from './axe.ts';

declare global {
  interface Window {
    /** How often the page has begun to play a sound. */
    bells: number;
    /** The notifications it has shown. */
    notified: { title: string; tag: string | undefined; silent: boolean | null | undefined }[];
  }
}

export interface VisitorOptions {
  readonly width?: number;
  readonly height?: number;
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  /** With fingers instead of a mouse. */
  readonly isTouch?: boolean;
  /** What is done to the page before it is opened. */
  readonly prepare?: (page: Page) => Promise<unknown>;
  /** Of a test that runs beside others: its own. */
  readonly onTestFinished?: typeof onTestFinished;
}

/** Somebody with a browser of their own, and all that their page asked for and complained of. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console, and exceptions. Lost connections while offline are none. */
  readonly complaints: string[];
  /** URL and Referer of whatever the page asked for after it had come. */
  readonly asked: string[];
  heading(name: string): Locator;
  button(name: string): Locator;
  /** Nothing of WCAG 2.2 AA that a machine can see is broken. */
  expectAccessible(): Promise<void>;
  offline(isOffline: boolean): Promise<void>;
}

/** Comes with a browser of their own, which is theirs until the end of the test. */
export async function visit(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
  const visitor = await stayOn(browser, url, options);
  // Not later: the pages of all tests before would go on counting down, and be drawn.
  (options.onTestFinished ?? onTestFinished)(() => visitor.context.close());
  return visitor;
}

/** The same for a page that the tests of a file share: whoever opened it closes its context. */
export async function stayOn(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
  const { width = 1280, height = 800, locale = 'en-GB', colorScheme = 'light', isTouch: hasTouch = false } = options;
  // Without movement every screen is at once what it will be.
  const look = { viewport: { width, height }, locale, colorScheme, hasTouch, reducedMotion: 'reduce' } as const;
  const context = await browser.newContext(look);
  const page = await context.newPage();
  await page.addInitScript(watchAlerts);
  await options.prepare?.(page);
  const asked: string[] = [];
  page.on('request', (request) => {
    const isArrival = request.isNavigationRequest() && request.url() === url;
    asked.push(...(isArrival ? [] : [request.url()]), request.headers().referer ?? '');
  });
  page.on('websocket', (socket) => asked.push(socket.url()));
  let isOffline = false;
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A line that was cut is told a moment after it is back, too.
    const isOfTheLine = isOffline || message.text().includes('ERR_INTERNET_DISCONNECTED');
    if (message.type() === 'error' && !isOfTheLine) complaints.push(message.text());
  });
  await page.goto(url);
  return {
    page,
    context,
    complaints,
    asked,
    heading: (name) => page.getByRole('heading', { name }),
    button: (name) => page.getByRole('button', { name, exact: true }),
    expectAccessible: () => expectAccessible(page),
    async offline(is) {
      isOffline = is;
      await context.setOffline(is);
    },
  };
}

/** Runs in the page, before its own code. */
function watchAlerts(): void {
  window.bells = 0;
  window.notified = [];
  // This browser has no notifications: what the page asks of them is noted.
  class Noted extends EventTarget {
    static permission: NotificationPermission = 'default';
    static requestPermission(): Promise<NotificationPermission> {
      Noted.permission = 'granted';
      return Promise.resolve(Noted.permission);
    }
    constructor(title: string, { tag, silent }: NotificationOptions = {}) {
      super();
      window.notified.push({ title, tag, silent });
    }
  }
  Object.assign(window, { Notification: Noted });
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    window.bells += 1;
    start.call(this, when);
  };
}

async function expectAccessible(page: Page): Promise<void> {
  expect(await page.evaluate(widthBeyond)).toBeLessThanOrEqual(0);
  // To read axe takes longer than to run it: once for each document is enough.
  if (!(await page.evaluate(() => 'axe' in window))) await evaluateAsIs(page, axeSource);
  expect(await page.evaluate(findViolations, rules)).toEqual([]);
}

/** Playwright's own way reads the source twice, to find out whether it is a function. */
async function evaluateAsIs(page: Page, expression: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression });
  await session.detach();
}

/** What moved by itself after it was drawn. */
export const shiftOf = ({ page }: Pick<Visitor, 'page'>): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
            if (!hadRecentInput) sum += value;
          }
        }).observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
      }),
  );
