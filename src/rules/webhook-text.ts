import type { WebhookEventType } from './webhook.ts';

/** What the line speaks of: the part of a payload's data that people are told. */
export interface Described {
  readonly room: { readonly name: string; readonly url: string };
  readonly by: { readonly name: string | null } | null;
  readonly waiting?: number;
  readonly ownerPresent?: boolean;
  readonly knock?: { readonly userName: string; readonly message: string | null; readonly status: string };
  readonly participant?: { readonly userName: string };
  readonly liveStream?: { readonly status: string };
}

/** One line that tells people what happened. What strangers wrote stays one line and cannot mention, link or command in a chat. */
export function describeWebhook(type: WebhookEventType, data: Described): string {
  const room = inline(data.room.name);
  const url = inline(data.room.url);
  const knocker = inline(data.knock?.userName ?? '');
  const participant = inline(data.participant?.userName ?? '');
  switch (type) {
    case 'KNOCK_REQUESTED': {
      const message = data.knock?.message ? `: “${inline(data.knock.message)}”` : '';
      const owner = data.ownerPresent ? 'somebody is there to answer' : 'nobody is there to answer';
      return `${knocker} knocks at ${room}${message} (${data.waiting} waiting, ${owner}) ${url}`;
    }
    case 'KNOCK_DECIDED':
      return `${knocker} was ${data.knock?.status === 'ADMITTED' ? 'admitted to' : 'not let into'} ${room}${byWhom(data)}`;
    case 'KNOCK_CLOSED':
      return `${knocker} no longer waits at ${room}`;
    case 'PARTICIPANT_JOINED':
      return `${participant} joined ${room} ${url}`;
    case 'PARTICIPANT_LEFT':
      return `${participant} left ${room}`;
    case 'ROOM_CREATED':
      return `Room ${room} was created ${url}`;
    case 'ROOM_UPDATED':
      return `Room ${room} was changed`;
    case 'ROOM_DELETED':
      return `Room ${room} is closed`;
    case 'LIVE_STREAM_CHANGED':
      return `Live stream of ${room}: ${data.liveStream?.status.toLowerCase()}`;
    default:
      return type satisfies never;
  }
}

function byWhom({ by }: Described): string {
  return by?.name ? ` by ${inline(by.name)}` : '';
}

function inline(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(/\s+/gu, ' ');
}
