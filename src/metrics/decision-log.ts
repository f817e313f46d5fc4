import type { Caller } from '../rules/caller.ts';
import { encodeId } from '../rules/ids.ts';
import type { ToldDecision } from '../services/services.ts';

export interface DecisionLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

/**
 * One line for each decision, with ids and codes alone: refusals at `info`, the rest at `debug`. Of who asks too often a line
 * at `debug` as well, so that a flood does not fill the log.
 */
export function logDecision(log: DecisionLog, { operation, outcome, code, caller }: ToldDecision): void {
  const fields = { operation, outcome, ...(code === null ? {} : { code }), ...idsOf(caller) };
  if (code === null || code === 'RATE_LIMITED') log.debug(fields, 'decided');
  else log.info(fields, 'refused');
}

/** Who asked, by the ids that the API shows. */
function idsOf(caller: Caller): object {
  switch (caller.kind) {
    case 'BACKEND':
      return { caller: 'BACKEND', apiKeyId: encodeId('ApiKey', caller.apiKey.id) };
    case 'PARTICIPANT':
      return {
        caller: 'PARTICIPANT',
        participantId: encodeId('Participant', caller.id),
        roomId: encodeId('Room', caller.roomId),
      };
    case 'KNOCKER':
      return {
        caller: 'KNOCKER',
        knockId: encodeId('KnockRequest', caller.id),
        roomId: encodeId('Room', caller.roomId),
      };
    case 'ANYBODY':
    case 'UNKNOWN':
      return { caller: caller.kind };
    default:
      return caller satisfies never;
  }
}
