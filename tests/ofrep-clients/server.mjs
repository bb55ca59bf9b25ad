// The OpenFeature server SDK with the OFREP provider: every evaluation is a request.
import assert from 'node:assert/strict';
import { OpenFeature } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { admin, baseUrl, headers } from './expect.mjs';

await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl, headers }));
const client = OpenFeature.getClient();
const ada = { targetingKey: 'ada', plan: { seats: 3 } };

const boolean = await client.getBooleanDetails('smart-replies', false, ada);
assert.equal(boolean.value, true);
assert.equal(boolean.variant, 'on');
assert.equal(boolean.reason, 'TARGETING_MATCH');
assert.equal((await client.getBooleanDetails('smart-replies', true, { targetingKey: 'sam' })).value, false);

assert.equal((await client.getStringDetails('theme', 'x', ada)).value, 'blue ☀');
assert.equal((await client.getNumberDetails('page-size', 1, ada)).value, 50.5);
assert.deepEqual((await client.getObjectDetails('layout', {}, {})).value, { columns: 1 });

const { flagMetadata } = boolean;
assert.equal(flagMetadata.track, 'ai');
assert.equal(flagMetadata.cause, 'released');
assert.equal(flagMetadata.disclosureVersion, 3);

const unknown = await client.getBooleanDetails('no/such 💥', true, ada);
assert.equal(unknown.value, true);
assert.equal(unknown.errorCode, 'FLAG_NOT_FOUND');
const mismatch = await client.getStringDetails('smart-replies', 'default', ada);
assert.equal(mismatch.value, 'default');
assert.equal(mismatch.errorCode, 'TYPE_MISMATCH');

const killed = await client.getStringDetails('dead', 'in the code', ada);
assert.equal(killed.value, 'in the code');

await admin('POST', '/api/v1/features/smart-replies/rollback', { track: 'ai', reason: 'test' });
const rolledBack = await client.getBooleanDetails('smart-replies', true, ada);
assert.equal(rolledBack.value, false);
assert.equal(rolledBack.flagMetadata.cause, 'rolled-back');

console.log(JSON.stringify({ boolean, unknown, killed, rolledBack }));
await OpenFeature.close();
