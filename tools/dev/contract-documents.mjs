/** What libs/contracts says of the events, for readers outside: an AsyncAPI document, and a JSON Schema of each event. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { z } from 'zod';
import * as contracts from '../../libs/contracts/dist/index.js';
import { docCommentsBelow } from './doc-comments.mjs';
import { REPOSITORY } from './prepare.mjs';

const SOURCES = join(REPOSITORY, 'libs/contracts/src');
const SAMPLES = join(REPOSITORY, 'libs/contracts/samples');

const DESCRIPTION = `Every fact that Heliograph announces on NATS. An event is kept for three days in the JetStream stream named by
\`x-jetstream-stream\`, and may come more than once: deduplicate by \`id\`. Within a version only optional fields are added, so ignore what you do
not know; new meaning is a new version. Tasks, requests and signals pass between the services only, may change with them, and are not described
here.

The user \`observer\` may read events, and nothing else: subscribe to \`event.>\`, and read the streams with \`STREAM.INFO\` and
\`STREAM.MSG.GET\` in the JetStream domain \`heliograph\` (examples/follow-statuses).`;

/** @returns content by name of the file, below docs */
export const contractDocuments = async () => {
  const comments = docCommentsBelow(SOURCES);
  const events = publicEvents(comments);
  const schemas = events.map((event) => [`schemas/${event.type}.json`, event.schema]);
  const pretty = (content, parser) => format(content, { parser, printWidth: 120, singleQuote: true });
  const documents = new Map([['asyncapi.yaml', await pretty(toYaml(asyncApiOf(events)), 'yaml')]]);
  for (const [name, schema] of schemas) documents.set(name, await pretty(JSON.stringify(schema), 'json'));
  return documents;
};

/** One for each type of event, in the order of their names. */
function publicEvents(comments) {
  const streams = Object.values(contracts).filter((value) => value?.subjects && value.retention);
  const defined = Object.entries(contracts).flatMap(([name, value]) =>
    value?.compose === undefined ? [] : eventsOf(name, value),
  );
  return defined
    .map(({ exportName, definition, anySubject }) => {
      const stream = streams.find(({ subjects }) => subjects.includes(anySubject));
      if (stream === undefined) throw new Error(`no stream keeps ${anySubject}`);
      const schema = describedSchema(definition.schema, comments);
      const isOwned = schema.properties.accountSid.type !== 'null';
      return {
        type: definition.type,
        summary: comments.ofExport(exportName),
        address: anySubject.replace(/\*$/, isOwned ? '{accountSid}' : '{channel}'),
        isOwned,
        stream: stream.name,
        schema: {
          $schema: 'http://json-schema.org/draft-07/schema#',
          $id: `heliograph:${definition.type}`,
          title: definition.type,
          description: comments.ofExport(exportName),
          ...schema,
        },
        examples: examplesOf(definition.type),
      };
    })
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

function eventsOf(exportName, value) {
  const { definitions, anySubjects, anySubject } = value;
  if (definitions !== undefined)
    return Object.values(definitions).map((definition) => ({
      exportName,
      definition,
      anySubject: anySubjects.find((subject) => subject.startsWith(`event.${definition.type}.`)),
    }));
  return anySubject?.startsWith('event.') ? [{ exportName, definition: value, anySubject }] : [];
}

/** As it is on the wire: a field with a default may be missing from events of before it was added. */
function describedSchema(schema, comments) {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
  describe(json, comments);
  return json;
}

function describe(json, comments) {
  if (typeof json !== 'object' || json === null) return;
  const { properties } = json;
  if (properties) {
    const said = comments.ofFields(Object.keys(properties));
    for (const [name, schema] of Object.entries(properties))
      if (said[name]) properties[name] = { description: said[name], ...schema };
  }
  for (const child of Object.values(json)) describe(child, comments);
}

function examplesOf(type) {
  return readdirSync(SAMPLES)
    .filter((file) => file.startsWith('event.'))
    .sort()
    .flatMap((file) => Object.entries(JSON.parse(readFileSync(join(SAMPLES, file), 'utf8'))))
    .filter(([, payload]) => payload.type === type)
    .map(([name, payload]) => ({ name, payload }));
}

function asyncApiOf(events) {
  const channels = Object.fromEntries(events.map((event) => [event.type, channelOf(event)]));
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Heliograph events',
      version: JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')).version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      local: {
        host: 'localhost:4250',
        protocol: 'nats',
        description: 'What `npm start` starts. `natsUrl` in .data/endpoint.json has the credentials.',
        security: [{ $ref: '#/components/securitySchemes/observer' }],
      },
    },
    channels,
    operations: Object.fromEntries(events.map((event) => [`announce.${event.type}`, operationOf(event)])),
    components: {
      securitySchemes: { observer: { type: 'userPassword', description: 'May read events, and nothing else.' } },
      messages: Object.fromEntries(events.map((event) => [event.type, messageOf(event)])),
    },
  };
}

const channelOf = ({ type, address, isOwned, stream, summary }) => ({
  address,
  description: summary,
  parameters: isOwned
    ? { accountSid: { description: 'The account whose message it is; `*` for all.' } }
    : { channel: { description: 'The channel that it came through; `*` for all.' } },
  messages: { [type]: { $ref: `#/components/messages/${type}` } },
  'x-jetstream-stream': stream,
});

const operationOf = ({ type, summary }) => ({
  action: 'send',
  summary,
  channel: { $ref: `#/channels/${type}` },
  messages: [{ $ref: `#/channels/${type}/messages/${type}` }],
});

const messageOf = ({ type, summary, schema, examples }) => {
  const { $schema: _, $id: __, title: ___, ...payload } = schema;
  return { name: type, title: type, summary, contentType: 'application/json', payload, examples };
};

const PLAIN = /^[$a-zA-Z][\w.-]*$/;

/** Strings are quoted as in JSON, which YAML understands; Prettier does the rest. */
function toYaml(value, indent = '') {
  if (Array.isArray(value))
    return value.length === 0
      ? '[]'
      : value.map((item) => `\n${indent}- ${toYaml(item, `${indent}  `).trimStart()}`).join('');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  if (entries.length === 0) return '{}';
  return entries
    .map(([key, child]) => `\n${indent}${PLAIN.test(key) ? key : JSON.stringify(key)}: ${toYaml(child, `${indent}  `)}`)
    .join('');
}
