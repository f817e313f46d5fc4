import { LineFailure, type OpenLine } from './line.ts';

/**
 * What opens a line. It is there only together with what shows the meeting: no device may be on where nobody sees its control.
 * @throws {LineFailure} `unsupported` or `notLoaded`
 */
export async function loadLine(screen: () => Promise<unknown>, line: () => Promise<OpenLine>): Promise<OpenLine> {
  if (typeof RTCPeerConnection === 'undefined') throw new LineFailure('unsupported');
  try {
    const [open] = await Promise.all([line(), screen()]);
    return open;
  } catch (error) {
    throw new LineFailure('notLoaded', { cause: error });
  }
}
