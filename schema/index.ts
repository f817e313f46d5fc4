import { printSchema } from 'graphql';
import { builder } from './builder.ts';
import { confirmKept, keepPace, nameDecisions, requireCredentials } from './root-guard.ts';

import './actor.ts';
import './admission.ts';
import './api-key.ts';
import './ban.ts';
import './domain.ts';
import './entry.ts';
import './knock-request.ts';
import './live-stream.ts';
import './media-server.ts';
import './meeting-token.ts';
import './node.ts';
import './participant-media.ts';
import './participant.ts';
import './room-event.ts';
import './room-lists.ts';
import './room.ts';
import './self-signing-key.ts';
import './viewer.ts';
import './webhook.ts';

export const schema = confirmKept(requireCredentials(keepPace(nameDecisions(builder.toSchema()))));

/** The schema as text, as it is committed and as `/schema.graphql` answers it. */
export const printedSchema: string = `${printSchema(schema)}\n`;
