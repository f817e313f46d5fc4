import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadLine } from '../../web/meeting/load-line.ts';
import { playLine } from './played-line.ts';

beforeEach(() => {
  vi.stubGlobal('RTCPeerConnection', class {});
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const open = async () => playLine();
const line = async () => open;
const screen = async () => null;
const missing = () => Promise.reject(new Error('It did not come.'));

test('a line is opened only where what shows the meeting has come: no device is on without its control', async () => {
  expect(await loadLine(screen, line)).toBe(open);
  await expect(loadLine(missing, line)).rejects.toMatchObject({ why: 'notLoaded' });
  await expect(loadLine(screen, missing)).rejects.toMatchObject({ why: 'notLoaded' });
});

test('a browser that cannot show the meeting loads nothing of it', async () => {
  vi.stubGlobal('RTCPeerConnection', undefined);
  const asked = vi.fn(missing);
  await expect(loadLine(asked, asked)).rejects.toMatchObject({ why: 'unsupported' });
  expect(asked).not.toHaveBeenCalled();
});
