import { describe, expect, test } from 'vitest';
import type { CallState } from '../../../web/meeting/call-state.ts';
import { shareBrowser } from '../browser.ts';
import { attend, buildMeetingPage } from './meeting-house.ts';
import { crowd, hosted, knockOf, lostBy, someone, stage } from './scene.ts';

const folder = await buildMeetingPage();
const audience = await attend(await shareBrowser(), folder);
const { page, begin, show, heard, button } = audience;

const on = { state: 'on', isAllowed: true, whyOff: null } as const;
const control = (name: string) => page.locator('.bar .control', { hasText: name }).first();
const boxOf = async (name: string) => (await control(name).boundingBox()) ?? { x: 0, width: 0 };
/** Waits until the focus is there: it follows what is drawn. */
const untilFocus = (selector: string) =>
  page.waitForFunction((where) => document.activeElement?.matches(where), selector);
/** The last pictures that the page wants to receive. */
const received = (asked: readonly string[]) => asked.findLast((one) => one.startsWith('show ')) ?? '';
/** Waits until the last pictures that the page wants to receive are so: it says which after it has drawn. */
const receivedOnce = async (isSo: (asked: string) => boolean) => {
  let last = '';
  const look = async () => {
    last = received(await heard()) || last;
    return last !== '' && isSo(last);
  };
  await expect.poll(look).toBe(true);
  return last;
};
/** Where each tile stands, by whose it is. */
const places = () =>
  page
    .locator('.tile')
    .evaluateAll((tiles) => tiles.map((one) => `${one.getAttribute('data-person')} ${one.getAttribute('style')}`));

describe('a control', () => {
  const shown = (microphone: Partial<CallState['microphone']>) =>
    stage({ people: crowd(3), call: { microphone: { ...on, ...microphone } } });

  test('shows what is so, in the same place and as wide, and not what was pressed', async () => {
    await begin(shown({ state: 'off' }));
    const before = await boxOf('Microphone');
    await button('Microphone').click();
    expect(await heard()).toContain('toggle "microphone"');
    expect(await button('Microphone').getAttribute('aria-pressed')).toBe('false');
    await show(shown({ state: 'starting' }));
    expect(await control('Starting…').getAttribute('aria-busy')).toBe('true');
    expect(await control('Starting…').getAttribute('aria-pressed')).toBe('false');
    expect(await boxOf('Starting…')).toEqual(before);
    await show(shown({ state: 'on' }));
    expect(await button('Microphone').getAttribute('aria-pressed')).toBe('true');
    expect(await boxOf('Microphone')).toEqual(before);
  });

  test('says why it is off, where that was not the person’s own wish, and keeps saying it', async () => {
    await begin(shown({ state: 'off' }));
    await show(shown({ state: 'off', whyOff: { kind: 'busy' } }));
    await page.getByRole('status').getByText('Another program may be using your microphone.').waitFor();
    expect(await button('Microphone').getAttribute('title')).toContain('Another program');
    await show(shown({ state: 'off', whyOff: { kind: 'byHost', by: 'Mara' } }));
    expect(await button('Microphone').getAttribute('title')).toBe('Mara muted your microphone.');
  });

  test('that the media server has cut off says so itself only where the service does not say who did', async () => {
    const cutOff = shown({ state: 'off', whyOff: { kind: 'cutOff' } });
    await begin(shown({ state: 'on' }));
    await show(cutOff);
    expect(await button('Microphone').getAttribute('title')).toBe('Your microphone was muted.');
    await show(shown({ state: 'off', whyOff: { kind: 'byHost', by: 'Mara' } }));
    await show(shown({ state: 'on' }));
    await show(cutOff);
    await page.getByRole('status').getByText('Your microphone was muted.').waitFor();
    expect(await page.getByRole('status').getByText('Your microphone was muted.').count()).toBe(1);
  });

  test('that the system holds back is not so yet, and says what it waits for', async () => {
    await begin(shown({ state: 'on' }));
    await show(shown({ state: 'starting', whyOff: { kind: 'heldBack' } }));
    await page.getByRole('status').getByText('Your system holds the microphone back.').waitFor();
    expect(await control('Starting…').getAttribute('title')).toContain('It comes back by itself.');
  });

  test('is not there for what may not be sent', async () => {
    await begin(shown({ isAllowed: false, state: 'off' }));
    expect([await button('Microphone').count(), await button('Camera').count()]).toEqual([0, 1]);
    await show(stage({ people: crowd(2), call: { isAudience: true } }));
    expect([await button('Camera').count(), await button('Share').count(), await button('Leave').count()]).toEqual([
      0, 0, 1,
    ]);
  });

  test('chooses a device, of which the one in use is marked', async () => {
    await begin(shown({}));
    await button('Choose the microphone').click();
    expect(await button('Microphone of this machine').getAttribute('aria-pressed')).toBe('true');
    await button('Microphone of the headset').click();
    expect(await heard()).toContain('choose "audioinput" "two"');
    await untilFocus('.twin .chev');
  });

  test('of whoever only watches chooses a speaker', async () => {
    const speakers = { found: [{ id: 'a', label: 'Desk' }], chosen: 'a' };
    const devices = { audioinput: { ...speakers, found: [] }, videoinput: speakers, audiooutput: speakers };
    await begin(stage({ people: crowd(2), call: { isAudience: true, devices } }));
    await control('Sound').click();
    await button('Desk').click();
    expect(await heard()).toContain('choose "audiooutput" "a"');
  });
});

describe('the pictures', () => {
  test('that are received are those of the page, and of the next one when somebody turns to it', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await begin(stage({ people: crowd(30, { 20: { isSpeaking: true } }) }));
    const first = await receivedOnce((asked) => asked.includes('"p0/camera"'));
    expect(first).not.toContain('"p20/camera"');
    // Whoever speaks on another page is named.
    await page.getByText('Guest 21 speaks').waitFor();
    await button('More people').click();
    const second = await receivedOnce((asked) => !asked.includes('"p0/camera"'));
    const shown = await page.locator('.tile').count();
    expect(second.match(/camera/g)).toHaveLength(shown);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('of whoever stays are where they were, whoever speaks, and the speaker is marked', async () => {
    await begin(stage({ people: crowd(6) }));
    const before = await places();
    await show(stage({ people: crowd(6, { 4: { isSpeaking: true, isHeard: true } }) }));
    expect(await places()).toEqual(before);
    expect(await page.locator('.tile.speaks').getAttribute('data-person')).toBe('p4');
  });

  test('say which line is weak, and nothing of one that is only not the best', async () => {
    await begin(
      stage({ people: crowd(4, { 0: { quality: 'fair' }, 1: { quality: 'poor' }, 2: { quality: 'lost' } }) }),
    );
    const signs = page.locator('.tile .signal');
    expect(await signs.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))).toEqual([
      'Weak connection',
      'Very weak connection',
    ]);
  });

  test('hold still while a host chooses, and then show who came', async () => {
    await begin(stage({ people: hosted(4) }));
    const before = await places();
    await button('Manage Jonas Weber').click();
    const more = [...hosted(4).slice(0, 3), someone(8), ...hosted(4).slice(3)];
    await show(stage({ people: more }));
    expect(await places()).toEqual(before);
    await page.keyboard.press('Escape');
    await page.locator('[data-person=p8]').waitFor();
    expect(await places()).toHaveLength(5);
  });

  test('of a shared screen has the speaker beside it, and another one’s screen is a press away', async () => {
    const sharing = { 1: { screen: true }, 2: { screen: true }, 3: { isSpeaking: true, isHeard: true } };
    await begin(stage({ people: crowd(6, sharing) }));
    await receivedOnce((asked) => asked.includes('"p2/screen"'));
    const first = await page.locator('.tile[style*="--y:0px"], .tile[style*="--y: 0px"]').getAttribute('data-person');
    expect(first).toBe('p3');
    await button('Show the screen of Jonas Weber').click();
    const after = await receivedOnce((asked) => asked.includes('"p1/screen"'));
    expect(after).not.toContain('"p2/screen"');
  });

  test('name at the top whose screen is in front, whoever else shares and whoever is chosen', async () => {
    const named = page.locator('.head-matters');
    const shown = page.locator('.shared');
    const expectBoth = async (name: string) => {
      await named.getByText(name).waitFor();
      await expect.poll(() => shown.getAttribute('aria-label')).toContain(name);
    };
    await begin(stage({ people: crowd(6, { 3: { screen: true } }) }));
    await expectBoth('Priya Raman');
    // Whoever began last, also where they came into the room first.
    await show(stage({ people: crowd(6, { 1: { screen: true }, 3: { screen: true } }) }));
    await expectBoth('Jonas Weber');
    await button('Show the screen of Priya Raman').click();
    await expectBoth('Priya Raman');
    await show(stage({ people: crowd(6, { 1: { screen: true } }) }));
    await expectBoth('Jonas Weber');
  });

  test('stand mirrored where the page runs from right to left', async () => {
    await begin(stage({ people: crowd(3, { 1: { screen: true } }) }));
    const side = async () => {
      const screen = await page.locator('.shared').boundingBox();
      const tile = await page.locator('.tile').first().boundingBox();
      return (screen?.x ?? 0) < (tile?.x ?? 0) ? 'end' : 'start';
    };
    expect(await side()).toBe('end');
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });
    expect(await side()).toBe('start');
    await page.evaluate(() => {
      document.documentElement.dir = 'ltr';
    });
  });
});

describe('the menu of a person', () => {
  test('asks the service, looks like asked until it is so, and gives the focus back', async () => {
    await begin(stage({ people: hosted(4, { 1: { isHeard: false } }) }));
    await button('Manage Jonas Weber').press('Enter');
    await untilFocus('.float button');
    await button('Ask to unmute').press('Enter');
    expect(await heard()).toContain('updateParticipant {"participantId":"p1","setAudio":true}');
    await untilFocus('[data-person=p1] .dots');
    await page.getByText('Asked to unmute').waitFor();
    await show(stage({ people: hosted(4, { 1: { isHeard: true } }) }));
    expect(await page.getByText('Asked to unmute').count()).toBe(0);
  });

  test.each([
    ['Mute', 'updateParticipant {"participantId":"p1","setAudio":false}'],
    ['Camera off', 'updateParticipant {"participantId":"p1","setVideo":false}'],
    ['Stop sharing', 'updateParticipant {"participantId":"p1","setScreenShare":false}'],
    ['Listen only', 'updateParticipant {"participantId":"p1","permissions":{"canSend":[]}}'],
    ['Make co-host', 'updateParticipant {"participantId":"p1","permissions":{"canAdmin":["PARTICIPANTS"]}}'],
  ])('does “%s”', async (name, asked) => {
    await begin(stage({ people: hosted(3, { 1: { isHeard: true, screen: true } }) }));
    await page.locator('[data-person=p1] .dots').click();
    await page.locator('.choose', { hasText: name }).first().click();
    expect(await heard()).toContain(asked);
  });

  test.each([
    ['Remove', 'eject {"participantIds":["p1"]}'],
    ['Back to waiting room', 'returnToLobby "p1"'],
  ])('asks before “%s”', async (name, asked) => {
    await begin(stage({ people: hosted(3) }));
    await page.locator('[data-person=p1] .dots').click();
    await page
      .locator('.float')
      .getByRole('button', { name: `${name}…` })
      .click();
    expect(await heard()).not.toContain(asked);
    await page.getByRole('dialog').getByRole('button', { name }).click();
    expect(await heard()).toContain(asked);
  });

  test('cannot stop what is not there, and says so', async () => {
    await begin(stage({ people: hosted(3, { 1: { camera: false } }) }));
    await page.locator('[data-person=p1] .dots').click();
    const stop = page.locator('.float').getByRole('button', { name: 'Camera off' });
    expect(await stop.getAttribute('aria-disabled')).toBe('true');
    expect(await stop.innerText()).toContain('The camera is off');
    await stop.click({ force: true });
    expect(await heard()).not.toContainEqual(expect.stringContaining('updateParticipant'));
    await page.keyboard.press('Escape');
  });

  test('is not there for guests, for oneself, and for owners where one is none', async () => {
    await begin(stage({ people: crowd(4) }));
    expect(await page.locator('.dots').count()).toBe(0);
    await show(stage({ people: hosted(4) }));
    expect(await page.locator('.dots').count()).toBe(3);
  });
});

describe('by keyboard', () => {
  test('letters switch devices and open panels; F6 goes round; Escape closes and gives the focus back', async () => {
    await begin(stage({ people: hosted(3), waiting: [knockOf('Lucía Ortega', 0), knockOf('Ewa Kowalska', 1)] }));
    await button('Share').focus();
    for (const key of ['m', 'v', 'w']) await page.keyboard.press(key);
    expect(await heard()).toEqual(expect.arrayContaining(['toggle "microphone"', 'toggle "camera"']));
    await button('Admit Lucía Ortega').waitFor();
    // The key may come a second time, and means nobody then.
    await untilFocus('#waiting-title');
    await page.keyboard.press('F6');
    expect(await page.evaluate(() => document.activeElement?.closest('[data-region]')?.className)).toBe('stage');
    await page.keyboard.press('F6');
    await page.keyboard.press('F6');
    await page.keyboard.press('Escape');
    await page.locator('.side').waitFor({ state: 'detached' });
    await untilFocus('.bar .wide-only');
  });

  test('a key that is held down is pressed once', async () => {
    await begin(stage({ people: hosted(3) }));
    const hold = async (key: string) => {
      for (let times = 0; times < 4; times += 1) await page.keyboard.down(key);
      await page.keyboard.up(key);
    };
    const toggled = async () => (await heard()).filter((one) => one.startsWith('toggle'));
    await button('Share').focus();
    for (const key of ['m', 'v']) await hold(key);
    expect(await toggled()).toEqual(['toggle "microphone"', 'toggle "camera"']);
    await hold('p');
    await page.locator('.side').waitFor();
    // Of a button, and of the menu that it opens under the key.
    await button('Camera').focus();
    await hold('Enter');
    expect(await toggled()).toEqual(['toggle "camera"']);
    await button('Manage Jonas Weber').first().focus();
    await hold('Enter');
    await page.locator('.float').waitFor();
    expect((await heard()).filter((one) => one.startsWith('updateParticipant'))).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });

  test('the keys are listed, and mean nothing once they are switched off, or while somebody types', async () => {
    await begin(stage({ people: hosted(12) }));
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await keys.getByText('Microphone on or off').waitFor();
    await keys.getByRole('checkbox').uncheck();
    await keys.getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('m');
    await page.keyboard.press('?');
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await button('Keyboard shortcuts').click();
    await keys.getByRole('checkbox').check();
    await keys.getByRole('button', { name: 'Close' }).click();
    await page.locator('[data-panel=people]').click();
    await page.getByLabel('Find a name').fill('m');
    await page.keyboard.press('v');
    expect((await heard()).filter((one) => one.startsWith('toggle'))).toEqual([]);
    await page.keyboard.press('Escape');
  });
});

describe('what has to be known at once', () => {
  test('a host’s request is answered by the person alone', async () => {
    const request = { audio: true, video: false, screenShare: false, by: 'Mara' };
    await begin(stage({ people: crowd(3), call: { request } }));
    await page.getByRole('alert').getByText('Mara asks you to switch on your microphone.').waitFor();
    expect((await heard()).filter((one) => !one.startsWith('show'))).toEqual([]);
    await button('Switch on').click();
    await button('Not now').click();
    expect(await heard()).toEqual(['acceptRequest', 'declineRequest']);
  });

  test('what the system holds back is said with the request, and no press is offered for it', async () => {
    const held = { ...on, state: 'starting', whyOff: { kind: 'heldBack' } } as const;
    const asksFor = (video: boolean) => ({ audio: true, video, screenShare: false, by: 'Mara' });
    const scene = (video: boolean) => stage({ people: crowd(3), call: { microphone: held, request: asksFor(video) } });
    await begin(scene(false));
    const asked = page.getByRole('alert').filter({ hasText: 'Your system holds the microphone back.' });
    await asked.getByText('Mara asks you to switch on your microphone.').waitFor();
    expect(await asked.getByRole('button').allTextContents()).toEqual(['Close']);
    await show(scene(true));
    await expect.poll(() => asked.getByRole('button').allTextContents()).toEqual(['Switch on', 'Not now']);
  });

  test('sound that the browser holds back is a tap away', async () => {
    await begin(stage({ people: crowd(3), call: { isSoundBlocked: true } }));
    // Announced: whoever does not see it hears nothing at all.
    await page.getByRole('alert').getByRole('button', { name: 'Tap to hear the meeting' }).click();
    expect(await heard()).toContain('startSound');
  });

  test('a lost line is told once it has lasted, the pictures stand still at once, and one can try now', async () => {
    const scene = stage({ people: crowd(3), call: { line: { at: 'reconnecting' } } });
    // Looked at within the page, at once: it is told two seconds later.
    const atOnce = await page.evaluate(async (shown) => {
      window.play.begin(shown);
      await new Promise(requestAnimationFrame);
      const tiles = document.querySelectorAll('.tile.is-still').length;
      return { tiles, isTold: document.body.innerText.includes('The connection is lost.') };
    }, scene);
    expect(atOnce).toEqual({ tiles: 3, isTold: false });
    await page.getByRole('alert').getByText('The connection is lost.').waitFor();
    await button('Try now').click();
    expect(await heard()).toContain('rejoin');
  });

  test('where the service is not heard, one can try now as well: whatever waits for the network goes on', async () => {
    await begin(stage({ people: crowd(3), isConnected: false }));
    await page.evaluate(() =>
      addEventListener('online', () => window.play.asked.push('the network is back'), { once: true }),
    );
    await page.getByRole('alert').getByText('Picture and sound go on.').waitFor();
    expect(await page.locator('.tile.is-still').count()).toBe(0);
    await button('Try now').click();
    expect(await heard()).toContain('the network is back');
  });

  test.each([
    ['away', 'Try now'],
    ['takenOver', 'Use here'],
  ] as const)('without picture and sound (%s) there is a way on: %s', async (why, name) => {
    const line = lostBy(why);
    await begin(stage({ people: crowd(3), call: { line } }));
    await button(name).click();
    expect(await heard()).toContain('rejoin');
  });
});

test('where a part of the page did not come, the way on is the page itself', async () => {
  await begin(stage({ people: crowd(3), call: { line: lostBy('notLoaded') } }));
  await Promise.all([page.waitForEvent('framenavigated'), button('Try now').click()]);
  await page.locator('.bar').waitFor();
  expect(await heard()).not.toContain('rejoin');
});

describe('panels', () => {
  test('a panel stands beside the pictures, which make room; without room it is a sheet, under which nothing is reached', async () => {
    await begin(stage({ people: hosted(3), waiting: [knockOf('Lucía Ortega', 0)] }));
    await page.locator('[data-panel=waiting]').click();
    const stageBox = await page.locator('.stage').boundingBox();
    const side = await page.locator('.side').boundingBox();
    expect((stageBox?.x ?? 0) + (stageBox?.width ?? 0)).toBeLessThanOrEqual(side?.x ?? 0);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator('.meet-main[inert]').waitFor();
    await expect.poll(async () => (await page.locator('.side').boundingBox())?.y).toBe(152);
    await page.locator('.veil').click({ position: { x: 200, y: 20 } });
    await page.locator('.side').waitFor({ state: 'detached' });
    await page.locator('.meet-main:not([inert])').waitFor();
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('whoever is no host any more has no list of who waits, and no menu of a person', async () => {
    const waiting = [knockOf('Lucía Ortega', 0)];
    await begin(stage({ people: hosted(3), waiting }));
    await page.locator('[data-panel=waiting]').click();
    await button('Admit Lucía Ortega').waitFor();
    await show(stage({ people: crowd(3) }));
    await page.locator('.side').waitFor({ state: 'detached' });
    await untilFocus('main');
    await show(stage({ people: hosted(3), waiting }));
    await button('Manage Jonas Weber').click();
    await page.locator('.float').waitFor();
    await show(stage({ people: crowd(3) }));
    await page.locator('.float').waitFor({ state: 'detached' });
    await show(stage({ people: hosted(3), waiting }));
    expect(await page.locator('.side, .float').count()).toBe(0);
    // Nor of somebody who has left.
    await button('Manage Jonas Weber').click();
    await show(stage({ people: hosted(3).filter(({ id }) => id !== 'p1') }));
    await page.locator('.float').waitFor({ state: 'detached' });
  });

  test('leaving while people wait asks once', async () => {
    await begin(stage({ people: hosted(2), waiting: [knockOf('Lucía Ortega', 0)] }));
    await button('Leave').click();
    await page.getByRole('dialog').getByText('1 person is waiting. Leave all the same?').waitFor();
    expect(await heard()).not.toContain('leave');
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await expect.poll(heard).toContain('leave');
  });
});

test('nothing of all that is complained of', () => {
  expect(audience.complaints).toEqual([]);
});
