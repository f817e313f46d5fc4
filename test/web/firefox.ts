import { type Browser, type BrowserContext, type ElementHandle, launch, type Page } from 'puppeteer-core';
import { expect, onTestFinished } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { findProgram } from '../support/programs.ts';
import { axeSource, findViolations, rules, widthBeyond } from './axe.ts';

// Another engine than that of all other tests, by WebDriver BiDi: pointers, focus and frames differ most between engines.

/** Debian's name for it, and everybody else's. */
export const firefoxProgram = (await findProgram('firefox-esr')) ?? (await findProgram('firefox'));

/** What Firefox would ask its makers for. */
const quietly = {
  'browser.safebrowsing.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,none',
  // A machine need have no camera and no microphone: Firefox makes some up, and nobody is there to allow them.
  'media.navigator.permission.disabled': true,
  'media.navigator.streams.fake': true,
  'ui.prefersReducedMotion': 1,
  // A meeting of this machine alone: by its own address, and heard without a press.
  'media.autoplay.default': 0,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
};

export async function launchFirefox(program: string): Promise<Browser> {
  const extraPrefsFirefox = { ...quietly };
  const browser = await launch({ browser: 'firefox', executablePath: program, headless: true, extraPrefsFirefox });
  closeAfterwards(() => browser.close());
  return browser;
}

export interface FirefoxVisitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console, and exceptions. */
  readonly complaints: string[];
  /** A button, link or box by its accessible name, once it is there and can be seen. */
  readonly see: (role: string, name: string) => Promise<void>;
  readonly find: (role: string, name: string) => Promise<ElementHandle>;
  readonly gone: (role: string, name: string) => Promise<void>;
  readonly press: (role: string, name: string) => Promise<void>;
  readonly seeText: (text: string) => Promise<void>;
}

const patience = { timeout: 20_000 };

const byName = (role: string, name: string) => `::-p-aria([name="${name}"][role="${role}"])`;

/**
 * Comes with a profile of their own, which is theirs until the end of the test.
 * @param before runs in the page before its own code
 */
export async function visitByFirefox(
  browser: Browser,
  url: string,
  width = 1280,
  before?: () => void,
): Promise<FirefoxVisitor> {
  const context = await browser.createBrowserContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.setViewport({ width, height: 800 });
  if (before !== undefined) await page.evaluateOnNewDocument(before);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error instanceof Error ? error.message : String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  const seeText = async (text: string) => {
    await page.waitForFunction((words) => document.body.innerText.includes(words), patience, text);
  };
  const find = async (role: string, name: string) => {
    const found = await page.waitForSelector(byName(role, name), { ...patience, visible: true });
    return found ?? expect.unreachable(`${role} ${name} is there`);
  };
  return {
    ...{ page, context, complaints, seeText, find },
    see: async (role, name) => void (await find(role, name)),
    gone: async (role, name) => void (await page.waitForSelector(byName(role, name), { ...patience, hidden: true })),
    press: (role, name) => page.locator(byName(role, name)).setTimeout(patience.timeout).click(),
  };
}

/** Nothing of WCAG 2.2 AA that a machine can see is broken, and nobody has to scroll sideways. */
export async function expectAccessible({ page }: FirefoxVisitor): Promise<void> {
  expect(await page.evaluate(widthBeyond)).toBeLessThanOrEqual(0);
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  expect(await page.evaluate(findViolations, rules)).toEqual([]);
}
