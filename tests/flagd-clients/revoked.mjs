// The key is revoked while the provider listens: its stream ends, it says so, and the last definitions serve.
import assert from 'node:assert/strict';
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { admin, eventually, key, provider } from './expect.mjs';

await OpenFeature.setProviderAndWait(provider(key));
const client = OpenFeature.getClient();
const seen = [];
for (const event of [ProviderEvents.Stale, ProviderEvents.Error]) client.addHandler(event, () => seen.push(event));

await admin('DELETE', `/api/v1/keys/${key.split('_')[1]}`);
await eventually('the stream has ended', () => seen.length > 0);
assert.equal(await client.getBooleanValue('smart-replies', false, { targetingKey: 'ada', track: 'ai' }), true);
console.log(JSON.stringify({ seen }));
process.exit(0);
