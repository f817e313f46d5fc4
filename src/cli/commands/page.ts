import type { Domain } from '../../rules/domain.ts';
import { type DoorPage, type DoorPageInput, layDoorPage, type PageLink } from '../../rules/door-page.ts';
import { type Call, type CliOption, type Command, usageError } from '../command.ts';
import { granted } from '../failure.ts';
import { getDomain, operatorOf, withInstallation } from '../installation.ts';

const ofDomain: CliOption = { name: 'domain', value: 'NAME', about: 'The domain (default: the domain "default").' };
const seeSet = 'See: vestibule page set --help';

export const pageShow: Command = {
  name: 'page show',
  parameters: [],
  summary: 'Show how the pages of a domain look, and where they lead.',
  about:
    'Prints what doorPage answers to the backend: name, logo, colour, links, the sites that may frame the pages, meetingUrl and exitUrl.',
  options: [ofDomain],
  examples: ['vestibule page show', 'vestibule page show --domain acme --json'],
  run: (call) =>
    withInstallation(call, async (installation) => {
      const domain = await getDomain(installation, call.text('domain') ?? 'default');
      tell(call, layDoorPage(domain.doorPage));
    }),
};

export const pageSet: Command = {
  name: 'page set',
  parameters: [],
  summary: 'Change how the pages of a domain look, as updateDomain does.',
  about: `Changes what is given; everything else stays. An empty value resets it: --logo-url "". --frame-origin and --link can be repeated, and
then replace the whole list; an empty one empties it. The pages follow within five seconds.`,
  options: [
    { name: 'brand-name', value: 'TEXT', about: 'The name at the top of the pages, at most 64 characters.' },
    { name: 'logo-url', value: 'URL', about: 'An image beside the name: https.' },
    { name: 'accent-color', value: 'COLOUR', about: 'The colour of buttons and links, such as #1a6b4f.' },
    {
      name: 'frame-origin',
      value: 'ORIGIN',
      isRepeatable: true,
      about: 'A site that may frame the pages, such as https://app.example.com.',
    },
    {
      name: 'link',
      value: 'LABEL=URL',
      isRepeatable: true,
      about: 'A link at the foot of the pages, such as Privacy=https://example.com/privacy.',
    },
    {
      name: 'meeting-url',
      value: 'URL',
      about: 'Where people go once they are in, such as https://meet.example.com/{room}#{credentials}.',
    },
    { name: 'exit-url', value: 'URL', about: 'Where people go when they leave or are turned away.' },
    ofDomain,
  ],
  examples: [
    'vestibule page set --brand-name "Acme" --accent-color "#1a6b4f" --link Privacy=https://acme.example/privacy',
    'vestibule page set --frame-origin https://app.acme.example --frame-origin "https://*.acme.example"',
    'vestibule page set --logo-url ""',
  ],
  run: (call) =>
    withInstallation(call, async (installation) => {
      const doorPage = readChanges(call);
      const domain: Domain = await getDomain(installation, call.text('domain') ?? 'default');
      const caller = operatorOf(installation, domain);
      const { doorPage: changed } = granted(await installation.services.domains.update(caller, { doorPage }), seeSet);
      tell(call, layDoorPage(changed));
    }),
};

/** @throws {CliError} where nothing is to be changed, or a link is not written as one */
function readChanges(call: Call): DoorPageInput {
  const one = (option: string, field: keyof DoorPageInput) => {
    const text = call.text(option);
    return text === undefined ? {} : { [field]: text === '' ? null : text };
  };
  const several = <Item>(option: string, field: keyof DoorPageInput, read: (text: string) => Item) => {
    const texts = call.texts(option);
    return texts.length === 0 ? {} : { [field]: texts.filter((text) => text !== '').map(read) };
  };
  const changes: DoorPageInput = {
    ...one('brand-name', 'brandName'),
    ...one('logo-url', 'logoUrl'),
    ...one('accent-color', 'accentColor'),
    ...one('meeting-url', 'meetingUrl'),
    ...one('exit-url', 'exitUrl'),
    ...several('frame-origin', 'frameOrigins', (origin) => origin),
    ...several('link', 'links', readLink),
  };
  if (Object.keys(changes).length === 0) throw usageError('There is nothing to change.', seeSet);
  return changes;
}

function readLink(text: string): PageLink {
  const end = text.indexOf('=');
  if (end <= 0)
    throw usageError(`--link must be LABEL=URL.`, 'For example: --link Privacy=https://example.com/privacy');
  return { label: text.slice(0, end), url: text.slice(end + 1) };
}

function tell({ output }: Call, page: DoorPage): void {
  const lines = [
    ['name', page.brandName],
    ['logo', page.logoUrl],
    ['colour', page.accentColor],
    ...page.links.map(({ label, url }) => ['link', `${label} (${url})`] as const),
    ...page.frameOrigins.map((origin) => ['may frame', origin] as const),
    ['meeting', page.meetingUrl],
    ['exit', page.exitUrl],
  ].map(([what, value]) => `${what}: ${value ?? 'as the service comes'}`);
  output.result({ text: lines.join('\n'), json: page });
}
