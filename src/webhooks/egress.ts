import { anyAddress, publicAddresses } from '../egress/allowed.ts';
import { createPoster } from '../egress/poster.ts';
import type { Resolve } from '../egress/resolve.ts';
import { type AttemptOutcome, checkWebhookUrl } from '../rules/webhook.ts';
import type { EgressPolicy } from '../services/webhook.ts';

export interface EgressOptions {
  /** Calls private addresses too: for tests, and for receivers inside the same network. */
  readonly allowPrivate: boolean;
  readonly resolve?: Resolve;
  /** For a whole attempt, from the name to the end of the answer. Milliseconds. */
  readonly timeoutMs?: number;
}

export interface EgressRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Gives the attempt up. */
  readonly signal: AbortSignal;
}

/** How webhooks are told. */
export interface Egress extends EgressPolicy {
  /** Posts once, never throws. Redirects are not followed, and of an answer only its head is used. */
  readonly post: (request: EgressRequest) => Promise<AttemptOutcome>;
}

/** An answer is read so far, to be polite, and then cut off. */
const maxAnswerBytes = 65_536;

export function createEgress({ allowPrivate, resolve, timeoutMs = 15_000 }: EgressOptions): Egress {
  const mayCall = allowPrivate ? anyAddress : publicAddresses;
  const poster = createPoster({ mayCall, setting: 'WEBHOOK_ALLOW_PRIVATE', resolve, timeoutMs });
  return {
    findProblem: poster.findProblem,
    post: async ({ url, ...request }) => {
      const checked = checkWebhookUrl(url);
      if (!checked.ok) return { kind: 'UNREACHED', reason: 'URL_REFUSED' };
      const posted = await poster.post({ ...request, url: checked.url, maxAnswerBytes });
      if (posted.kind === 'UNREACHED') return posted;
      return { kind: 'ANSWERED', status: posted.status, retryAfter: posted.headers['retry-after'] ?? null };
    },
  };
}
