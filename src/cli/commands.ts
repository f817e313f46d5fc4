import type { Command } from './command.ts';
import { devKnock, devWebhook } from './commands/dev.ts';
import { doctor } from './commands/doctor.ts';
import { domainCreate } from './commands/domain-create.ts';
import { domainList } from './commands/domain-list.ts';
import { keyCreate } from './commands/key-create.ts';
import { keyList } from './commands/key-list.ts';
import { keyRevoke } from './commands/key-revoke.ts';
import { keyRotate } from './commands/key-rotate.ts';
import { keyRotateMaster } from './commands/key-rotate-master.ts';
import { knockList } from './commands/knock-list.ts';
import { mediaCheck, mediaRemove, mediaSet, mediaShow } from './commands/media.ts';
import { migrate } from './commands/migrate.ts';
import { pageSet, pageShow } from './commands/page.ts';
import { publicUrl } from './commands/public-url.ts';
import { roomShow } from './commands/room-show.ts';
import { schemaPrint, schemaReference } from './commands/schema.ts';
import { serve } from './commands/serve.ts';
import { settingsPrint } from './commands/settings-print.ts';
import { tokenSign } from './commands/token-sign.ts';

/** In the order in which an operator meets them. */
export const commands: readonly Command[] = [
  serve,
  migrate,
  settingsPrint,
  publicUrl,
  doctor,
  domainCreate,
  domainList,
  keyCreate,
  keyList,
  keyRevoke,
  keyRotate,
  keyRotateMaster,
  tokenSign,
  roomShow,
  knockList,
  mediaSet,
  mediaShow,
  mediaCheck,
  mediaRemove,
  pageSet,
  pageShow,
  devKnock,
  devWebhook,
  schemaPrint,
  schemaReference,
];
