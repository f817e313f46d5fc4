import type { QueueSize } from '../storage/webhook-outbox.ts';

interface About {
  readonly webhookId: string;
  readonly deliveryId: string;
  /** The first is 1. */
  readonly attempt: number;
}

export interface AttemptReport extends About {
  readonly result: 'delivered' | 'retried' | 'failed';
  /** The answer's status, or a short code where there was none. */
  readonly cause: string;
  readonly seconds: number;
  /** False: the lease was over, so that another attempt was or will be made. */
  readonly isKept: boolean;
}

export interface SwitchOffReport extends About {
  readonly cause: 'GONE' | 'FAILING_FOR_DAYS';
}

/** What operators are told, for log and metrics: ids and codes, never an address, a name or a payload. */
export interface WebhookReports {
  readonly attempted: (report: AttemptReport) => void;
  readonly switchedOff: (report: SwitchOffReport) => void;
  /** Null: the database does not say. */
  readonly queued: (size: QueueSize | null) => void;
  /** Something that will be tried again did not work, most often because the database did not answer. */
  readonly troubled: (error: unknown) => void;
}
