// The OpenFeature web SDK with the OFREP web provider: one bulk request, then change notices over the stream.
import assert from 'node:assert/strict';
import { EventSource } from 'undici';
import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { admin, baseUrl, eventually, headers } from './expect.mjs';

const streams = [];
globalThis.EventSource = class extends EventSource {
  constructor(...args) {
    super(...args);
    streams.push(this);
  }
};
const requests = [];
const fetchImplementation = async (request, options) => {
  const response = await fetch(request, options);
  requests.push({ url: request.url, ifNoneMatch: request.headers.get('If-None-Match'), etag: response.headers.get('ETag'), status: response.status });
  return response;
};

const provider = new OFREPWebProvider({ baseUrl, headers, fetchImplementation, cacheMode: 'disabled' });
await OpenFeature.setContext({ targetingKey: 'ada' });
await OpenFeature.setProviderAndWait(provider);
const client = OpenFeature.getClient();
let changes = 0;
client.addHandler(ProviderEvents.ConfigurationChanged, () => { changes++; });

const boolean = client.getBooleanDetails('smart-replies', false);
assert.equal(boolean.value, true);
assert.equal(boolean.variant, 'on');
assert.equal(boolean.flagMetadata.track, 'ai');
assert.equal(boolean.flagMetadata.disclosureVersion, 3);
assert.equal(client.getStringDetails('theme', 'x').value, 'blue ☀');
assert.equal(client.getNumberDetails('page-size', 1).value, 50.5);
assert.equal(typeof client.getObjectDetails('layout', {}).value.columns, 'number');
const unknown = client.getBooleanDetails('no-such', true);
assert.equal(unknown.value, true);
assert.equal(unknown.errorCode, 'FLAG_NOT_FOUND');
const killed = client.getStringDetails('dead', 'in the code');
assert.equal(killed.value, 'in the code');
assert.equal(killed.reason, 'DISABLED');

await eventually('the stream is open', () => streams.some((stream) => stream.readyState === 1));
// A stream opened in the first minute of a server is told to refetch once, since the server cannot know what it missed.
await eventually('the notice on connecting is answered', () => requests.length === 2);
assert.deepEqual(requests[1], { ...requests[1], status: 304, ifNoneMatch: requests[0].etag });
assert.equal(changes, 0);

const started = performance.now();
await admin('POST', '/api/v1/features/smart-replies/rollback', { track: 'ai', reason: 'test' });
await eventually('the rollback arrives', () => client.getBooleanDetails('smart-replies', true).value === false);
const rollbackMilliseconds = Math.round(performance.now() - started);
const rolledBack = client.getBooleanDetails('smart-replies', true);
assert.equal(rolledBack.flagMetadata.cause, 'rolled-back');
assert.equal(requests.at(-1).status, 200);
assert.match(requests.at(-1).url, /flagConfigEtag=\d+&flagConfigLastModified=\d+/);

await admin('PUT', '/api/v1/users/ada/enrollment', { track: 'stable' });
await eventually('the enrollment arrives', () => client.getBooleanDetails('smart-replies', true).flagMetadata.track === 'stable');
assert.equal(client.getNumberDetails('page-size', 1).value, 10);

console.log(JSON.stringify({ boolean, unknown, killed, rolledBack, rollbackMilliseconds, requests }));
await OpenFeature.close();
streams.forEach((stream) => stream.close());
process.exit(0);
