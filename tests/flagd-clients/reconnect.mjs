// The server goes away and comes back; meanwhile the last definitions serve, and afterwards changes arrive again.
import assert from 'node:assert/strict';
import { OpenFeature } from '@openfeature/server-sdk';
import { eventually, key, provider } from './expect.mjs';

await OpenFeature.setProviderAndWait(provider(key));
const client = OpenFeature.getClient();
const ada = { targetingKey: 'ada', track: 'ai' };
assert.equal(await client.getBooleanValue('smart-replies', false, ada), true);
console.log('serving');

// Whoever started this kills the server, starts it again and rolls the feature back.
let served = 0;
await eventually('the rollback after the restart is served', async () => {
  served++;
  return (await client.getBooleanValue('smart-replies', true, ada)) === false;
});
await OpenFeature.close();
console.log(JSON.stringify({ served }));
process.exit(0);
