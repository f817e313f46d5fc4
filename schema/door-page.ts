import type { DoorPageInput as DoorPageGiven, PageLink as PageLinkShape } from '../src/rules/door-page.ts';
import type { DoorPageView } from '../src/services/domain.ts';
import { builder } from './builder.ts';
import { ask } from './guard.ts';

const PageLink = builder.objectRef<PageLinkShape>('PageLink').implement({
  description: 'A link at the foot of the pages, for example to the privacy policy or to help.',
  fields: (t) => ({
    label: t.exposeString('label', { description: 'The text of the link. Show it as text, never as markup.' }),
    url: t.expose('url', { type: 'URL', description: 'Where it leads.' }),
  }),
});

export const DoorPage = builder.objectRef<DoorPageView>('DoorPage').implement({
  description:
    "How a domain's pages look, and where they lead. Whatever is null or empty is as the service comes. The room page of the service goes by it within five seconds of a change; pages of your own can read it.",
  fields: (t) => ({
    brandName: t.string({
      nullable: true,
      description: "The name that the pages show instead of the service's name. Show it as text, never as markup.",
      resolve: ({ page }) => page.brandName,
    }),
    logoUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'An image to show beside the name. Null: none.',
      resolve: ({ page }) => page.logoUrl,
    }),
    accentColor: t.string({
      nullable: true,
      description:
        "`#rrggbb`, in lower case: the colour of buttons and links. Choose the colour of the text on it so that people can read it. Null: the service's own.",
      resolve: ({ page }) => page.accentColor,
    }),
    frameOrigins: t.stringList({
      description:
        'The sites that may show the pages in a frame, for example `https://app.example.com`, or `https://*.example.com` for all below it. Empty: none.',
      resolve: ({ page }) => [...page.frameOrigins],
    }),
    meetingUrl: t.string({
      nullable: true,
      description:
        'Where people go after they joined, with placeholders; a room can have its own. Null: they stay on the page. Always null for everybody but the backend (scope ADMIN): participants read `Joined.meetingUrl`.',
      resolve: (view, args, context) =>
        ask(context, args, async () => context.services.domains.meetingUrl(context.caller, view)),
    }),
    exitUrl: t.string({
      nullable: true,
      description:
        'Where people go when they leave, or were denied or ejected. The page adds `outcome` to the query: `left`, `denied`, `ejected`, `banned`, `expired` or `closed`. Null: they stay on the page.',
      resolve: ({ page }) => page.exitUrl,
    }),
    links: t.field({
      type: [PageLink],
      description: 'The links at the foot of the pages.',
      resolve: ({ page }) => [...page.links],
    }),
  }),
});

const PageLinkInput = builder.inputType('PageLinkInput', {
  description: 'A link at the foot of the pages.',
  fields: (t) => ({
    label: t.string({ required: true, description: 'The text: at most 40 characters, without < and >.' }),
    url: t.field({ type: 'URL', required: true, description: 'Where it leads: https, or http for localhost.' }),
  }),
});

export const DoorPageInput = builder.inputRef<DoorPageGiven>('DoorPageInput').implement({
  description: 'How the pages of a domain look, and where they lead.',
  fields: (t) => ({
    brandName: t.string({ description: "Instead of the service's name: at most 64 characters." }),
    logoUrl: t.field({ type: 'URL', description: 'An image beside the name: https, at most 2000 characters.' }),
    accentColor: t.string({ description: 'The colour of buttons and links, as `#rrggbb`.' }),
    frameOrigins: t.stringList({
      description:
        'The sites that may show the pages in a frame: at most 50 origins such as `https://app.example.com`, without a path. `*` may stand for the leftmost label, before at least two others. http is accepted for localhost alone.',
    }),
    meetingUrl: t.string({
      description:
        'Where people go after they joined: an https address (http for localhost) of at most 2000 characters. It may contain {domain}, {room} and {participant} behind the origin, and {credentials} in the fragment.',
    }),
    exitUrl: t.string({
      description:
        'Where people go when they leave, or were denied or ejected: an https address (http for localhost) of at most 2000 characters. It may contain {domain} and {room} behind the origin, and never {credentials}.',
    }),
    links: t.field({ type: [PageLinkInput], description: 'At most 6 links at the foot of the pages.' }),
  }),
});

builder.queryField('doorPage', (t) =>
  t.field({
    type: DoorPage,
    nullable: true,
    description: "How a domain's pages look. Anybody may ask. A domain that does not exist looks as the service comes.",
    args: {
      domain: t.arg.string({ description: 'Name of the domain. If left out: `default`, or the only domain.' }),
    },
    resolve: (_root, args, context) =>
      ask(context, args, () => context.services.domains.doorPage(context.caller, args.domain)),
  }),
);
